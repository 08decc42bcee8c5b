// The writer: folds appends on the not yet durable head, chains them, hands them to the store and settles the answers.

import type { StoredEntry } from '../schema/entries.ts'
import { DaybookError, isDaybookError } from '../schema/errors.ts'
import { foldVersion } from '../schema/heads.ts'
import type { Seq, SessionId, Tenant } from '../schema/ids.ts'
import { limits } from '../schema/json.ts'
import type { Append, KnownKey, Outcome, RefusalCode, Scope, ScopedStore, Store } from '../store/store.ts'
import { type Assembled, assemble, type Command } from './assemble.ts'
import type { Receipt } from './contract.ts'
import { type Live, LiveSessions } from './live.ts'
import { loadSession } from './loading.ts'

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
}

export interface WriterOptions {
  readonly store: Store
  readonly clock: () => number
  /** Told of failures that no caller waits for, for example of a snapshot. */
  readonly onError: (error: unknown) => void
}

/** Lost races after which a writer gives up with `store_busy`; each one means that another process got through. */
const maxRaces = 200

/** Refusals that only say that the fold was not the stored one. */
const outrun: ReadonlySet<RefusalCode> = new Set(['conflict', 'exists', 'not_found', 'gone', 'trashed'])

export class Writer {
  readonly #options: WriterOptions
  readonly #lives = new LiveSessions()
  readonly #scoped = new WeakMap<Scope, ScopedStore>()
  readonly #whole = new Map<string, ScopedStore>()
  #closed = false
  #unanswered = 0
  #quiet: (() => void) | undefined

  constructor(options: WriterOptions) {
    this.#options = options
  }

  /** Resolves when the append is as durable as the store promises. */
  submit(scope: Scope, session: SessionId, command: Command): Promise<Receipt> {
    if (this.#closed) return Promise.reject(new DaybookError('shutting_down', 'the log is closing'))
    return new Promise((resolve, reject) => {
      this.#unanswered += 1
      const live = this.#lives.get(scope.tenant, session)
      live.queue.push({ command, scope, session, resolve, reject, joined: [], races: 0 })
      if (!live.draining) this.#drain(live)
    })
  }

  /** Waits until everything that was accepted is answered; refuses what comes later. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#unanswered > 0) await new Promise<void>((resolve) => (this.#quiet = resolve))
  }

  /** The stored head was replaced without an entry: the live one must be read again. */
  reload(tenant: Tenant, session: SessionId): void {
    this.#lives.get(tenant, session).stale = true
  }

  /** A store view on the whole tenant: folding may need what the caller cannot see, such as a fork's base. */
  whole(tenant: string): ScopedStore {
    let store = this.#whole.get(tenant)
    if (!store) {
      store = this.#options.store.within({ tenant, subjects: 'all' })
      this.#whole.set(tenant, store)
    }
    return store
  }

  scoped(scope: Scope): ScopedStore {
    let store = this.#scoped.get(scope)
    if (!store) {
      store = this.#options.store.within(scope)
      this.#scoped.set(scope, store)
    }
    return store
  }

  /** Takes the queue in order; stops while a lost race is being cleared up. Runs without a turn of the loop where it can. */
  #drain(live: Live): void {
    while (live.queue.length > 0 && !(live.stale && live.underWay > 0)) {
      if (!live.loaded || live.stale || live.queue.some((item) => item.command.key)) {
        live.draining = true
        this.#drainSlowly(live).catch((error) => this.#failAll(live, error))
        return
      }
      this.#takeAll(live, null)
    }
  }

  async #drainSlowly(live: Live): Promise<void> {
    if (!live.loaded || live.stale) await this.#load(live)
    const keyed = live.queue.filter((item) => item.command.key)
    const known = keyed.length > 0 ? await this.#knownKeys(live, keyed) : null
    // An answer during the look-up may have shown that the fold is not what is stored: then first things first.
    if (!live.stale) this.#takeAll(live, known)
    live.draining = false
    this.#drain(live)
  }

  async #knownKeys(live: Live, items: readonly Item[]): Promise<ReadonlyMap<string, KnownKey | null>> {
    const ids = items.flatMap((item) => item.command.key?.id ?? [])
    const found = await this.whole(live.tenant).receipts(live.session, ids)
    return new Map(ids.map((id, index) => [id, found[index] ?? null]))
  }

  /** Folds what is queued; items that came during a look-up of keys wait for their own. */
  #takeAll(live: Live, known: ReadonlyMap<string, KnownKey | null> | null): void {
    const items = live.queue
    live.queue = []
    for (let index = 0; index < items.length; index += 1) {
      const item = items[index]
      if (item === undefined) continue
      const key = item.command.key
      if (key && !(known?.has(key.id) || live.keys.has(key.id))) {
        live.queue = [...items.slice(index), ...live.queue]
        return
      }
      if (key && this.#answerKnown(live, item, known?.get(key.id) ?? null)) continue
      this.#take(live, item)
    }
  }

  /** Answers a repeat: from the log, or with the first call's answer when that is still under way. */
  #answerKnown(live: Live, item: Item, known: KnownKey | null): boolean {
    const key = item.command.key
    const first = key && live.keys.get(key.id)
    if (!key || (!known && !first)) return false
    if (known ? known.digest !== key.digest : first?.command.key?.digest !== key.digest) {
      this.#refuseWhenDurable(live, item, new DaybookError('key_reused', 'this key was used for another request'))
    } else if (known) {
      this.#resolve(item, replayed(item.session, known))
    } else {
      first?.joined.push(item)
    }
    return true
  }

  #take(live: Live, item: Item): void {
    let made: Assembled
    try {
      made = assemble(live.state, item.command, item.session, item.scope, this.#options.clock())
    } catch (error) {
      this.#refuseWhenDurable(live, item, error)
      return
    }
    this.#snapshot(live, made.append)
    live.state = made.folded
    live.underWay += 1
    if (item.command.key) live.keys.set(item.command.key.id, item)
    const answer = this.scoped(item.scope).append([made.append])
    live.tail = answer.then(firstOutcome)
    live.tail.then(
      (outcome) => this.#settle(live, item, made, outcome),
      (error) => this.#settleFailure(live, item, error),
    )
  }

  /** A refusal decided on a fold that is not durable yet is told after that fold's commit; if it fails, it is decided again. */
  #refuseWhenDurable(live: Live, item: Item, error: unknown): void {
    if (live.underWay === 0 || !live.tail) {
      this.#reject(item, error)
      return
    }
    const retry = (): void => {
      live.queue.push(item)
      if (!live.draining) this.#drain(live)
    }
    live.tail.then((outcome) => (outcome.ok && !outcome.replayed ? this.#reject(item, error) : retry()), retry)
  }

  #settle(live: Live, item: Item, made: Assembled, outcome: Outcome): void {
    live.underWay -= 1
    if (item.command.key) live.keys.delete(item.command.key.id)
    if (outcome.ok) {
      if (outcome.replayed) live.stale = true
      const { first, last } = outcome
      const entries: readonly StoredEntry[] = outcome.replayed ? [] : made.append.entries
      this.#resolve(item, { session: item.session, first, last, replayed: outcome.replayed, entries })
    } else {
      live.stale = true
      this.#refused(live, item, outcome)
    }
    this.#goOn(live)
  }

  /** A lost race is folded again on the true head, which then decides: callers who named no seq see nothing of it. */
  #refused(live: Live, item: Item, refusal: Extract<Outcome, { ok: false }>): void {
    if (!outrun.has(refusal.code)) {
      this.#reject(item, new DaybookError(refusal.code, `the store refused: ${refusal.code}`, { seq: refusal.seq }))
    } else if (item.races >= maxRaces) {
      this.#reject(item, new DaybookError('store_busy', `other writers were faster ${maxRaces} times`))
    } else {
      item.races += 1
      live.again.push(item)
    }
  }

  #settleFailure(live: Live, item: Item, error: unknown): void {
    live.underWay -= 1
    live.stale = true
    if (item.command.key) live.keys.delete(item.command.key.id)
    this.#reject(item, error)
    this.#goOn(live)
  }

  #goOn(live: Live): void {
    if (live.underWay > 0) return
    if (live.again.length > 0) {
      live.queue = [...live.again, ...live.queue]
      live.again = []
    }
    if (!live.draining) this.#drain(live)
  }

  #failAll(live: Live, error: unknown): void {
    live.draining = false
    live.loaded = false
    const items = live.queue
    live.queue = []
    for (const item of items) this.#reject(item, error)
    if (!isDaybookError(error)) this.#options.onError(error)
  }

  async #load(live: Live): Promise<void> {
    const { state, snapshot } = await loadSession(this.whole(live.tenant), live.session)
    live.state = state
    live.snapshot = snapshot
    live.loaded = true
    live.stale = false
  }

  /** Keeps snapshots at most {@link limits.snapshotEntries} apart: of the fold before the append that would exceed it. */
  #snapshot(live: Live, append: Append): void {
    if (append.erase) {
      // The store drops the folds that this makes untrue; none of those may be put back behind it.
      live.erasures += 1
      live.snapshot = Math.min(live.snapshot, ...append.erase)
      return
    }
    const state = live.state
    if (!state || state.head.seq + append.entries.length <= live.snapshot + limits.snapshotEntries) return
    const { seq } = state.head
    const { erasures } = live
    live.snapshot = seq
    const durable = live.underWay > 0 ? live.tail : null
    const put = async (): Promise<void> => {
      const outcome = await durable
      if ((outcome === null || outcome.ok) && erasures === live.erasures) {
        await this.whole(live.tenant).snapshots.put(live.session, { seq, fold: foldVersion, ...state })
      }
    }
    put().catch(this.#options.onError)
  }

  #resolve(item: Item, receipt: Receipt): void {
    item.resolve(receipt)
    for (const repeat of item.joined) this.#resolve(repeat, { ...receipt, replayed: true })
    item.joined = []
    this.#answered()
  }

  #reject(item: Item, error: unknown): void {
    item.reject(error)
    for (const repeat of item.joined) this.#reject(repeat, error)
    item.joined = []
    this.#answered()
  }

  #answered(): void {
    this.#unanswered -= 1
    if (this.#unanswered === 0) this.#quiet?.()
  }
}

function firstOutcome(outcomes: readonly Outcome[]): Outcome {
  const outcome = outcomes[0]
  if (!outcome) throw new DaybookError('internal', 'the store gave no outcome')
  return outcome
}

function replayed(session: SessionId, known: { first: Seq; last: Seq }): Receipt {
  return { session, first: known.first, last: known.last, replayed: true, entries: [] }
}
