// The contract that every store keeps: dumb, transactional, scoped. `conformance.ts` is its executable form.

import type { StoredEntry } from '../schema/entries.ts'
import type { Cell, Facet, Head } from '../schema/heads.ts'
import type { Hash, Seq, SessionId, Subject, Tenant } from '../schema/ids.ts'
import type { Kind } from '../schema/kinds.ts'
import type { Place, Status } from '../schema/states.ts'
import type { StoreAdmin } from './admin.ts'
import type { Attachment, Blobs } from './blobs.ts'
import type { Bus } from './bus.ts'
import type { Snapshots } from './snapshots.ts'

/** What an engine can do; frozen, and read alike by the engine above, the docs and the suite. */
export interface Supports {
  /** What an acknowledged append survives: nothing, the death of the process, the loss of power. */
  readonly durable: 'none' | 'process' | 'power'
  /** Who may open the same store at once: this process, processes of this host, many hosts. */
  readonly shared: 'process' | 'host' | 'network'
  /** Whether other processes' writes are announced; if not, followers look once a second. */
  readonly push: boolean
  /** Order of the feed: one for all, so that cursors compare, or only each session's own. */
  readonly feed: 'total' | 'session'
  /** Whether the store can write a copy of itself. */
  readonly backup: boolean
}

// Page sizes (`limit`) are whole numbers from 1 on, read as 1,000 above it; others: `invalid`.
/**
 * Position in a feed or list; only the store that made it reads it, and only for the same order: else `invalid`. Opaque, but for
 * the cursors of a feed in one `total` order: these are decimal digits, and as numbers they rise along it.
 */
export type Cursor = string

export interface Page<T> {
  readonly items: readonly T[]
  /** Where the next page begins; null at the end. A feed's page always has one; at the end it no longer moves. */
  readonly cursor: Cursor | null
}

export interface ListPage extends Page<Head> {
  /** Exact for an unfiltered list of one subject or of `all`, else a lower bound. */
  readonly total: number
  readonly totalIs: 'exact' | 'at_least'
}

export interface Store extends AsyncDisposable {
  readonly name: string
  readonly supports: Supports
  /** Best effort to every server on this store. The store publishes a hint per session it wrote, after the commit. */
  readonly bus: Bus
  /** What operators do: figures, checks, copies, sweeping. */
  readonly admin: StoreAdmin
  /** Idempotent. Migrates an older format after a backup; `too_new` for a newer one. */
  open(): Promise<void>
  /** Idempotent. Waits for what was accepted; later calls fail with `shutting_down`. */
  close(): Promise<void>
  /** Nothing is readable or writable without a scope. More than 16 subjects: `invalid`. */
  within(scope: Scope): ScopedStore
  /** Whole milliseconds since 1970 by the clock that leases, due and tombstones go by: that of a server, where there is one. Told once it is open. */
  now(): number
  /**
   * Every entry of all tenants in commit order, for followers and projectors. `null` starts at the beginning. A page
   * may be short or empty before the end; the end is where the cursor stays the same. A deleted session's entries leave
   * the feed at once, all but `session.deleted`, which goes with the tombstone. At most 1,000, the default.
   */
  feed(cursor: Cursor | null, limit?: number): Promise<Page<FeedItem>>
  /** The cursor after the last entry. */
  tip(): Promise<Cursor>
  /** Sessions whose `due` has come and that no live lease holds, longest due first; those in `place` only. */
  due(limit: number, place?: Place): Promise<readonly SessionRef[]>
}

export interface Scope {
  readonly tenant: Tenant
  /** Who asks: owner or reader of the head; `all` is the whole tenant. */
  readonly subjects: readonly Subject[] | 'all'
}

export interface SessionRef {
  readonly tenant: Tenant
  readonly session: SessionId
  readonly due: number
}

export interface ScopedStore {
  readonly scope: Scope
  /**
   * One outcome each, in order; a refusal never touches its neighbours. Checked one after the other:
   * 1. Visibility: an invisible session is `not_found`, and `exists` (or `gone`) where the append would open it.
   * 2. The key: known ones get their receipt, also from a tombstone, also within one batch. 3. `gone`.
   * 4. Form, `invalid`: at least one entry, seqs from `expect + 1` (a fork's from `base.seq + 1`) without a hole, a head
   *    of the last entry's seq and hash that is not `deleted`; opened only by who can see the new head.
   * 5. `fenced`, `busy`. 6. `exists`, `conflict` (seq and chain). 7. `trashed`, unless the new head leaves the trash.
   * 8. `ref_taken`. 9. `blob_missing`.
   */
  append(batch: readonly Append[]): Promise<readonly Outcome[]>
  /** The receipt of each key that is known in this session, tombstones included; null for unknown ones. */
  receipts(session: SessionId, keys: readonly string[]): Promise<readonly (KnownKey | null)[]>
  /** Follows fork pointers. Unknown, invisible or deleted sessions have no entries. At most 1,000 per call. */
  read(session: SessionId, range?: Range): Promise<readonly StoredEntry[]>
  /** Null when unknown or invisible. A deleted session's head says so for 30 days. */
  head(session: SessionId): Promise<Head | null>
  /** The empty cell before the first one was stored, in forks too. Null when unknown, invisible or deleted. */
  cell(session: SessionId): Promise<Cell | null>
  /** By the position of the last entry; a session that nobody touches stands once over all pages. Never system sessions. */
  list(query?: Query): Promise<ListPage>
  /** The session this ref is bound to; a deleted one for its kept `foreign…` refs. Null when none or invisible. */
  locate(ref: Ref): Promise<SessionId | null>
  /** The refs of one session; a branch that moved on is no longer among them. */
  refs(session: SessionId): Promise<readonly Ref[]>
  /** As the store's feed, with only what this scope may see; the cursor moves over the rest. System sessions only with `all`. */
  feed(cursor: Cursor | null, limit?: number): Promise<Page<FeedItem>>
  /**
   * Sessions forked from this one that this scope sees, oldest first, the trash included: directly, and from its deleted
   * forks in their place.
   */
  forks(session: SessionId): Promise<readonly SessionId[]>
  /**
   * Replaces head and cell without an entry, where seq and hash are still these: another fold version, erased bases,
   * repair. Raises `refolds`. A cell of null keeps the stored one. The place in lists' order stays; facets, readers and due follow the head.
   */
  refold(session: SessionId, at: { seq: Seq; hash: Hash }, head: Head, cell: Cell | null): Promise<boolean>
  /** Leaves a tombstone for 30 days. Unknown: `not_found`; deleted already: the receipt for its key, else `gone`; a live lease: `busy`. */
  delete(session: SessionId, deletion: Deletion): Promise<Outcome>
  /**
   * Null while another holder's lease lives, and for unknown, invisible or deleted sessions. The same holder gets its
   * lease again, with the same fence while it lives. `ttl` in ms, above 0, else `invalid`.
   */
  acquire(session: SessionId, holder: string, ttl: number): Promise<Lease | null>
  /** Null when the lease was lost: taken over or released. One that ran out but that nobody took goes on. */
  renew(lease: Lease, ttl: number): Promise<Lease | null>
  /** Raises the fence; a lost lease is left alone. */
  release(lease: Lease): Promise<void>
  readonly marks: Marks
  readonly blobs: Blobs
  readonly snapshots: Snapshots
}

/** Part of a log. Both bounds exclude or include as named; `after: 0` is the beginning. Limit: 1,000 by default. */
export interface Range {
  /** Entries with a greater seq. */
  readonly after?: Seq
  /** Entries up to and with this seq. */
  readonly until?: Seq
  readonly order?: 'asc' | 'desc'
  readonly limit?: number
  readonly kinds?: readonly Kind[]
}

export interface Append {
  readonly session: SessionId
  /** The exact seq before this append (and `head.refolds` the present count, else `conflict`); 0 opens. A fork's first entry has `base.seq + 1` and expects 0. */
  readonly expect: Seq
  /** The chain before this append: the head's hash, the base's at its seq, else `conflict`; unchecked for a first link. */
  readonly prev: Hash
  readonly entries: readonly StoredEntry[]
  readonly head: Head
  /** Only when it changed. */
  readonly cell?: Cell
  /** The caller's key; calls without one store none where a commit's answer cannot be lost. */
  readonly key?: Key
  /** Unknown or invisible: `not_found`; deleted: `gone`; a seq it does not have: `invalid`. A fork inherits entries, nothing else. */
  readonly base?: { readonly session: SessionId; readonly seq: Seq }
  /** Bound to the session in the same transaction; `ref_taken` when another session has one, but a branch moves. */
  readonly refs?: readonly Ref[]
  /** Must be stored already, else `blob_missing`. Kept until every entry from `named` (of this append, else `invalid`; default: its first) to its last is erased or gone. */
  readonly blobs?: readonly Hash[]
  readonly named?: Seq
  /** Of the lease under which this is written, checked at commit: the present fence, even if the lease ran out. Not at openings. */
  readonly fence?: number
  /** Takes the lease in the same transaction, as `acquire` does, at an opening too; `busy` while another holder's lives. Not with `fence`: `invalid`. */
  readonly acquire?: { readonly holder: string; readonly ttl: number }
  /** Gives the lease of `fence` (without one: `invalid`) back in the same transaction, as `release` behind the append does. */
  readonly release?: true
  /** Own earlier entries (else `invalid`) to empty. `head.refolds` is one more; snapshots of them go, forks' heads get fold 0. */
  readonly erase?: readonly Seq[]
}

/** An idempotency key: `id` includes who called, `digest` is of the request before ids, clock and redaction. */
export interface Key {
  readonly id: string
  readonly digest: string
}

export interface KnownKey {
  readonly digest: string
  readonly first: Seq
  readonly last: Seq
}

export type RefusalCode =
  | 'conflict'
  | 'exists'
  | 'not_found'
  | 'gone'
  | 'trashed'
  | 'fenced'
  | 'ref_taken'
  | 'blob_missing'
  | 'invalid'
  | 'key_reused'
  | 'busy'

/** `fence` is of the lease that `acquire` took; a replayed key takes none. `seq` of a refusal is the true seq of the session at that moment, 0 when there is none or it is invisible. */
export type Outcome =
  | { readonly ok: true; readonly first: Seq; readonly last: Seq; readonly replayed: boolean; readonly fence?: number }
  | { readonly ok: false; readonly code: RefusalCode; readonly seq: Seq }

/**
 * A deletion carries the session's own last entry, `session.deleted`, which stays in the feed while the tombstone lasts.
 * Entries that living forks reach stay, hidden, and are swept with the last fork. Marks, cell, snapshots and refs go at
 * once (`foreign…` refs with the tombstone). The id is `gone` for 30 days, until the next sweep, then unknown and free
 * again; old forks keep reading the old entries, and fences of a new session of this id start above the old ones.
 */
export interface Deletion {
  readonly expect: Seq
  readonly prev: Hash
  readonly entry: StoredEntry
  /** The head of the tombstone: place `deleted`, no texts. */
  readonly head: Head
  readonly key?: Key
}

/** Names that belong to one session: run ids, foreign ids, branches, channel bindings. */
export interface Ref {
  /** `branch` points to the session bound last; all other types are unique. `foreign…` stays taken for 30 days after deletion. */
  readonly type: string
  readonly value: string
}

export interface FeedItem {
  readonly cursor: Cursor
  readonly tenant: Tenant
  readonly session: SessionId
  readonly entry: StoredEntry
  /** The present head, with the newest entry of each session in the page. */
  readonly head?: Head
}

export interface Query {
  /** Default `open`. */
  readonly place?: Exclude<Place, 'deleted'>
  readonly where?: Readonly<Partial<Record<Facet, string>>>
  /** Only direct forks of the session that has this id now. */
  readonly base?: SessionId
  readonly status?: Status
  /** Only sessions that need somebody. */
  readonly attention?: true
  /** Only sessions this subject (of the scope) pinned, the earliest pin first, whatever `order` says. */
  readonly pinned?: Subject
  /** Whole ids that end so, letters in any case. */
  readonly tail?: string
  /** Part of name or title, letters of any language in any case. */
  readonly text?: string
  /** By the position of the last entry; default `newest`. */
  readonly order?: 'newest' | 'oldest'
  readonly cursor?: Cursor
  /** Default 50. A filtered page may be shorter and still have a cursor. */
  readonly limit?: number
}

export interface Lease {
  readonly session: SessionId
  /** Unique per process start. */
  readonly holder: string
  /** Rises with every change of holder, and never falls, not even by deletion. */
  readonly fence: number
  /** Milliseconds left when it was given; the holder counts on its monotonic clock from before the request. */
  readonly left: number
}

/** What one person keeps about a session, outside the log. */
export interface Mark {
  /** 0 before the first write. */
  readonly version: number
  readonly seen?: Seq
  readonly draft?: string
  /** Of the draft: blobs that somebody put, which no entry names yet. */
  readonly attachments?: readonly Attachment[]
  /** Milliseconds since 1970; absent when not pinned. */
  readonly pinned?: number
}

/** A scope with subjects reaches only their own marks. */
export interface Marks {
  /** Version 0 where there is none. */
  get(session: SessionId, subject: Subject): Promise<Mark>
  /** Compare-and-set by version, of the whole mark; null when another write was first. Nothing to write to: `not_found`. */
  put(session: SessionId, subject: Subject, mark: Mark): Promise<Mark | null>
  /** Everybody who pinned the session, whatever the scope's subjects; the keeper spares such sessions. */
  pinnedBy(session: SessionId): Promise<readonly Subject[]>
}

/** A disposable cache of folds. */
export interface Snapshot {
  readonly seq: Seq
  readonly fold: number
  readonly head: Head
  readonly cell: Cell
}
