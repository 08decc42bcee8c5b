// What the engine offers above a store: the types of sessions, their calls and their answers.

import type { AnyEntry, NewEntry, StoredEntry } from '../schema/entries.ts'
import type { Cell, Facet, Head } from '../schema/heads.ts'
import type { Actor, RunId, Seq, SessionId, Subject } from '../schema/ids.ts'
import type { Json, JsonObject } from '../schema/json.ts'
import type { Kind, Writer } from '../schema/kinds.ts'
import type { Usage } from '../schema/parts.ts'
import type { NoteType, RunStatus } from '../schema/states.ts'
import type { Cursor, FeedItem, Key, ListPage, Mark, Page, Query, Range, Ref, Scope, Store } from '../store/store.ts'
import type { Bundle, ImportReport } from './transfer/contract.ts'
import type { ViewName, ViewOf, ViewOptions } from './views/contract.ts'

/** Who calls: written into entries as actor and into key ids, and what kinds it may write. */
export interface Caller {
  readonly actor: Actor
  readonly writer: Writer
  /** Of a worker's lease: every write is made under it, unless one names another or takes its own. */
  readonly fence?: number
}

export interface Sessions extends AsyncDisposable {
  readonly store: Store
  /** Everything that `scope` may see, acting as `caller` (default: the first subject as a client; `invalid` without one). */
  within(scope: Scope, caller?: Caller): ScopedSessions
  /** One pass of the keeper: ends the trash, archives idle sessions, sweeps. The server runs it on a loop. */
  keep(): Promise<KeepReport>
  /** Ends followers; waits for what was accepted and for snapshots. The store stays open for its owner. Idempotent. */
  close(): Promise<void>
}

export interface KeepReport {
  readonly archived: number
  readonly deleted: number
}

export interface ScopedSessions {
  readonly scope: Scope
  readonly caller: Caller
  /** Creates, with the refs of `fields`. `exists` when the id is in use, `gone` for 30 days after a deletion. */
  open(fields?: OpenFields, options?: OpenOptions): Promise<Session>
  /**
   * A handle without looking: reading an unknown session gives `not_found`. With `opens`, the first append opens it; moving,
   * erasing and rewinding never do.
   */
  session(id: SessionId, options?: HandleOptions): Session
  /** A handle of a session that is there, else `not_found` or `gone`. */
  get(id: SessionId): Promise<Session>
  list(query?: Query): Promise<ListPage>
  /** Sessions whose id ends with the tail, at most 20. */
  byTail(tail: string): Promise<readonly Head[]>
  locate(ref: Ref): Promise<SessionId | null>
  feed(cursor: Cursor | null, limit?: number): Promise<Page<FeedItem>>
  tip(): Promise<Cursor>
  /** Catch-up, then live, over everything the scope may see. */
  followFeed(cursor: Cursor | null, signal: AbortSignal): AsyncIterable<FeedItem>
  /**
   * Archives sessions of this scope that were idle for longer, in milliseconds; returns how many. Never one with open work,
   * attention or a pin.
   */
  cleanup(maxAgeMs: number): Promise<number>
  /** Deletes what the written rule names; never a session with an open run, wait, binding or pin. `dryRun` only lists. */
  prune(rule: PruneRule): Promise<readonly SessionId[]>
  /** Writes exported sessions verbatim after verifying them; the same again changes nothing. Privileged. */
  import(lines: AsyncIterable<string>, options?: { redact?: boolean }): Promise<ImportReport>
  /** An export of these sessions, or of all in the scope, line by line. */
  export(ids?: readonly SessionId[]): Bundle
  readonly blobs: {
    put(bytes: Uint8Array): Promise<string>
    get(hash: string, range?: { start?: number; end?: number }): Promise<Uint8Array | null>
    size(hash: string): Promise<number | null>
  }
  /** `user:` and `app:` state; `session:` state is with the session. */
  state(scope: 'user' | 'app'): Promise<JsonObject>
  setState(scope: 'user' | 'app', patch: Json, options?: PlainOptions): Promise<JsonObject>
}

export interface PruneRule {
  readonly place?: 'archived' | 'trash'
  readonly olderThanMs: number
  readonly where?: Readonly<Partial<Record<Facet, string>>>
  readonly dryRun?: boolean
}

export interface HandleOptions {
  /** The first append opens the session, with these. */
  readonly opens?: OpenFields | true | undefined
  /** With `opens`: the id was just made, so nobody looks whether there is a session. Where there is one all the same, it is gone on in. */
  readonly isNew?: boolean
}

export interface OpenFields {
  readonly id?: SessionId
  readonly name?: string
  readonly owner?: Subject
  readonly agent?: string
  readonly user?: string
  readonly team?: string
  readonly workflow?: string
  readonly branch?: string
  readonly repository?: string
  /** Asked in the place of what agents name, as `provider/model`. */
  readonly model?: string
  readonly metadata?: JsonObject
  readonly state?: JsonObject
  readonly agentData?: JsonObject
  readonly refs?: readonly Ref[]
}

export interface WriteOptions {
  /** Repeating a call with the same key gives its receipt again; another request under it is `key_reused`. */
  readonly key?: string | Key
  /** The exact seq before this write; `conflict` with the true one otherwise. 0: must not exist. */
  readonly expect?: Seq
  /** Of the lease under which a worker writes. */
  readonly fence?: number
  readonly refs?: readonly Ref[]
}

export interface AppendOnOptions extends WriteOptions {
  /**
   * In the same append the active history ends at this seq first, as with `rewind`; what is made then goes behind it. `make` is
   * given the present head with the agent of that moment.
   */
  readonly rewind?: Seq
}

/** What a write on the head of the moment is, where it is more than its entries. */
export interface Writing {
  readonly entries: readonly NewEntry[]
  /**
   * A worker takes the lease of the session with this write, for `ttl` milliseconds, and gets its fence with the receipt; `busy`
   * while another holder's lives. In place of a fence: `invalid` with one.
   */
  readonly acquire?: { readonly holder: string; readonly ttl: number }
  /** A worker gives the lease of its fence back with this write; `invalid` without a fence. */
  readonly release?: boolean
}

/** For writes that need no lease and bind nothing: a worker's fence says nothing about them, and they carry no refs. */
export interface PlainOptions extends Pick<WriteOptions, 'key' | 'expect'> {
  readonly fence?: never
  readonly refs?: never
}

/** For openings: the refs are a field, and what is expected is that the session does not exist. */
export interface OpenOptions extends Pick<PlainOptions, 'key' | 'fence' | 'refs'>, Told {
  readonly expect?: never
}

/** For calls that answer with something else than their receipt. */
export interface Told {
  /** Called with the receipt before the call ends. */
  readonly onReceipt?: (receipt: Receipt) => void
}

export interface Receipt {
  readonly session: SessionId
  readonly first: Seq
  readonly last: Seq
  /** True when this call had been answered before. */
  readonly replayed: boolean
  /** What was written, as stored. */
  readonly entries: readonly StoredEntry[]
  /** Of the lease that this call took; a repeat takes none. */
  readonly fence?: number
}

export interface UpdateFields {
  readonly name?: string | null
  /** Merge patch (RFC 7396), or with `replace` the whole value. */
  readonly metadata?: Json
  readonly agentData?: Json
  readonly state?: Json
  readonly agent?: string
  readonly user?: string
  readonly team?: string
  readonly workflow?: string
  readonly branch?: string
  readonly repository?: string
  /** Asked in the place of what agents name, as `provider/model`; null: nothing is. */
  readonly model?: string | null
  readonly replace?: boolean
}

export interface RunRecord {
  readonly id?: RunId
  readonly agent?: string
  readonly model?: string
  readonly input?: Json
  readonly output?: Json
  readonly status?: Extract<RunStatus, 'done' | 'failed'>
  readonly usage?: Usage
  readonly cost?: number
  readonly durationMs?: number
  readonly error?: { readonly code: string; readonly message: string }
}

export interface SummaryRecord {
  readonly text: string
  readonly coversSeq: Seq
  /** What made it; absent where none did. */
  readonly model?: string
  readonly runCount: number
  readonly totalTokens: number
  readonly createdAt: number
}

export interface SummaryFields {
  /** Default: made from the log up to there without a model. */
  readonly text?: string
  readonly coversSeq: Seq
  /** What made it, and what that took; a model of the form `provider/model`. */
  readonly model?: string
  readonly usage?: Usage
  /** US dollars. */
  readonly cost?: number
}

export interface ErasedBelow {
  /** Milliseconds since 1970. */
  readonly at: number
  /** Those that the fork inherits. */
  readonly seqs: readonly Seq[]
}

export interface Session {
  readonly id: SessionId
  /** As it is now, or as it was at an entry. */
  head(until?: Seq): Promise<Head>
  cell(): Promise<Cell>
  append<K extends Kind>(entries: NewEntry<K> | readonly NewEntry<K>[], options?: WriteOptions): Promise<Receipt>
  /**
   * Appends what `make` gives for the head of the moment; after a lost race it is asked again. It is pure, gives at least
   * one entry, and throws to refuse. `request` is what a repeat with the same key must equal.
   */
  appendOn(
    make: (head: Head) => readonly NewEntry[] | Writing,
    request: unknown,
    options?: AppendOnOptions,
  ): Promise<Receipt>
  read(range?: Range): Promise<readonly AnyEntry[]>
  /** As `read`, with data as stored JSON text. */
  stored(range?: Range): Promise<readonly StoredEntry[]>
  /** All of a range page by page up to the seq at the call; ends with `gone` when the session is deleted midway. */
  stream(range?: Range): AsyncIterable<StoredEntry>
  /**
   * Catch-up, then live: no gap, no double. A slow reader falls back to reading. Ends with the signal and behind
   * `session.deleted`; fails with `gone` or `not_found` when the session, or the right to see it, went before all was told, with
   * `invalid` and the true seq when it has not reached `after`: then another history was read before, as behind an older backup.
   */
  follow(after: Seq, signal: AbortSignal): AsyncIterable<StoredEntry>
  view<N extends ViewName>(name: N, options?: ViewOptions): Promise<ViewOf<N>>
  fork(options?: { at?: Seq; id?: SessionId; name?: string; key?: string | Key } & Told): Promise<Session>
  /** The active history ends at `to`: state and counts follow, tokens and cost stay, nothing is removed. `busy` with open work. */
  rewind(to: Seq, options?: WriteOptions): Promise<Receipt>
  update(fields: UpdateFields, options?: WriteOptions): Promise<Receipt>
  /** From the current agent to another. */
  handoff(to: string, reason?: string, options?: WriteOptions): Promise<Receipt>
  note(text: string, type?: NoteType, options?: WriteOptions): Promise<Receipt>
  /** Keeps a file at hand; sessions are pinned by marks. */
  pin(path: string, on?: boolean, options?: WriteOptions): Promise<Receipt>
  share(readers: readonly Subject[], options?: WriteOptions): Promise<Receipt>
  archive(options?: WriteOptions): Promise<Receipt>
  trash(options?: WriteOptions): Promise<Receipt>
  restore(options?: WriteOptions): Promise<Receipt>
  /** Forgets at once; a tombstone stays for 30 days. `busy` with open work or a lease. False when it was unknown. */
  delete(options?: PlainOptions & Told): Promise<boolean>
  /** Empties the data of own entries (messages, notes, state, pins, summaries) for ever; the chain still verifies. At most 512. */
  erase(seqs: readonly Seq[], options?: WriteOptions): Promise<Receipt>
  /**
   * What was erased in the sessions that a fork goes on from since it was forked: its log shows those entries empty and says nothing
   * of it. Nothing for a session that is no fork, and of bases that are gone.
   */
  erasedBelow(): Promise<readonly ErasedBelow[]>
  /** Records a finished run in one append: queued, started, finished. */
  addRun(run: RunRecord, options?: WriteOptions): Promise<Receipt>
  lastRun(): Promise<ViewOf<'runs'>['runs'][number] | null>
  /** The latest summary, or null. */
  summary(): Promise<SummaryRecord | null>
  /** Writes a summary: the given one, covering all there is unless it says less, or a plain one made from the log without a model. */
  summarise(text?: string | SummaryFields, options?: WriteOptions): Promise<Receipt>
  mark(subject?: Subject): Promise<Mark>
  /**
   * Compare-and-set by `version`; `conflict` when another write was first, but not for a repeat of the last one. Answers with
   * what is stored: secrets in the draft are masked.
   */
  setMark(mark: Mark, subject?: Subject): Promise<Mark>
  /** Forks of this session: direct ones, and those of its deleted forks in their place. */
  forks(): Promise<readonly SessionId[]>
}
