// The leases that this process holds: taken, renewed in good time, given back, and told when one was lost.

import { limits } from '../schema/json.ts'
import type { Lease, SessionRef, Store } from '../store/store.ts'
import { hasEnded, neighbours } from './holder.ts'
import { Passing } from './passing.ts'

type Place = Pick<SessionRef, 'tenant' | 'session'>

export interface Held {
  readonly fence: number
  /** Somebody else took over, or it could not be renewed in time. */
  readonly lost: boolean
  /** Aborted when that happens. No function: one that is made for each run outlives it until old objects are collected. */
  work: { abort(reason: 'lost'): void } | null
}

interface Holding extends Held {
  lease: Lease
  lost: boolean
  readonly tenant: string
  /** On the monotonic clock, from before the request. */
  until: number
}

export interface Wish {
  readonly holder: string
  /** Milliseconds. */
  readonly ttl: number
}

export interface LeasesOptions {
  readonly store: Store
  /** Unique per process start. */
  readonly holder: string
  /** Milliseconds. */
  readonly ttl: number
  readonly monotonic: () => number
  readonly onError: (error: unknown) => void
}

export class Leases {
  readonly #options: LeasesOptions
  readonly #held = new Passing<Holding, Holding>()
  /** Counts what was lost: to the store, who takes it again is another holder, and what was given up meets a new fence. */
  #lost = 0

  constructor(options: LeasesOptions) {
    this.#options = options
  }

  /** Null while somebody else holds it. */
  async take({ tenant, session }: Place): Promise<Held | null> {
    const { store, monotonic } = this.#options
    const { holder, ttl } = this.wish
    const until = monotonic() + ttl
    const lease = await store.within({ tenant, subjects: 'all' }).acquire(session, holder, ttl)
    return lease && this.#hold(lease, tenant, until)
  }

  /** What a write takes the lease with. */
  get wish(): Wish {
    const { holder, ttl } = this.#options
    return { holder: `${holder}.${this.#lost}`, ttl }
  }

  /** @param since on the monotonic clock, from before the write that took it as this wish says */
  taken({ tenant, session }: Place, fence: number, wish: Wish, since: number): Held {
    const { holder, ttl } = wish
    return this.#hold({ session, holder, fence, left: ttl }, tenant, since + ttl)
  }

  #hold(lease: Lease, tenant: string, until: number): Held {
    const holding: Holding = { lease, tenant, until, fence: lease.fence, lost: false, work: null }
    this.#held.set(holding, holding)
    return holding
  }

  /** A write gave it back. */
  given(held: Held): void {
    this.#held.delete(held as Holding)
  }

  async give(held: Held): Promise<void> {
    const holding = held as Holding
    if (!this.#held.delete(holding) || holding.lost) return
    await this.#store(holding).release(holding.lease)
  }

  /** Renews what has less than two thirds of its time left. */
  async renew(): Promise<void> {
    const { ttl, monotonic } = this.#options
    const now = monotonic()
    const old = this.#held.values().filter(({ until }) => until - now < (ttl * 2) / 3)
    await Promise.all(old.map((holding) => this.#renew(holding)))
  }

  async #renew(holding: Holding): Promise<void> {
    const { ttl, monotonic, onError } = this.#options
    const before = monotonic()
    try {
      const lease = await this.#store(holding).renew(holding.lease, ttl)
      if (!lease) return this.#lose(holding)
      holding.lease = lease
      holding.until = before + ttl
    } catch (error) {
      onError(error)
      if (monotonic() >= holding.until) this.#lose(holding)
    }
  }

  /** Gives back what others of this machine held that have ended, so that nobody waits until it runs out: where that was. */
  async giveOfDead(): Promise<readonly Place[]> {
    const { store, holder } = this.#options
    const beginning = neighbours()
    if (store.supports.shared === 'process' || beginning === null) return []
    const told = await store.admin.leases(limits.pageItems, beginning)
    const left = told.filter(({ lease }) => !lease.holder.startsWith(holder) && hasEnded(lease.holder))
    // Who was there first has raised the fence: the lease is not that of the dead any more, and is left alone.
    await Promise.all(left.map(({ tenant, lease }) => store.within({ tenant, subjects: 'all' }).release(lease)))
    return left.map(({ tenant, lease: { session } }) => ({ tenant, session }))
  }

  #lose(holding: Holding): void {
    this.#lost += 1
    this.#held.delete(holding)
    holding.lost = true
    holding.work?.abort('lost')
  }

  #store({ tenant }: Holding) {
    return this.#options.store.within({ tenant, subjects: 'all' })
  }
}
