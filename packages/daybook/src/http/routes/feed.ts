// The feed: every entry of every session that the caller sees, in commit order, as pages or live.

import type { ServerResponse } from 'node:http'
import { isDaybookError } from '../../schema/errors.ts'
import { entryText, sessionOf } from '../../schema/wire.ts'
import { FeedQuery } from '../../schema/wire-requests.ts'
import { FeedPage } from '../../schema/wire-shapes.ts'
import type { FeedItem } from '../../store/store.ts'
import type { Call } from '../call.ts'
import * as examples from '../examples.ts'
import { type Route, route } from '../route.ts'
import type { Stream } from '../stream/broadcast.ts'
import { beatFrame, beginStream, drained, endFrame } from '../stream/frames.ts'

/** Where a cursor is asked for: after the last entry there is. */
const now = 'now'

function itemText({ cursor, session, entry, head }: FeedItem): string {
  const changed = head === undefined ? '' : `,"session":${JSON.stringify(sessionOf(head))}`
  return `{"cursor":${JSON.stringify(cursor)},"session_id":${JSON.stringify(session)},"entry":${entryText(entry)}${changed}}`
}

const feed = route(
  {
    method: 'GET',
    path: '/feed',
    operation: 'readFeed',
    tag: 'feed',
    summary: 'Read or follow all sessions',
    details:
      'Without a cursor from the beginning; cursor=now begins after the last entry. With Accept: text/event-stream the id of ' +
      'an event is its cursor, and Last-Event-ID resumes.',
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
    const page = await mine.feed(cursor, query.limit ?? 50)
    return {
      body: `{"items":[${page.items.map(itemText).join(',')}],"cursor":${JSON.stringify(page.cursor ?? cursor ?? '')}}`,
    }
  },
)

async function follow({ mine, context, reply }: Call, cursor: string | null): Promise<null> {
  // A cursor that cannot be read is told before the stream begins.
  if (cursor !== null) await mine.feed(cursor, 1)
  const response = beginStream(reply)
  const stop = new AbortController()
  const stream: Stream = {
    beat() {
      if (!response.writableNeedDrain) response.write(beatFrame(''))
    },
    end(why) {
      stop.abort()
      if (!response.writableEnded && !response.destroyed) response.end(endFrame(why))
    },
  }
  response.once('close', () => stop.abort())
  context.broadcast.add(stream, response)
  send(mine.followFeed(cursor, stop.signal), response).then(
    () => stream.end('the feed has ended'),
    (error) => stream.end(isDaybookError(error) ? error.code : 'interrupted'),
  )
  return null
}

async function send(items: AsyncIterable<FeedItem>, response: ServerResponse): Promise<void> {
  for await (const item of items) {
    if (response.destroyed || response.writableEnded) return
    if (!response.write(`id: ${item.cursor}\ndata: ${itemText(item)}\n\n`)) await drained(response)
  }
}

export const feedRoutes: readonly Route[] = [feed]
