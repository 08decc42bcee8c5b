// Entries: append, messages, reading ranges, windows, and following live.

import type { DataOf } from '../../schema/data.ts'
import type { NewEntry } from '../../schema/entries.ts'
import { DaybookError } from '../../schema/errors.ts'
import type { Head } from '../../schema/heads.ts'
import type { Kind } from '../../schema/kinds.ts'
import { entriesText } from '../../schema/wire.ts'
import { EntriesBody, EntriesQuery, type NewEntryShape, NewMessage } from '../../schema/wire-requests.ts'
import { Entry, EntryList, Receipt } from '../../schema/wire-shapes.ts'
import type { Session } from '../../session/contract.ts'
import { mustReach } from '../../session/follow.ts'
import type { Range } from '../../store/store.ts'
import type { Call } from '../call.ts'
import * as examples from '../examples.ts'
import { type Answer, type Route, route } from '../route.ts'
import { beginStream } from '../stream/frames.ts'
import { entriesOf, entryAnswer, lastEventId } from './shared.ts'

const message = route(
  {
    method: 'POST',
    path: '/sessions/{session_id}/messages',
    operation: 'addMessage',
    tag: 'entries',
    summary: 'Add a message',
    details:
      'An unknown session id is opened: clients invent ids. The answer comes when the message is as durable as the store promises.',
    body: NewMessage,
    example: examples.message,
    answers: { 201: { description: 'The stored entry.', schema: Entry, example: examples.entry } },
    errors: ['blob_missing', 'forbidden'],
    writes: true,
    guarded: true,
  },
  async (call) => {
    const { body } = call
    const session = call.session(call.params.session_id, true)
    const receipt = await session.append({ kind: 'message', data: messageOf(body) }, call.write(body.expect))
    return entryAnswer(session, receipt, 'message')
  },
)

/** What is stored of the body: all of it, but for what only says how. */
function messageOf(body: NewMessage): DataOf<'message'> {
  if (body.role !== 'developer' && body.expect === undefined) return body as DataOf<'message'>
  const { expect: _, role, ...data } = body
  return { ...data, role: role === 'developer' ? 'system' : role }
}

const append = route(
  {
    method: 'POST',
    path: '/sessions/{session_id}/entries',
    operation: 'appendEntries',
    tag: 'entries',
    summary: 'Append entries',
    details: 'One entry, an array of up to 512, or {entries, expect}. All or nothing is written.',
    body: EntriesBody,
    example: { kind: 'note', data: { type: 'decision', text: 'Tokens live for an hour.' } },
    answers: { 201: { description: 'What was written.', schema: Receipt, example: examples.receipt } },
    errors: ['not_allowed_kind', 'blob_missing', 'forbidden'],
    writes: true,
    guarded: true,
  },
  async (call) => {
    const { body } = call
    const given = Array.isArray(body) ? body : 'entries' in body ? body.entries : [body]
    const expect = Array.isArray(body) ? undefined : (body as { expect?: number }).expect
    const session = call.session(call.params.session_id)
    const receipt = await session.append(given.map(newEntry), call.write(expect))
    const text = entriesText(await entriesOf(session, receipt))
    return {
      body: `{"first":${receipt.first},"last":${receipt.last},"entries":[${text}]}`,
      seq: receipt.last,
      replayed: receipt.replayed,
    }
  },
)

/** Kind and data are checked against the table of kinds by the engine, which knows who may write what. */
function newEntry({ kind, data, run_id, cause }: NewEntryShape): NewEntry {
  return {
    kind: kind as Kind,
    data,
    ...(run_id === undefined ? {} : { run: run_id }),
    ...(cause === undefined ? {} : { cause }),
  } as NewEntry
}

const read = route(
  {
    method: 'GET',
    path: '/sessions/{session_id}/entries',
    operation: 'readEntries',
    tag: 'entries',
    summary: 'Read or follow the log',
    details:
      'With Accept: text/event-stream the entries after `after` (or after Last-Event-ID) come first and then live: the id of ' +
      'an event is the seq of its entry; deltas have none and are lost with the connection. A stream cannot begin behind the ' +
      'end of the log. `around` gives a window.',
    query: EntriesQuery,
    answers: {
      200: {
        description: 'A range of the log in its order.',
        schema: EntryList,
        example: examples.entryList,
        media: { 'text/event-stream': 'Entries as events, catching up and then live.' },
      },
    },
  },
  async (call) => {
    const { session, head } = await call.seen(call.params.session_id)
    if (call.request.headers.accept?.includes('text/event-stream')) return follow(call, session, head)
    const { around } = call.query
    return around === undefined ? range(call, session, head) : window(call, session, head, around)
  },
)

type ReadCall = Call<{ session_id: string }, EntriesQuery>

async function range({ query }: ReadCall, session: Session, head: Head): Promise<Answer> {
  const { after, until, order = 'asc', limit = 50, kind } = query
  if (query.deltas) throw new DaybookError('invalid', 'deltas come only with text/event-stream', { field: 'deltas' })
  const entries = await session.stored({ ...boundsOf(after, until), order, limit, ...(kind ? { kinds: kind } : {}) })
  const last = entries.at(-1)
  const more = last !== undefined && entries.length === limit
  const next = !more ? null : order === 'asc' ? last.seq : last.seq - 1
  const bottom = order === 'desc' && next !== null && next <= (after ?? 0)
  return { body: `{"entries":[${entriesText(entries)}],"cursor":${bottom ? null : next}}`, seq: head.seq }
}

function boundsOf(after: number | undefined, until: number | undefined): Range {
  return { ...(after === undefined ? {} : { after }), ...(until === undefined ? {} : { until }) }
}

/** Half of the limit before the entry, the rest from it on; of the kinds asked for. */
async function window({ query }: ReadCall, session: Session, head: Head, around: number): Promise<Answer> {
  const { limit = 50, kind } = query
  for (const field of ['after', 'until', 'order', 'deltas'] as const) {
    if (query[field] !== undefined)
      throw new DaybookError('invalid', `around and ${field} exclude each other`, { field })
  }
  if (around > head.seq) {
    throw new DaybookError('not_found', `the session ends at ${head.seq}`, { field: 'around', seq: head.seq })
  }
  const kinds = kind ? { kinds: kind } : {}
  const half = Math.floor(limit / 2)
  const none: Awaited<ReturnType<Session['stored']>> = []
  const [before, from] = await Promise.all([
    around > 1 && half > 0 ? session.stored({ until: around - 1, order: 'desc', limit: half, ...kinds }) : none,
    session.stored({ after: around - 1, limit: limit - half, ...kinds }),
  ])
  const last = from.at(-1)
  const next = last !== undefined && last.seq < head.seq ? last.seq : null
  return { body: `{"entries":[${entriesText([...before.toReversed(), ...from])}],"cursor":${next}}`, seq: head.seq }
}

async function follow(call: ReadCall, session: Session, head: Head): Promise<null> {
  const { query, context, mine, reply } = call
  for (const field of ['around', 'order', 'limit'] as const) {
    if (query[field] !== undefined) throw new DaybookError('invalid', `${field} does not go with a stream`, { field })
  }
  const resumed = lastEventId(call)
  const after = resumed ?? query.after ?? 0
  mustReach(head, after, resumed === undefined ? 'after' : 'Last-Event-ID')
  const { until, kind, deltas = false } = query
  const response = beginStream(reply, { etag: `"${head.seq}"` })
  context.broadcast.follow(mine, session, head, response, {
    after,
    deltas,
    ...(until === undefined ? {} : { until }),
    ...(kind ? { kinds: new Set(kind) } : {}),
  })
  return null
}

export const entryRoutes: readonly Route[] = [append, read, message]
