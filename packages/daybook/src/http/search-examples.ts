// The example of an answer with hits; a test checks it against its shape.

import type { HitListShape } from '../schema/wire-search.ts'
import { sessionList } from './examples.ts'

const text = 'the jwt check now allows 30 s of clock skew, as the gateway does'

export const hitList: HitListShape = {
  hits: [
    {
      session_id: 'session_1772441100000',
      seq: 5,
      kind: 'message',
      at: '2026-03-02T08:45:00.000Z',
      actor: 'local',
      score: 14.2,
      snippet: { field: 'content', text, start: 0, length: text.length, marks: [{ start: 33, end: 43 }] },
    },
  ],
  sessions: sessionList.sessions,
  total: 1,
  total_is: 'exact',
  matched: 'all',
  complete: true,
  cursor: null,
}
