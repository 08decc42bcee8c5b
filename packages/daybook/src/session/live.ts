// Live sessions: the newest folds that this process knows, durable or not yet, with what waits behind them.

import type { Seq, SessionId, Tenant } from '../schema/ids.ts'
import type { KnownKey, Outcome, Scope, ScopedStore } from '../store/store.ts'
import type { Command } from './assemble.ts'
import type { Receipt } from './contract.ts'
import type { Folded } from './fold.ts'

/** A command on its way: what to write, and whom to tell. */
export interface Item {
  readonly command: Command
  readonly scope: Scope
  readonly session: SessionId
  readonly resolve: (receipt: Receipt) => void
  readonly reject: (error: unknown) => void
  /** Repeats of the same key that came while this one was under way. */
  joined: Item[]
  races: number
  /** Whether its key is looked up before it is folded; see {@link Live.repeats}. */
  look: boolean
  /** Refused once on a fold from before: the next refusal is on what is stored. */
  fresh: boolean
  /** The fold that its `alone` has seen. */
  seen: Folded | null
  /** Expected seq and refolds when it was refused with nothing in front of it; empty before. */
  tried: string
}

export function newItem(
  command: Command,
  scope: Scope,
  session: SessionId,
  resolve: Item['resolve'],
  reject: Item['reject'],
): Item {
  const look = command.alone !== undefined
  return { command, scope, session, resolve, reject, joined: [], races: 0, look, fresh: false, seen: null, tried: '' }
}

export class Live {
  /** The fold that the next append continues; null while the session does not exist. */
  state: Folded | null = null
  loaded = false
  /** Seq of the last snapshot, taken or under way. */
  snapshot: Seq = 0
  readonly tenant: Tenant
  readonly session: SessionId
  /** Not yet folded. */
  queue: Item[] = []
  /** Came back after a lost race; folded again, in order, once nothing is under way. */
  again: Item[] = []
  /** Handed to the store, not yet answered. */
  underWay = 0
  draining = false
  /** Set when an answer showed that `state` is not what the store holds. */
  stale = false
  /** The answer to the last append handed over: refusals decided on its fold wait for it. */
  tail: Promise<readonly Outcome[]> | null = null
  /**
   * How many keyed calls are still looked up before they are folded. The store finds a repeat by itself, but what was folded
   * behind it must then be folded again; so a look-up pays where repeats were met, and costs where there are none.
   */
  repeats = 0
  /** Keyed items under way, so that a repeat joins the first. */
  keys = new Map<string, Item>()
  /** Keys that were answered while others were looked up: what the look-up says of them may be too old. */
  readonly doubtful = new Set<string>()

  constructor(tenant: Tenant, session: SessionId) {
    this.tenant = tenant
    this.session = session
  }

  get idle(): boolean {
    return this.underWay === 0 && this.queue.length === 0 && this.again.length === 0 && !this.draining
  }

  /** Whether the item can be folded as it comes: nothing waits in front of it, and nothing is to be looked up. */
  goesOn({ command: { key, alone } }: Item): boolean {
    if (!this.loaded || this.stale || this.draining || this.queue.length > 0 || alone) return false
    return key === undefined || (this.repeats === 0 && !this.keys.has(key.id))
  }
}

/** Keyed calls that are looked up after a repeat was met. */
export const repeatsExpected = 64

/** The live sessions of one process; the least recently used idle ones are forgotten beyond `size`. */
export class LiveSessions {
  readonly #size: number
  /** By tenant, then by session: a name made of both would have to be put together for each append. */
  readonly #tenants = new Map<Tenant, Map<SessionId, Live>>()
  /** In order of use, once there are many. */
  readonly #lives = new Set<Live>()

  constructor(size = 4096) {
    this.#size = size
  }

  get(tenant: Tenant, session: SessionId): Live {
    let lives = this.#tenants.get(tenant)
    let live = lives?.get(session)
    if (live) {
      if (this.#lives.size < this.#size / 2) return live
      this.#lives.delete(live)
    } else {
      this.#trim()
      lives = this.#tenants.get(tenant)
      if (!lives) {
        lives = new Map()
        this.#tenants.set(tenant, lives)
      }
      live = new Live(tenant, session)
      lives.set(session, live)
    }
    this.#lives.add(live)
    return live
  }

  #trim(): void {
    if (this.#lives.size < this.#size) return
    for (const live of this.#lives) {
      if (live.idle) this.#forget(live)
      if (this.#lives.size < this.#size * 0.9) return
    }
  }

  #forget(live: Live): void {
    this.#lives.delete(live)
    const lives = this.#tenants.get(live.tenant)
    lives?.delete(live.session)
    if (lives?.size === 0) this.#tenants.delete(live.tenant)
  }
}

/** Whether an item's key is looked up before it is folded. */
export function looksUp(live: Live, item: Item): boolean {
  return item.command.key !== undefined && (item.look || live.repeats > 0)
}

/**
 * A map in which entries come and go keeps its former tables in a chain, oldest first; once the oldest is old enough for
 * the collector to leave it alone, all that came later stays with it. So an empty one is replaced.
 */
export function forgetKey(live: Live, id: string): void {
  live.keys.delete(id)
  if (live.keys.size === 0) live.keys = new Map()
}

/** What the log knows of the keys in the queue, but for those answered during the look-up; null when nothing has a key. */
export async function knownKeys(store: ScopedStore, live: Live): Promise<ReadonlyMap<string, KnownKey | null> | null> {
  const ids = live.queue.flatMap((item) => item.command.key?.id ?? [])
  if (ids.length === 0) return null
  live.doubtful.clear()
  const found = await store.receipts(live.session, ids)
  const known = new Map(ids.map((id, index) => [id, found[index] ?? null]))
  for (const id of live.doubtful) known.delete(id)
  return known
}
