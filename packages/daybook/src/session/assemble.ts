// Assembling an append: what a command means on a given fold, with places, rights, chain and the next fold.

import { Buffer } from 'node:buffer'
import type { StoredEntry } from '../schema/entries.ts'
import { DaybookError, type ErrorCode } from '../schema/errors.ts'
import type { Cell, Head } from '../schema/heads.ts'
import type { Actor, Hash, Seq, SessionId } from '../schema/ids.ts'
import { limits } from '../schema/json.ts'
import type { Kind } from '../schema/kinds.ts'
import { type Place, type PlaceEvent, placeTable } from '../schema/states.ts'
import type { Append, Key, Ref, Scope } from '../store/store.ts'
import { genesis, link } from './chain.ts'
import type { Receipt } from './contract.ts'
import type { Draft } from './drafts.ts'
import { type FoldContext, type Folded, fold, unopened } from './fold.ts'

/** What a caller wants; made into entries on the fold of the moment, again after every lost race. */
export interface Command {
  readonly actor: Actor
  /** What an unknown session means: `not_found`, open it in front, or it must be unknown. */
  readonly opens: 'no' | 'may' | 'only'
  /** The `session.opened` of the two latter. */
  readonly opening?: Draft
  /** Nobody has written under this id yet: it was made for this. What is not so is a lost race. */
  readonly isNew?: boolean
  /** What happens to the session's place; `write` reopens an archived one. Null: nothing, wherever it is. */
  readonly event: PlaceEvent | null
  readonly key?: Key
  readonly expect?: Seq
  readonly fence?: number
  readonly refs?: readonly Ref[]
  readonly fork?: Fork
  /** Pure; may throw a {@link DaybookError} to refuse. */
  readonly make: (state: Folded) => Made
  /**
   * Comes before `make`, on the durable fold, while nothing else of the session is under way in this process; again when
   * another process was faster. It may read the log; a receipt says that it has done the work itself.
   */
  readonly alone?: (state: Folded) => Promise<Receipt | null>
}

/** Opening as a fork: the base's fold, in the name of the new session. */
export interface Fork {
  readonly base: { readonly session: SessionId; readonly seq: Seq }
  readonly state: Folded
}

export interface Made {
  readonly drafts: readonly Draft[]
  readonly context?: FoldContext
  /** Fold on this instead of the present fold: an erasure has folded the log again without what it erases. */
  readonly instead?: Folded
  readonly erase?: readonly Seq[]
  /** The lease that the write takes or gives back. */
  readonly acquire?: Append['acquire']
  readonly release?: boolean
}

export interface Assembled {
  readonly append: Append
  readonly folded: Folded
}

/** Kinds that a reader who is not the owner may append. */
const readerKinds: ReadonlySet<Kind> = new Set(['message', 'note', 'approval.decided', 'question.answered'])

/**
 * Whether the command may be tried on this fold, and the place that it leads to.
 *
 * @throws DaybookError `not_found exists gone trashed conflict invalid_state`
 */
export function admit(present: Folded | null, command: Command, session: SessionId, scope: Scope): Place {
  const head = present?.head
  if (head && !visible(head, scope)) throw unknown(head, session, command)
  if (head?.place === 'deleted') throw new DaybookError('gone', `${session} was deleted`, { seq: head.seq })
  if (!head && (command.opens === 'no' || !command.opening)) throw unknown(null, session, command)
  if (command.expect !== undefined && command.expect !== (head?.seq ?? 0)) throw conflict(present, command)
  if (head && command.opens === 'only') throw new DaybookError('exists', `${session} exists`, { seq: head.seq })
  return head && command.event !== null ? nextPlace(head.place, command.event, session) : (head?.place ?? 'open')
}

/** @throws DaybookError as {@link admit}, `forbidden too_large` and what `make` refuses. */
export function assemble(
  present: Folded | null,
  command: Command,
  session: SessionId,
  scope: Scope,
  now: number,
): Assembled {
  const place = admit(present, command, session, scope)
  if (present) return assembleNext(present, place, command, session, scope, now)
  const start = command.fork?.state ?? unopened(session)
  const chain = new Chain(session, command, now, start, command.fork ? start.head.hash : genesis(session))
  if (command.opening) chain.add(command.opening)
  const made = command.make(chain.state)
  for (const draft of made.drafts) chain.add(draft, made.context)
  return chain.finish(start, 0, made)
}

function assembleNext(
  present: Folded,
  place: Place,
  command: Command,
  session: SessionId,
  scope: Scope,
  now: number,
): Assembled {
  const { head } = present
  const made = command.make(present)
  checkRights(head, made.drafts, command, scope)
  const start = made.instead ?? present
  const chain = new Chain(session, command, now, start, head.hash)
  if (place === 'open' && head.place === 'archived' && command.event === 'write') chain.add(reopened)
  for (const draft of made.drafts) chain.add(draft, made.context)
  return chain.finish(present, head.seq, made)
}

const reopened: Draft = {
  kind: 'session.reopened',
  v: 1,
  run: undefined,
  cause: undefined,
  actor: undefined,
  at: undefined,
  data: {},
  body: '{}',
  dataHash: 'RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o',
  askedHash: 'RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o',
  blobs: [],
}

/** While it is being put together. */
export type Writable<T> = { -readonly [Name in keyof T]: T[Name] }

class Chain {
  readonly #session: SessionId
  readonly #command: Command
  readonly #now: number
  readonly #prev: Hash
  readonly #entries: StoredEntry[] = []
  #blobs: Hash[] | undefined
  #named: Seq | undefined
  state: Folded

  constructor(session: SessionId, command: Command, now: number, start: Folded, prev: Hash) {
    this.#session = session
    this.#command = command
    this.#now = now
    this.#prev = prev
    this.state = start
  }

  add(draft: Draft, context?: FoldContext): void {
    const { kind, v, run, cause, actor, at, body, dataHash } = draft
    const seq = this.state.head.seq + 1
    if (cause !== undefined && cause >= seq) {
      throw new DaybookError('invalid', `cause ${cause} is not before ${seq}`, { field: 'cause' })
    }
    const entry: Writable<StoredEntry> = {
      seq,
      kind,
      v,
      at: at ?? this.#now,
      actor: actor ?? this.#command.actor,
      body,
      dataHash,
      hash: '',
    }
    if (run !== undefined) entry.run = run
    if (cause !== undefined) entry.cause = cause
    entry.hash = link(this.#entries.at(-1)?.hash ?? this.#prev, this.#session, entry, dataHash)
    this.#entries.push(Object.freeze(entry))
    if (draft.blobs.length > 0) {
      this.#blobs = [...(this.#blobs ?? []), ...draft.blobs]
      this.#named ??= seq
    }
    this.state = fold(this.state, entry, draft.data, context)
  }

  finish(before: Folded, expect: Seq, made: Made): Assembled {
    const { key, fence, refs, fork } = this.#command
    const { acquire, release } = made
    if (made.erase)
      this.state = { ...this.state, head: { ...this.state.head, refolds: (before.head.refolds ?? 0) + 1 } }
    const { head, cell } = this.state
    if (cell !== before.cell) checkCell(before.cell, cell)
    Object.freeze(head)
    const append: Writable<Append> = { session: this.#session, expect, prev: this.#prev, entries: this.#entries, head }
    if (cell !== before.cell || expect === 0) append.cell = cell
    if (key) append.key = key
    if (fork) append.base = fork.base
    if (refs) append.refs = refs
    if (this.#blobs) append.blobs = this.#blobs
    if (this.#named !== undefined) append.named = this.#named
    if (fence !== undefined) append.fence = fence
    if (acquire) append.acquire = acquire
    if (release) append.release = release
    if (made.erase) append.erase = made.erase
    return { append, folded: this.state }
  }
}

/** Owners and readers see a session; `all` sees the whole tenant. */
export function visible(head: Head, scope: Scope): boolean {
  const { subjects } = scope
  if (subjects === 'all' || subjects.includes(head.owner)) return true
  return head.readers.some((reader) => subjects.includes(reader))
}

export function owns(head: Head, scope: Scope): boolean {
  return scope.subjects === 'all' || scope.subjects.includes(head.owner)
}

function checkRights(head: Head, drafts: readonly Draft[], { refs }: Command, scope: Scope): void {
  if (owns(head, scope)) return
  const refused = drafts.find((draft) => !readerKinds.has(draft.kind))
  if (refused) throw new DaybookError('forbidden', `a reader may not write ${refused.kind}`)
  if (refs) throw new DaybookError('forbidden', 'a reader may not bind refs')
}

function nextPlace(place: Place, event: PlaceEvent, session: SessionId): Place {
  const next = placeTable[place][event]
  if (next === 'trashed' || next === 'gone' || next === 'invalid_state') {
    throw new DaybookError(
      next,
      `${session} is ${place}: no ${event}`,
      next === 'trashed' ? { hint: 'Restore it first.' } : {},
    )
  }
  return next
}

/** Of a session that the caller may not see, no more than that its id is taken. */
function unknown(head: Head | null, session: SessionId, command: Command): DaybookError {
  const taken = head?.place === 'deleted' ? 'gone' : 'exists'
  const code: ErrorCode = command.opens === 'no' || head === null ? 'not_found' : taken
  return new DaybookError(code, code === 'not_found' ? `no session ${session}` : `${session} is not free`)
}

function conflict(present: Folded | null, command: Command): DaybookError {
  const seq = present?.head.seq ?? 0
  if (command.expect === 0) return new DaybookError('exists', 'the session exists', { seq })
  return new DaybookError('conflict', `expected seq ${command.expect}, it is ${seq}`, { seq })
}

/** @throws DaybookError `too_large` for state, metadata or agent data over the limit. */
export function checkCell(before: Cell, after: Cell): void {
  for (const field of ['state', 'metadata', 'agentData'] as const) {
    if (after[field] === before[field]) continue
    const text = JSON.stringify(after[field])
    if (text.length * 3 <= limits.cellBytes || Buffer.byteLength(text) <= limits.cellBytes) continue
    throw new DaybookError('too_large', `${field} is over ${limits.cellBytes} bytes`, { field })
  }
}
