// The feed: every entry of every session that the caller sees, in commit order, as pages or live.

import { DaybookError } from '../../schema/errors.ts'
import { Presence } from '../../schema/wire-feed.ts'
import { FeedQuery, NewPresence } from '../../schema/wire-requests.ts'
import { FeedPage } from '../../schema/wire-shapes.ts'
import { type PresenceHint, presenceTopic } from '../../store/bus.ts'
import type { Call } from '../call.ts'
import * as examples from '../examples.ts'
import { type Route, route } from '../route.ts'
import { FeedStream, itemText } from '../stream/feed-stream.ts'
import { beginStream } from '../stream/frames.ts'

/** Where a cursor is asked for: after the last entry there is. */
const now = 'now'

type FeedCall = Call<Record<never, string>, FeedQuery>

const feed = route(
  {
    method: 'GET',
    path: '/feed',
    operation: 'readFeed',
    tag: 'feed',
    summary: 'Read or follow all sessions',
    details:
      'Without a cursor from the beginning; cursor=now begins after the last entry. With Accept: text/event-stream the id of ' +
      'an event is its cursor, and Last-Event-ID resumes. It begins with `hello` (which server, its heartbeat); `live` comes when ' +
      'all that was there is told. `marks` says that marks of the caller changed; `delta` and `presence` are of sessions to watch.',
    query: FeedQuery,
    answers: {
      200: {
        description: 'One page in commit order. At the end the cursor stays the same.',
        schema: FeedPage,
        example: examples.feed,
        media: { 'text/event-stream': 'Items as events, catching up and then live.' },
      },
    },
  },
  async (call) => {
    const { mine, query, request } = call
    const live = request.headers.accept?.includes('text/event-stream') === true
    const resumed = live ? request.headers['last-event-id'] : undefined
    const asked = typeof resumed === 'string' && resumed !== '' ? resumed : query.cursor
    const cursor = asked === now ? await mine.tip() : (asked ?? null)
    if (live) return follow(call, cursor)
    if (query.watch) throw new DaybookError('invalid', 'watch goes with text/event-stream', { field: 'watch' })
    const page = await mine.feed(cursor, query.limit ?? 50)
    return {
      body: `{"items":[${page.items.map(itemText).join(',')}],"cursor":${JSON.stringify(page.cursor ?? cursor ?? '')}}`,
    }
  },
)

async function follow({ mine, context, reply, query }: FeedCall, cursor: string | null): Promise<null> {
  // A cursor that cannot be read is told before the stream begins.
  if (cursor !== null) await mine.feed(cursor, 1)
  const response = beginStream(reply)
  const { hello, store } = context
  const stream = new FeedStream(response, { mine, bus: store.bus, hello, cursor, watch: query.watch ?? [] })
  context.broadcast.add(stream, response)
  stream.start()
  return null
}

/** Presence is a hint between those who look now: it is said, heard, and gone. */
const look = route(
  {
    method: 'PUT',
    path: '/sessions/{session_id}/presence',
    operation: 'putPresence',
    tag: 'feed',
    summary: 'Say that somebody looks at a session',
    details:
      'Told to those who watch the session in their feed, and stored nowhere. Whoever stays says it again every 10 s.',
    body: NewPresence,
    example: { client: '3f9c', seq: 5, name: 'Anna' },
    answers: { 200: { description: 'It was told.', schema: Presence, example: examples.presence } },
  },
  async (call) => {
    const { session, head } = await call.seen(call.params.session_id)
    const { tenant } = call.mine.scope
    const said: PresenceHint = { actor: call.mine.caller.actor, ...call.body }
    call.context.store.bus.publish(presenceTopic(tenant, session.id), said)
    return { body: JSON.stringify({ session_id: session.id, ...said }), seq: head.seq }
  },
)

export const feedRoutes: readonly Route[] = [feed, look]
