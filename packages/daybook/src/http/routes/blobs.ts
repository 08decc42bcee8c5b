// Blobs: payloads too large for an entry, put before the entry that names them, read by ranges.

import { createHash } from 'node:crypto'
import { DaybookError } from '../../schema/errors.ts'
import { BlobLines, BlobQuery } from '../../schema/wire-overview.ts'
import { Blob } from '../../schema/wire-shapes.ts'
import type { Call } from '../call.ts'
import * as examples from '../examples.ts'
import * as overview from '../overview-examples.ts'
import { type Answer, type Route, route } from '../route.ts'

const put = route(
  {
    method: 'POST',
    path: '/sessions/{session_id}/blobs',
    operation: 'putBlob',
    tag: 'entries',
    summary: 'Keep bytes for an entry to name',
    details:
      'Any content type, up to 8 MiB. What no entry names within 24 hours is swept. The same bytes have the same name.',
    bytes: true,
    answers: { 201: { description: 'Its name.', schema: Blob, example: examples.blob } },
    writes: true,
  },
  async (call) => {
    const { head } = await call.seen(call.params.session_id)
    const bytes = call.request.rawBody ?? Buffer.alloc(0)
    const name = createHash('sha256').update(bytes).digest('base64url')
    // The name is of the content, so a repeat is the same blob whatever key it carries.
    const replayed = call.key !== null && (await call.mine.blobs.size(name)) !== null
    const blob = await call.mine.blobs.put(bytes)
    return { body: JSON.stringify({ blob, size: bytes.length }), seq: head.seq, replayed }
  },
)

const get = route(
  {
    method: 'GET',
    path: '/sessions/{session_id}/blobs/{hash}',
    operation: 'getBlob',
    tag: 'entries',
    summary: 'Read a blob, whole or a range of it',
    details:
      'Takes Range: bytes=…, one range. With lines it is text: those lines as JSON, and how many there are, in as much memory ' +
      'as a thousand lines take. A name is the hash of the content: who knows it may read the blob through any session.',
    query: BlobQuery,
    answers: {
      200: {
        description: 'The bytes, or with lines a part of the text.',
        schema: BlobLines,
        example: overview.blobLines,
        media: { 'application/octet-stream': 'The bytes.' },
      },
      206: { description: 'The bytes of the range.', media: { 'application/octet-stream': 'The bytes of the range.' } },
    },
  },
  async (call) => {
    const { session_id, hash } = call.params
    const { head } = await call.seen(session_id)
    const { blobs } = call.mine
    const size = await blobs.size(hash)
    if (size === null) throw new DaybookError('not_found', 'there is no such blob', { field: 'hash' })
    if (call.query.lines !== undefined) return linesOf(call, hash, size, call.query.lines, head.seq)
    const range = rangeOf(call.request.headers.range, size)
    const bytes = await blobs.get(hash, range ?? undefined)
    if (bytes === null) throw new DaybookError('not_found', 'there is no such blob', { field: 'hash' })
    const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const headers = {
      'accept-ranges': 'bytes',
      // Bytes of a stranger's making must never run as a page of this server.
      'content-disposition': 'attachment',
      'content-security-policy': "default-src 'none'; sandbox",
      ...(range ? { 'content-range': `bytes ${range.start}-${range.end - 1}/${size}` } : {}),
    }
    return { status: range ? 206 : 200, body, type: 'application/octet-stream', headers, seq: head.seq }
  },
)

const mostLines = 1000

async function linesOf(
  { mine, context }: Call,
  hash: string,
  size: number,
  lines: string,
  seq: number,
): Promise<Answer> {
  const [from = 1, to = 0] = lines.split('-').map(Number)
  if (to < from || to - from >= mostLines) {
    throw new DaybookError('invalid', `lines must be at most ${mostLines}, from and to`, { field: 'lines' })
  }
  const { lineCount, ...read } = await context.blobLines.read(mine.blobs, hash, size, { from, to })
  return { body: JSON.stringify({ blob: hash, size, line_count: lineCount, first: from, ...read }), seq }
}

/** Half-open; null for the whole. What does not fit is `invalid`. */
function rangeOf(header: string | undefined, size: number): { start: number; end: number } | null {
  if (header === undefined) return null
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header)
  const [from = '', to = ''] = match?.slice(1) ?? []
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1)
  if (!match || (from === '' && to === '') || start >= end) {
    throw new DaybookError('invalid', `Range must lie in the ${size} bytes of the blob`, { field: 'Range' })
  }
  return { start, end }
}

export const blobRoutes: readonly Route[] = [put, get]
