// One GET over a connection to a known address: bounded in time, size and headers, decompressed, as text.

import { type IncomingMessage, request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { DaybookError, isDaybookError } from '../../../../schema/errors.ts'
import type { Target } from './allowed.ts'

/** Of a body, decompressed. */
export const mostBytes = 1024 * 1024
const mostHeaderBytes = 16 * 1024

export interface Answer {
  readonly status: number
  /** Of a redirect. */
  readonly location: string | null
  readonly type: string
  readonly text: string
}

const decoders = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
} as const

/**
 * @throws DaybookError `unreachable`, `too_large`, or `unsupported_media` for what is neither text nor JSON
 */
export async function get(target: Target, signal: AbortSignal): Promise<Answer> {
  try {
    const response = await answered(target, signal)
    try {
      return await read(response, signal)
    } finally {
      response.destroy()
    }
  } catch (cause) {
    if (isDaybookError(cause)) throw cause
    const why = signal.aborted ? 'did not answer in time, or the run ended' : 'did not answer, or not as HTTP'
    throw new DaybookError('unreachable', `${target.url.host} ${why}`, { field: 'url', cause })
  }
}

function answered({ url, address }: Target, signal: AbortSignal): Promise<IncomingMessage> {
  const secure = url.protocol === 'https:'
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const sent = (secure ? secureRequest : plainRequest)({
    host: address,
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    path: `${url.pathname}${url.search}`,
    // The certificate is that of the name, not of the address. No name is sent for an address.
    ...(secure && address !== url.hostname.replace(/^\[|\]$/g, '') ? { servername: url.hostname } : undefined),
    headers: {
      host: url.host,
      'user-agent': 'daybook',
      accept: 'text/*, application/json, application/*+json, application/xml',
      'accept-encoding': Object.keys(decoders).join(', '),
    },
    maxHeaderSize: mostHeaderBytes,
    agent: false,
    signal,
  })
  sent.once('response', resolve)
  sent.once('error', reject)
  sent.end()
  return promise
}

async function read(response: IncomingMessage, signal: AbortSignal): Promise<Answer> {
  const { statusCode: status = 0, headers } = response
  if (status >= 300 && status < 400 && headers.location !== undefined) {
    return { status, location: headers.location, type: '', text: '' }
  }
  const given = headers['content-type'] ?? ''
  const type = given.split(';')[0]?.trim().toLowerCase() ?? ''
  const bytes = await bodyOf(response, signal, headers['content-encoding'])
  if (bytes.length === 0) return { status, location: null, type, text: '' }
  if (!/^(?:text\/.+|application\/(?:.+\+)?(?:json|xml)|application\/x-ndjson)$/.test(type)) {
    throw new DaybookError('unsupported_media', `${type || 'an unnamed type'} is neither text nor JSON`, {
      field: 'url',
    })
  }
  return { status, location: null, type, text: decoded(bytes, given) }
}

async function bodyOf(response: IncomingMessage, signal: AbortSignal, encoding = 'identity'): Promise<Buffer> {
  const make = Object.hasOwn(decoders, encoding) ? decoders[encoding as keyof typeof decoders] : null
  if (make === null && encoding !== 'identity') {
    throw new DaybookError('unsupported_media', `the encoding ${encoding} is not understood`, { field: 'url' })
  }
  const pieces: Buffer[] = []
  let size = 0
  const collect = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const piece of source) {
      size += piece.length
      if (size > mostBytes)
        throw new DaybookError('too_large', `the answer has over ${mostBytes} bytes`, { field: 'url' })
      pieces.push(piece)
    }
  }
  await (make === null ? pipeline(response, collect, { signal }) : pipeline(response, make(), collect, { signal }))
  return Buffer.concat(pieces)
}

function decoded(bytes: Buffer, type: string): string {
  const [, charset = 'utf-8'] = /charset\s*=\s*"?([\w.:-]+)/i.exec(type) ?? []
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch (cause) {
    throw new DaybookError('unsupported_media', `the charset ${charset} is not known`, { field: 'url', cause })
  }
}
