// The history as a stream of JSON text: page by page as the reader takes it, never one string.

import { Readable } from 'node:stream'
import type { HistoryView } from '../session/views/contract.ts'
import { historyRest, messageOf } from '../session/views/wire.ts'

/** Characters that are gathered before they are handed on. */
const chunk = 64 * 1024

async function* textOf(session: string, view: HistoryView): AsyncGenerator<string> {
  let text = `{"session_id":${JSON.stringify(session)},"messages":[`
  let first = true
  for await (const message of view.messages) {
    text += first ? '' : ','
    text += JSON.stringify(messageOf(message))
    first = false
    if (text.length < chunk) continue
    yield text
    text = ''
  }
  yield `${text}],${JSON.stringify(historyRest(view)).slice(1)}`
}

/**
 * A failure midway destroys the stream, which cuts the connection: a history of a session that was deleted meanwhile must
 * not look whole.
 */
export function historyStream(session: string, view: HistoryView): Readable {
  return Readable.from(textOf(session, view), { objectMode: false, encoding: 'utf8', highWaterMark: chunk })
}
