// All open streams of a server: one hub per followed session, one heartbeat for everybody, one way to end them.

import type { ServerResponse } from 'node:http'
import type { Head } from '../../schema/heads.ts'
import type { Kind } from '../../schema/kinds.ts'
import type { ScopedSessions, Session } from '../../session/contract.ts'
import type { Bus } from '../../store/bus.ts'
import { DeltaFollowing } from '../../work/following.ts'
import { Follower } from './follower.ts'
import { Hub } from './hub.ts'

export interface BroadcastOptions {
  readonly bus: Bus
  /** Milliseconds between heartbeats. */
  readonly heartbeat: number
  /** Bytes that may wait for a slow reader before it falls back to reading. */
  readonly mostWaiting: number
  readonly onError: (error: unknown) => void
}

const beatsInOneTurn = 500

/** An open stream, as far as all are alike. */
export interface Stream {
  beat(): void
  /** Says why and closes the connection. */
  end(why: string): void
}

export interface FollowOptions {
  readonly after: number
  readonly until?: number
  readonly kinds?: ReadonlySet<Kind>
  readonly deltas: boolean
}

export class Broadcast {
  readonly #options: BroadcastOptions
  readonly #hubs = new Map<string, Hub>()
  readonly #streams = new Set<Stream>()
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: BroadcastOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#streams.size
  }

  /** Sends what comes after `after`, then what comes at all, until the reader leaves. */
  follow(mine: ScopedSessions, session: Session, head: Head, response: ServerResponse, options: FollowOptions): void {
    const { socket } = response
    if (!socket) {
      // An earlier answer of this connection is not out yet: this one has it when it is.
      response.once('socket', () => this.follow(mine, session, head, response, options))
      return
    }
    const { tenant, subjects } = mine.scope
    const name = JSON.stringify([tenant, subjects, session.id])
    let hub = this.#hubs.get(name)
    if (!hub) {
      const { bus, onError } = this.#options
      const fresh: Hub = new Hub(session, head.seq, {
        deltas: (tell) => new DeltaFollowing(bus, { tenant, session: session.id }, tell),
        onError,
        onEnd: () => {
          if (this.#hubs.get(name) === fresh) this.#hubs.delete(name)
        },
      })
      hub = fresh
      this.#hubs.set(name, hub)
    }
    const follower = new Follower(hub, response, socket, { ...options, mostWaiting: this.#options.mostWaiting })
    this.add(follower, response)
    hub.join(follower)
  }

  /** Takes a stream into the heartbeat until its connection closes. */
  add(stream: Stream, response: ServerResponse): void {
    if (this.#closed) {
      stream.end('the server is ending')
      return
    }
    this.#streams.add(stream)
    this.#timer ??= setInterval(() => this.#beat(), this.#options.heartbeat).unref()
    response.once('close', () => {
      this.#streams.delete(stream)
      if (this.#streams.size > 0) return
      clearInterval(this.#timer)
      this.#timer = undefined
    })
  }

  /** Some at a time: ten thousand writes in one turn would be felt by everybody else. */
  #beat(streams: Iterator<Stream> = this.#streams.values()): void {
    for (let count = 0; count < beatsInOneTurn; count += 1) {
      const { value, done } = streams.next()
      if (done) return
      value.beat()
    }
    setImmediate(() => this.#beat(streams))
  }

  close(): void {
    this.#closed = true
    for (const stream of this.#streams) stream.end('the server is ending')
  }
}
