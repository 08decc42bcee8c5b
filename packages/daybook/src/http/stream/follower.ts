// One reader of one session's stream: reads until it has caught up, then is live; falls back to reading when it is slow.

import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Seq } from '../../schema/ids.ts'
import type { Kind } from '../../schema/kinds.ts'
import type { FollowOptions, Stream } from './broadcast.ts'
import { drained, endFrame, entryFrame, hold } from './frames.ts'
import type { Hub } from './hub.ts'

/** Entries read at once while catching up. */
const pageSize = 200

export interface FollowerOptions extends FollowOptions {
  /** Bytes that may wait in the connection while live. */
  readonly mostWaiting: number
}

export class Follower implements Stream {
  readonly #hub: Hub
  readonly #response: ServerResponse
  readonly #options: FollowerOptions
  /** Everything up to here was sent or passed over. */
  #position: Seq
  #live = false
  /** Has a filter or an end. */
  readonly #bounded: boolean
  /** Written to directly while live: the layer in between has nothing to add to a stream that ends with its connection. */
  readonly #socket: Socket
  /** Pieces of what is unfinished were not sent. */
  #behind = false
  /** Why the stream ends once everything was sent. */
  #ending: string | undefined

  constructor(hub: Hub, response: ServerResponse, socket: Socket, options: FollowerOptions) {
    this.#hub = hub
    this.#response = response
    this.#options = options
    this.#position = options.after
    this.#socket = socket
    this.#bounded = options.kinds !== undefined || options.until !== undefined
    response.once('close', () => hub.leave(this))
    if (options.deltas) response.on('drain', () => this.#behind && this.#tellSoFar())
  }

  get deltas(): boolean {
    return this.#options.deltas
  }

  start(): void {
    this.#live = false
    this.#catchUp().catch((error) => {
      // The reader reconnects and is told what is wrong; it must not take the end of a cut stream for the end of the log.
      this.#response.destroy(error instanceof Error ? error : undefined)
    })
  }

  /**
   * A new entry, told by the hub. While catching up it is left to be read. What is written waits in `held` sockets. This is
   * called for every follower and entry: it does as little as it can.
   */
  push(seq: Seq, kind: Kind, frame: Buffer, held: Socket[]): void {
    if (!this.#live || seq <= this.#position) {
      // Sent before the hub saw it: from here on the hub takes nothing for unfinished that this has ended.
      if (this.#behind && seq === this.#position) this.#tellSoFar()
      return
    }
    const socket = this.#socket
    if (this.#bounded || socket.writableNeedDrain) this.#pushWithCare(seq, kind, frame)
    else {
      hold(socket, held)
      socket.write(frame)
      this.#position = seq
    }
  }

  /** For followers with a filter or an end, and for slow ones. */
  #pushWithCare(seq: Seq, kind: Kind, frame: Buffer): void {
    const { until, kinds, mostWaiting } = this.#options
    if (kinds && !kinds.has(kind)) this.#position = seq
    else if (this.#response.writableLength > mostWaiting) this.start()
    else {
      this.#response.write(frame)
      this.#position = seq
    }
    if (until !== undefined && this.#position >= until) this.end('the end was reached')
  }

  /** Who is behind misses pieces, and gets the part so far in their place once the connection is free again. */
  pushDelta(frame: Buffer): void {
    if (this.#behind) this.#tellSoFar()
    else if (this.#hears && this.#response.writableLength === 0) this.#response.write(frame)
    else this.#behind = true
  }

  /** Not before the hub has seen the entries that were sent: they may end what it takes for unfinished. */
  get #hears(): boolean {
    return this.#live && !this.#response.writableNeedDrain && this.#position <= this.#hub.last
  }

  #tellSoFar(): void {
    this.#behind = !this.#hears
    if (this.#behind) return
    for (const frame of this.#hub.soFar()) this.#response.write(frame)
  }

  beat(): void {
    if (this.#behind) this.#tellSoFar()
    if (this.#live && !this.#response.writableNeedDrain) this.#response.write(this.#hub.beatAt(this.#position))
  }

  end(why: string): void {
    if (this.#response.writableEnded || this.#response.destroyed) return
    this.#live = false
    this.#response.end(endFrame(why))
  }

  /** Ends once what is in the log was sent; a reader who is catching up is not cut short. */
  finish(why: string): void {
    this.#ending = why
    if (this.#live) this.end(why)
  }

  async #catchUp(): Promise<void> {
    const { until, kinds } = this.#options
    const range = {
      ...(kinds ? { kinds: [...kinds] } : {}),
      ...(until === undefined ? {} : { until }),
      limit: pageSize,
    }
    await drained(this.#response)
    while (!this.#response.writableEnded && !this.#response.destroyed) {
      const told = this.#hub.last
      const page = await this.#hub.session.stored({ after: this.#position, ...range })
      for (const entry of page) {
        if (this.#response.destroyed || this.#response.writableEnded) return
        this.#position = entry.seq
        if (!this.#response.write(entryFrame(entry))) await drained(this.#response)
      }
      if (page.length === pageSize) continue
      // The read began after `told` was stored: a short page has everything up to it.
      this.#position = Math.max(this.#position, told)
      if (until !== undefined && this.#position >= until) return this.end('the end was reached')
      if (this.#ending !== undefined) return this.end(this.#ending)
      if (this.#position < this.#hub.last) continue
      this.#live = true
      if (this.deltas) this.#tellSoFar()
      return
    }
  }
}
