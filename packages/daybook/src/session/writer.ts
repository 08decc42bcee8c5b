// The writer: folds appends on the not yet durable head, chains them, hands them to the store and settles the answers.

import type { StoredEntry } from '../schema/entries.ts'
import { DaybookError, isDaybookError } from '../schema/errors.ts'
import type { SessionId, Tenant } from '../schema/ids.ts'
import type { Append, KnownKey, Outcome, RefusalCode, Scope, ScopedStore, Store } from '../store/store.ts'
import { Answers } from './answers.ts'
import { type Assembled, admit, assemble, type Command } from './assemble.ts'
import type { Receipt } from './contract.ts'
import { forgetKey, type Item, knownKeys, type Live, LiveSessions, looksUp, newItem, repeatsExpected } from './live.ts'
import { loadSession } from './loading.ts'
import { SnapshotKeeper } from './snapshots.ts'

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

const silence = () => new DaybookError('internal', 'the store gave no outcome')

/** An append at the store: what it was made of, and whether nothing of its session was in front of it. */
interface Try {
  readonly item: Item
  readonly made: Assembled
  readonly first: boolean
}

export class Writer {
  readonly #options: WriterOptions
  readonly lives = new LiveSessions()
  readonly #scoped = new WeakMap<Scope, ScopedStore>()
  readonly #whole = new Map<string, ScopedStore>()
  readonly #snapshots: SnapshotKeeper
  readonly #answers = new Answers()
  #closing: Promise<void> | null = null

  constructor(options: WriterOptions) {
    this.#options = options
    this.#snapshots = new SnapshotKeeper((tenant) => this.whole(tenant), options.onError)
  }

  /** Resolves when the append is as durable as the store promises. */
  submit(scope: Scope, session: SessionId, command: Command): Promise<Receipt> {
    if (this.#closing) return Promise.reject(new DaybookError('shutting_down', 'the log is closing'))
    const live = this.lives.get(scope.tenant, session)
    if (command.isNew && live.idle) live.loaded = true
    return new Promise((resolve, reject) => {
      this.#answers.promise()
      const item = newItem(command, scope, session, resolve, reject)
      if (live.goesOn(item)) this.#take(live, item)
      else live.queue.push(item)
      if (!live.draining) this.#drain(live) // what is refused at first is queued again
    })
  }

  /** Waits until everything that was accepted is answered; refuses what comes later. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#settled()
    return this.#closing
  }

  async #settled(): Promise<void> {
    await this.#answers.given()
    await this.#snapshots.settled()
  }

  /** A store view on the whole tenant: folding may need what the caller cannot see, such as a fork's base. */
  whole(tenant: Tenant): ScopedStore {
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

  /** Takes the queue in order, at once where it can; stops for a lost race and in front of what must be alone. */
  #drain(live: Live): void {
    while (live.queue.length > 0 && !(live.underWay > 0 && (live.stale || live.queue[0]?.command.alone))) {
      if (!live.loaded || live.stale || live.queue.some((item) => item.command.alone || looksUp(live, item))) {
        live.draining = true
        this.#drainSlowly(live).catch((error) => this.#failAll(live, error))
        return
      }
      this.#takeAll(live, null)
    }
  }

  async #drainSlowly(live: Live): Promise<void> {
    if (!live.loaded || live.stale) await this.#load(live)
    const known = await knownKeys(this.whole(live.tenant), live)
    // An answer during the look-up may have shown that the fold is not what is stored: then first things first.
    const lonely = live.stale ? null : this.#takeAll(live, known)
    if (lonely && live.underWay === 0) await this.#leaveAlone(live, lonely)
    live.draining = false
    this.#drain(live)
  }

  /** Folds what is queued; items that came during a look-up of keys wait for their own. Gives one that must be alone. */
  #takeAll(live: Live, known: ReadonlyMap<string, KnownKey | null> | null): Item | null {
    const items = live.queue
    live.queue = []
    for (const [index, item] of items.entries()) {
      const { key, alone } = item.command
      const unknown = looksUp(live, item) && !(key && (known?.has(key.id) || live.keys.has(key.id)))
      if (!unknown && key && this.#answerKnown(live, item, known?.get(key.id) ?? null)) continue
      const lonely = alone !== undefined && (item.seen !== live.state || live.underWay > 0)
      if (unknown || lonely) {
        live.queue = [...items.slice(index), ...live.queue]
        return unknown ? null : item
      }
      if (key && live.repeats > 0) live.repeats -= 1
      this.#take(live, item)
    }
    return null
  }

  /** Nothing of the session is under way, and nothing is taken until this is done. */
  async #leaveAlone(live: Live, item: Item): Promise<void> {
    live.queue.shift()
    const { state } = live
    try {
      admit(state, item.command, item.session, item.scope)
      const receipt = (state && (await item.command.alone?.(state))) ?? null
      item.seen = state
      if (receipt === null) live.queue.unshift(item)
      else {
        live.stale = true
        this.#answers.resolve(item, receipt)
      }
    } catch (error) {
      this.#refuse(live, item, error)
    }
  }

  /** Answers a repeat: from the log, or with the first call's answer when that is still under way. */
  #answerKnown(live: Live, item: Item, known: KnownKey | null): boolean {
    const key = item.command.key
    const first = key && live.keys.get(key.id)
    if (!key || (!known && !first)) return false
    live.repeats = repeatsExpected
    if (known ? known.digest !== key.digest : first?.command.key?.digest !== key.digest) {
      this.#refuse(live, item, new DaybookError('key_reused', 'this key was used for another request'))
    } else if (known) {
      const { first: from, last } = known
      this.#answers.resolve(item, { session: item.session, first: from, last, replayed: true, entries: [] })
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
      this.#refuse(live, item, error)
      return
    }
    const attempt: Try = { item, made, first: live.underWay === 0 }
    const answer = this.#hand(item.scope, made.append)
    this.#snapshots.consider(live, made.append, answer)
    live.state = made.folded
    live.underWay += 1
    live.tail = answer
    if (item.command.key) live.keys.set(item.command.key.id, item)
    answer.then(
      ([outcome]) => (outcome ? this.#settle(live, attempt, outcome) : this.#settleFailure(live, item, silence())),
      (error) => this.#settleFailure(live, item, error),
    )
  }

  /** A store that throws counts as one that rejects. No async function: every append passes here, and promises cost. */
  #hand(scope: Scope, append: Append): Promise<readonly Outcome[]> {
    try {
      return this.scoped(scope).append([append])
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * A known key is answered before anything is refused, so a key that was not looked up is now.
   * A refusal decided on a fold that is not durable yet is told after that fold's commit; if it fails, it is decided again.
   * With nothing under way another process may have written meanwhile: it is decided once more, on what is stored.
   */
  #refuse(live: Live, item: Item, error: unknown): void {
    const retry = (): void => {
      live.queue.push(item)
      if (!live.draining) this.#drain(live)
    }
    if (item.command.key && !item.look) {
      item.look = true
      live.queue.push(item)
    } else if (live.underWay > 0 && live.tail) {
      live.tail.then(
        ([outcome]) => (outcome?.ok && !outcome.replayed ? this.#answers.reject(item, error) : retry()),
        retry,
      )
    } else if (item.fresh || !isDaybookError(error)) {
      live.stale = true
      this.#answers.reject(item, error)
    } else {
      item.fresh = true
      live.stale = true
      live.queue.push(item)
    }
  }

  #settle(live: Live, attempt: Try, outcome: Outcome): void {
    const { item, made } = attempt
    this.#returned(live, item)
    if (outcome.ok) {
      if (outcome.replayed) {
        live.stale = true
        live.repeats = repeatsExpected
      }
      const { first, last, replayed, fence } = outcome
      const entries: readonly StoredEntry[] = replayed ? [] : made.append.entries
      const receipt = { session: item.session, first, last, replayed, entries }
      this.#answers.resolve(item, fence === undefined ? receipt : { ...receipt, fence })
    } else {
      this.#refused(live, attempt, outcome)
    }
    this.#goOn(live)
  }

  /** A lost race is folded again on the true head, which then decides: callers who named no seq see nothing of it. */
  #refused(live: Live, { item, made, first }: Try, refusal: Extract<Outcome, { ok: false }>): void {
    const { code, seq } = refusal
    const tried = `${made.append.expect} ${made.append.head.refolds ?? 0}`
    // Refused twice on the same fold with nothing in front: the fold was the stored one, and the refusal is meant.
    if (!outrun.has(code) || (first && item.tried === tried)) {
      this.#answers.reject(item, new DaybookError(code, `the store refused: ${code}`, { seq }))
    } else if (item.races >= maxRaces) {
      this.#answers.reject(item, new DaybookError('store_busy', `other writers were faster ${maxRaces} times`))
    } else {
      // Behind a refusal of our own the conflict is ours: nobody was faster.
      if (!live.stale) item.races += 1
      item.tried = first ? tried : ''
      live.again.push(item)
    }
    live.stale = true
  }

  #settleFailure(live: Live, item: Item, error: unknown): void {
    this.#returned(live, item)
    live.stale = true
    this.#answers.reject(item, error)
    this.#goOn(live)
  }

  #returned(live: Live, { command: { key } }: Item): void {
    live.underWay -= 1
    if (!key) return
    forgetKey(live, key.id)
    if (live.draining) live.doubtful.add(key.id)
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
    live.stale = true
    for (const item of live.queue.splice(0)) this.#answers.reject(item, error)
  }

  async #load(live: Live): Promise<void> {
    live.stale = false
    const { state, snapshot } = await loadSession(this.whole(live.tenant), live.session)
    live.state = state
    live.snapshot = snapshot
    live.loaded = true
  }
}
