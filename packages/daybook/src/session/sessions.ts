// Sessions over a store: opening the engine, scoped access, lists, feeds, and what lives outside one session.

import { DaybookError } from '../schema/errors.ts'
import type { Head } from '../schema/heads.ts'
import { type Actor, newId, type SessionId, type Subject } from '../schema/ids.ts'
import type { Json, JsonObject } from '../schema/json.ts'
import type { Blobs } from '../store/blobs.ts'
import type { Cursor, FeedItem, ListPage, Page, Query, Ref, Scope, ScopedStore, Store } from '../store/store.ts'
import type {
  Caller,
  HandleOptions,
  KeepReport,
  OpenFields,
  OpenOptions,
  PlainOptions,
  PruneRule,
  ScopedSessions,
  Session,
  Sessions,
} from './contract.ts'
import type { Engine } from './engine.ts'
import { followFeed, Tail } from './follow.ts'
import { archiveIdle, archiveOld, type Idle, keepTrash, prune } from './keeper.ts'
import { idFromKey, keyOf } from './keys.ts'
import { currentHead, isOutdated } from './loading.ts'
import { checkId, openingDraft, ownerOf } from './opening.ts'
import { headsOf } from './pages.ts'
import { type Redactor, redactor } from './redact.ts'
import { SessionHandle } from './session.ts'
import { setSharedState, sharedState } from './shared-state.ts'
import type { Bundle, ImportReport } from './transfer/contract.ts'
import { Writer } from './writer.ts'

export interface SessionsOptions {
  readonly store: Store
  /** Masks secrets in everything that is written; default: the known shapes. */
  readonly redactor?: Redactor
  /** Tenants whose idle sessions the keeper archives, and after how long; default: none. */
  readonly idle?: Idle
  /** Failures that no caller waits for: a snapshot, the tail, the keeper. Default: a warning of the process. */
  readonly onError?: (error: unknown) => void
}

/** Opens the store if it is not open, and the engine on it. Closing the engine leaves the store to its owner. */
export async function openSessions(options: SessionsOptions): Promise<Sessions> {
  await options.store.open()
  return new SessionsEngine(options)
}

class SessionsEngine implements Sessions {
  readonly store: Store
  readonly #engine: Engine
  readonly #closing = new AbortController()
  readonly #idle: Idle | undefined

  constructor(options: SessionsOptions) {
    const { store, onError = warn } = options
    // One clock for all that work on a store, or sessions would be due, old and idle by another one than leases.
    const clock = () => store.now()
    this.store = store
    this.#idle = options.idle
    this.#engine = {
      store,
      clock,
      writer: new Writer({ store, clock, onError }),
      tail: new Tail(store, onError),
      redactor: options.redactor ?? redactor(),
      onError,
      closing: this.#closing.signal,
    }
  }

  within({ tenant, subjects }: Scope, caller?: Caller): ScopedSessions {
    // Copies: whoever asked for it cannot change what it may see afterwards.
    const scope = Object.freeze({ tenant, subjects: subjects === 'all' ? subjects : Object.freeze([...subjects]) })
    const by: Caller = caller ? { ...caller } : { actor: actorOf(ownerOf(scope)), writer: 'C' }
    return new Scoped(this.#engine, scope, Object.freeze(by))
  }

  async keep(): Promise<KeepReport> {
    const deleted = await keepTrash(this)
    const archived = this.#idle ? await archiveIdle(this, this.#idle, this.#engine.clock()) : 0
    await this.store.admin.sweep()
    return { archived, deleted }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#engine.writer.close()
    this.#engine.tail.end()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

class Scoped implements ScopedSessions {
  readonly scope: Scope
  readonly caller: Caller
  readonly #engine: Engine
  readonly #store: ScopedStore

  constructor(engine: Engine, scope: Scope, caller: Caller) {
    this.#engine = engine
    this.scope = scope
    this.caller = caller
    this.#store = engine.writer.scoped(scope)
  }

  get #whole(): ScopedStore {
    return this.#engine.writer.whole(this.scope.tenant)
  }

  get blobs(): Blobs {
    return this.#store.blobs
  }

  async open(fields: OpenFields = {}, options: OpenOptions = {}): Promise<Session> {
    const { id, refs, ...rest } = fields
    const key = options.key === undefined ? undefined : keyOf(this.caller, options.key, 'open', fields)
    const made = id ?? (key ? idFromKey('ses', this.scope, 'open', key) : newId('ses', this.#engine.clock()))
    const session = checkId(made, this.caller.writer !== 'C')
    const receipt = await this.#engine.writer.submit(this.scope, session, {
      actor: this.caller.actor,
      opens: 'only',
      opening: openingDraft(rest, this.scope, this.#engine.redactor),
      event: 'write',
      make: () => ({ drafts: [] }),
      ...(key ? { key } : undefined),
      ...(id === undefined && !key ? { isNew: true } : undefined),
      ...(refs ? { refs: structuredClone(refs) } : undefined),
    })
    options.onReceipt?.(receipt)
    return this.session(session)
  }

  session(id: SessionId, options: HandleOptions = {}): Session {
    return new SessionHandle(this.#engine, this.scope, this.caller, id, options)
  }

  async get(id: SessionId): Promise<Session> {
    const session = this.session(id)
    await session.head()
    return session
  }

  async list(query?: Query): Promise<ListPage> {
    const page = await this.#store.list(query)
    if (!page.items.some(isOutdated)) return page
    return { ...page, items: await Promise.all(page.items.map((head) => currentHead(this.#whole, head))) }
  }

  async byTail(tail: string): Promise<readonly Head[]> {
    if (tail.length === 0) throw new DaybookError('invalid', 'a tail is empty', { field: 'tail' })
    const found: Head[] = []
    for (const place of ['open', 'archived', 'trash'] as const) {
      for await (const head of headsOf(this.#store, { tail, place, limit: mostTails })) {
        found.push(await currentHead(this.#whole, head))
        if (found.length === mostTails) return found
      }
    }
    return found
  }

  locate(ref: Ref): Promise<SessionId | null> {
    return this.#store.locate(ref)
  }

  async feed(cursor: Cursor | null, limit?: number): Promise<Page<FeedItem>> {
    const page = await this.#store.feed(cursor, limit)
    return { ...page, items: await Promise.all(page.items.map((item) => this.#asItSaysNow(item))) }
  }

  async #asItSaysNow(item: FeedItem): Promise<FeedItem> {
    if (!item.head || !isOutdated(item.head)) return item
    return { ...item, head: await currentHead(this.#whole, item.head) }
  }

  tip(): Promise<Cursor> {
    return this.#engine.store.tip()
  }

  async *followFeed(cursor: Cursor | null, signal: AbortSignal): AsyncGenerator<FeedItem> {
    const either = AbortSignal.any([signal, this.#engine.closing])
    for await (const item of followFeed(this.#engine.tail, this.#store, cursor, either)) yield this.#asItSaysNow(item)
  }

  cleanup(maxAgeMs: number): Promise<number> {
    return archiveOld(this, this.#store, maxAgeMs, this.#engine.clock())
  }

  prune(rule: PruneRule): Promise<readonly SessionId[]> {
    return prune(this, this.#store, rule, this.#engine.clock())
  }

  async import(lines: AsyncIterable<string>, options: { redact?: boolean } = {}): Promise<ImportReport> {
    const { importSessions } = await import('./transfer/import.ts')
    return importSessions(this.#engine, this.scope, lines, options)
  }

  async *export(ids?: readonly SessionId[]): Bundle {
    const { exportSessions } = await import('./transfer/export.ts')
    yield* exportSessions(this, this.#store, ids)
  }

  state(scope: 'user' | 'app'): Promise<JsonObject> {
    return sharedState(this.#engine, this.scope, scope)
  }

  setState(scope: 'user' | 'app', patch: Json, options?: PlainOptions): Promise<JsonObject> {
    return setSharedState(this.#engine, this.scope, this.caller, scope, patch, options)
  }
}

/** Sessions that one tail may find. */
const mostTails = 20

function actorOf(subject: Subject): Actor {
  return subject.includes(':') ? subject : `user:${subject}`
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error))
}
