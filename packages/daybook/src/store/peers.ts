// Which servers work on the same store, as they tell one another over its bus.

import type { Bus } from './bus.ts'

export interface Peer {
  /** Unique per start of a server. */
  readonly id: string
  /** Where it answers, as it knows itself. */
  readonly url: string
  readonly version: string
}

export interface Peers {
  /** The others, by their URLs; those who just came are known a moment later. */
  list(): readonly Peer[]
  /** Tells the others that this one goes. Idempotent. */
  close(): void
}

export interface PeersOptions {
  readonly bus: Bus
  readonly me: Peer
  /** Monotonic milliseconds; default `performance.now`. */
  readonly clock?: () => number
  /** Called when a server was seen for the first time, or is gone. */
  readonly onChange?: (peers: readonly Peer[]) => void
}

interface Word extends Peer {
  readonly is: 'new' | 'here' | 'going'
}

const topic = 'servers'
/** Each server says this often that it is there, and is forgotten after three times as long. */
export const saysEveryMs = 5_000

/** Truth about who works on a session is its lease; this list is for people, and for reports. */
export function openPeers({ bus, me, clock = () => performance.now(), onChange }: PeersOptions): Peers {
  const seen = new Map<string, { readonly peer: Peer; readonly until: number }>()
  const say = (is: Word['is']): void => bus.publish(topic, { ...me, is } satisfies Word)
  const list = (): readonly Peer[] => {
    for (const [id, { until }] of seen) if (until < clock()) seen.delete(id)
    return [...seen.values()].map(({ peer }) => peer).sort((a, b) => (a.url < b.url ? -1 : 1))
  }
  const hear = (message: unknown): void => {
    const { is, ...peer } = message as Word
    if (peer.id === me.id) return
    const before = seen.size
    const known = seen.delete(peer.id)
    if (is !== 'going') seen.set(peer.id, { peer, until: clock() + 3 * saysEveryMs })
    // A server that is new does not know this one yet; nor does one that this one had forgotten.
    if (is === 'new' || (is === 'here' && !known)) say('here')
    if (before !== seen.size) onChange?.(list())
  }
  const end = bus.subscribe(topic, hear)
  const timer = setInterval(() => {
    const before = seen.size
    if (list().length !== before) onChange?.(list())
    say('here')
  }, saysEveryMs)
  timer.unref()
  say('new')
  let closed = false
  return {
    list,
    close() {
      if (closed) return
      closed = true
      clearInterval(timer)
      end()
      say('going')
    },
  }
}
