// Reads bodies: kept as bytes for the digest of an idempotency key, then UTF-8, then JSON, then plain data.

import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import { DaybookError } from '../schema/errors.ts'
import { limits } from '../schema/json.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it was sent; null where there was none. */
    rawBody: Buffer | null
    /** Whether its route takes any bytes as body. */
    takesBytes: boolean
  }
}

const jsonTypes = ['application/json', 'application/merge-patch+json']
/** The most levels a body may have: those of a value, and the few of the request around it. */
const deepest = limits.depth + 8

export function readBodies(app: FastifyInstance): void {
  app.decorateRequest('rawBody', null)
  app.decorateRequest('takesBytes', false)
  app.removeAllContentTypeParsers()
  // No async functions, here and in the hooks: every request passes them, and each promise costs it.
  app.addContentTypeParser<Buffer>(jsonTypes, { parseAs: 'buffer' }, (request, body, done) => {
    request.rawBody = body
    if (request.takesBytes) done(null, body)
    else done(null, body.length === 0 ? undefined : parseJson(body))
  })
  // Blobs: any other type, but only on the routes that take bytes.
  app.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, (request, body, done) => {
    request.rawBody = body
    if (request.takesBytes) done(null, body)
    else if (body.length === 0) done(null)
    else done(new DaybookError('unsupported_media', 'this route takes application/json', { field: 'Content-Type' }))
  })
}

/** The value of JSON text. Refused: text that is not UTF-8 or JSON, nesting beyond all limits, members named `__proto__`. */
function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw invalid('the body is not UTF-8')
  const text = bytes.toString('utf8')
  if (nestsDeeper(text)) throw invalid(`the body is nested deeper than ${deepest}`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new DaybookError('invalid', 'the body is not JSON', { field: 'body', cause })
  }
  // The name can hide behind \u escapes; looking at keys is only worth it when it could be there.
  if (text.includes('__proto__') || (text.includes('\\u00') && /\\u00(?:5f|7[0-9a-f]|6f)/i.test(text))) {
    refuseProto(value, '')
  }
  return value
}

function invalid(message: string, field = 'body'): DaybookError {
  return new DaybookError('invalid', message, { field })
}

/** Upper bound by counting brackets outside strings; JSON this deep could exhaust the stack of whatever walks it. */
function nestsDeeper(text: string): boolean {
  if (text.length <= deepest) return false
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 34) {
      at = endOfString(text, at)
    } else if (code === 91 || code === 123) {
      depth += 1
      if (depth > deepest) return true
    } else if (code === 93 || code === 125) {
      depth -= 1
    }
  }
  return false
}

/** Index of the quote that ends the string which begins at `from`. */
function endOfString(text: string, from: number): number {
  let at = text.indexOf('"', from + 1)
  while (at !== -1) {
    let slashes = 0
    while (text.charCodeAt(at - 1 - slashes) === 92) slashes += 1
    if (slashes % 2 === 0) return at
    at = text.indexOf('"', at + 1)
  }
  return text.length
}

/** `__proto__` as data would become a prototype in careless readers of the log. */
function refuseProto(value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) refuseProto(item, `${path}[${index}]`)
    return
  }
  for (const key of Object.keys(value)) {
    const field = path === '' ? key : `${path}.${key}`
    if (key === '__proto__') throw invalid(`${field} is a name that is not accepted`, field)
    refuseProto((value as Record<string, unknown>)[key], field)
  }
}
