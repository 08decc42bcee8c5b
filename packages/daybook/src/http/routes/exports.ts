// A session in other forms: a document to read, or what another agent goes on from.

import { Readable } from 'node:stream'
import { DaybookError } from '../../schema/errors.ts'
import { ExportQuery } from '../../schema/wire-requests.ts'
import type { Session } from '../../session/contract.ts'
import { toldOf } from '../../transcripts/writing/told.ts'
import { documentWriters, transcriptWriters } from '../../transcripts/writing/writers.ts'
import { type Route, route } from '../route.ts'

/** Bytes that are gathered before the reader has to take some. */
const chunk = 64 * 1024
const types: Readonly<Record<string, string>> = {
  '.md': 'text/markdown; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.jsonl': 'application/x-ndjson',
  '.json': 'application/json',
}

const exported = route(
  {
    method: 'GET',
    path: '/sessions/{session_id}/export',
    operation: 'exportSession',
    tag: 'sessions',
    summary: 'The active history as a document, or in the form from which another agent goes on',
    details:
      'Streamed, as a file to keep. codex, gemini, opencode and claude need the folder of the session, cwd in its metadata. When the ' +
      'session is deleted midway the connection is cut. The open format, which holds everything, is written by daybook export.',
    query: ExportQuery,
    answers: {
      200: {
        description: 'The file.',
        media: {
          'text/markdown': 'format=markdown',
          'text/html': 'format=html: one page that loads nothing.',
          'application/x-ndjson': 'format=codex, format=gemini and format=claude.',
          'application/json': 'format=opencode: what opencode import takes.',
        },
      },
    },
  },
  async (call) => {
    const { session, head } = await call.seen(call.params.session_id)
    const { extension, pieces } = await writing(session, call.query.format)
    const headers = {
      'content-disposition': `attachment; filename="${session.id}${extension}"`,
      // What is said in a session never runs as a page of this server.
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    }
    const body = Readable.from(pieces, { objectMode: false, encoding: 'utf8', highWaterMark: chunk })
    return { body, type: types[extension] ?? 'text/plain; charset=utf-8', headers, seq: head.seq }
  },
)

async function writing(
  session: Session,
  format: ExportQuery['format'],
): Promise<{ extension: string; pieces: AsyncIterable<string> }> {
  const document = documentWriters.find((each) => each.format === format)
  if (document !== undefined) return { extension: document.extension, pieces: document.write(session, 'UTC') }
  const writer = transcriptWriters.find(({ agent }) => agent === format)
  const { metadata } = await session.cell()
  if (writer === undefined || typeof metadata.cwd !== 'string') {
    throw new DaybookError('invalid', 'the metadata of the session names no folder', {
      field: 'metadata.cwd',
      hint: 'PATCH the session with {"metadata":{"cwd":"/the/folder"}} first.',
    })
  }
  return { extension: writer.extension, pieces: writer.write(await toldOf(session, metadata.cwd)) }
}

export const exportRoutes: readonly Route[] = [exported]
