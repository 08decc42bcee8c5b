// The feed as a stream: what is stored, in commit order, and between it what is never stored and concerns the reader now.

import type { ServerResponse } from 'node:http'
import type { Delta } from '../../schema/deltas.ts'
import { isDaybookError } from '../../schema/errors.ts'
import { entryText, sessionOf } from '../../schema/wire.ts'
import type { FeedDelta, FeedHello, MarksChanged, PresenceShape } from '../../schema/wire-feed.ts'
import type { ScopedSessions } from '../../session/contract.ts'
import { ownerOf } from '../../session/opening.ts'
import { type Bus, type MarkHint, markTopic, type PresenceHint, presenceTopic } from '../../store/bus.ts'
import type { FeedItem } from '../../store/store.ts'
import { DeltaFollowing } from '../../work/following.ts'
import type { Stream } from './broadcast.ts'
import { beatFrame, drained, endFrame } from './frames.ts'

const pageSize = 200
/** Milliseconds that a piece of a text waits for others, as nobody sees more than sixty a second: each write costs both ends. */
const frame = 16

export interface FeedStreamed {
  readonly mine: ScopedSessions
  readonly bus: Bus
  readonly hello: FeedHello
  readonly cursor: string | null
  /** Sessions whose deltas and watchers are told; what the caller may not see is passed over until it may. */
  readonly watch: readonly string[]
}

export function itemText({ cursor, session, entry, head }: FeedItem): string {
  const changed = head === undefined ? '' : `,"session":${JSON.stringify(sessionOf(head))}`
  return `{"cursor":${JSON.stringify(cursor)},"session_id":${JSON.stringify(session)},"entry":${entryText(entry)}${changed}}`
}

/**
 * Begins with `hello`. Items carry their cursor as id; `live` says that all that was there has been sent. `marks`, `delta` and
 * `presence` have no id, are lost with the connection.
 */
export class FeedStream implements Stream {
  readonly #response: ServerResponse
  readonly #streamed: FeedStreamed
  readonly #stop = new AbortController()
  readonly #unsubscribe: (() => void)[] = []
  readonly #unseen: Set<string>
  readonly #followings = new Map<string, DeltaFollowing>()
  #held: NodeJS.Timeout | undefined

  constructor(response: ServerResponse, streamed: FeedStreamed) {
    this.#response = response
    this.#streamed = streamed
    this.#unseen = new Set(streamed.watch)
    response.once('close', () => this.#drop())
  }

  start(): void {
    const { hello, mine } = this.#streamed
    this.#response.write(eventText('hello', hello))
    this.#hear(markTopic(mine.scope.tenant, ownerOf(mine.scope)), 'marks', (message) => {
      const { session, version } = message as MarkHint
      return { session_id: session, version } satisfies MarksChanged
    })
    this.#run().then(
      () => this.end('the feed has ended'),
      (error) => this.end(isDaybookError(error) ? error.code : 'interrupted'),
    )
  }

  beat(): void {
    if (!this.#response.writableNeedDrain) this.#response.write(beatFrame(''))
  }

  end(why: string): void {
    this.#drop()
    const response = this.#response
    if (!response.writableEnded && !response.destroyed) response.end(endFrame(why))
  }

  #drop(): void {
    this.#stop.abort()
    this.#letGo()
    for (const end of this.#unsubscribe.splice(0)) end()
  }

  async #run(): Promise<void> {
    const { mine, watch } = this.#streamed
    await Promise.all(watch.map((session) => this.#look(session)))
    const cursor = await this.#catchUp()
    if (this.#gone) return
    this.#response.write(eventText('live', {}))
    for await (const item of mine.followFeed(cursor, this.#stop.signal)) {
      if (this.#gone) return
      // What is in the caller's feed is the caller's to see: it was opened, or shared, meanwhile.
      if (this.#unseen.has(item.session)) this.#watch(item.session)
      await this.#send(item)
    }
  }

  /** What was there already; where it ends. */
  async #catchUp(): Promise<string | null> {
    const { mine } = this.#streamed
    let at = this.#streamed.cursor
    while (!this.#gone) {
      const page = await mine.feed(at, pageSize)
      for (const item of page.items) await this.#send(item)
      if (page.cursor === at) break
      at = page.cursor
    }
    return at
  }

  async #send(item: FeedItem): Promise<void> {
    const response = this.#response
    if (this.#gone) return
    this.#followings.get(item.session)?.see(item.entry)
    this.#letGo()
    if (!response.write(`id: ${item.cursor}\ndata: ${itemText(item)}\n\n`)) await drained(response)
  }

  get #gone(): boolean {
    return this.#stop.signal.aborted || this.#response.destroyed || this.#response.writableEnded
  }

  async #look(session: string): Promise<void> {
    const { mine } = this.#streamed
    try {
      await mine.session(session).head()
    } catch (error) {
      if (isDaybookError(error) && (error.code === 'not_found' || error.code === 'gone')) return
      throw error
    }
    this.#watch(session)
  }

  #watch(session: string): void {
    if (!this.#unseen.delete(session) || this.#gone) return
    const { tenant } = this.#streamed.mine.scope
    this.#follow(session)
    this.#hear(presenceTopic(tenant, session), 'presence', (message) => {
      return { session_id: session, ...(message as PresenceHint) } satisfies PresenceShape
    })
  }

  /** Who is behind misses pieces, and gets the part so far in their place once the connection is free again. */
  #follow(session: string): void {
    const { mine, bus } = this.#streamed
    let behind = false
    const tell = (delta: Delta): void => {
      if (this.#gone) return
      const known = this.#followings.get(session)
      if (this.#response.writableNeedDrain) behind = true
      else if (behind && known && 'n' in delta) {
        behind = false
        for (const soFar of known.soFar()) this.#tellDelta(session, soFar)
      } else this.#tellDelta(session, delta)
    }
    const following = new DeltaFollowing(bus, { tenant: mine.scope.tenant, session }, tell)
    this.#followings.set(session, following)
    this.#unsubscribe.push(() => following.close())
  }

  #tellDelta(session: string, delta: Delta): void {
    if (this.#held === undefined) {
      this.#response.socket?.cork()
      this.#held = setTimeout(() => this.#letGo(), frame)
    }
    this.#response.write(eventText('delta', { session_id: session, delta } satisfies FeedDelta))
  }

  /** What stands in the log goes out at once, behind the pieces before it. */
  #letGo(): void {
    if (this.#held === undefined) return
    clearTimeout(this.#held)
    this.#held = undefined
    this.#response.socket?.uncork()
  }

  #hear(topic: string, name: string, shape: (message: unknown) => object): void {
    const response = this.#response
    const tell = (message: unknown): void => {
      if (!this.#gone) response.write(eventText(name, shape(message)))
    }
    this.#unsubscribe.push(this.#streamed.bus.subscribe(topic, tell))
  }
}

function eventText(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}
