// Makes of entries that another store has the appends that write them here: verified, in pieces, each under its own key.

import type { StoredEntry } from '../../schema/entries.ts'
import { DaybookError } from '../../schema/errors.ts'
import type { Cell, Head } from '../../schema/heads.ts'
import type { Hash, Seq, SessionId } from '../../schema/ids.ts'
import { limits } from '../../schema/json.ts'
import type { DataOf } from '../../schema/kinds.ts'
import type { HeldKey } from '../../store/admin.ts'
import type { Append, Ref } from '../../store/store.ts'
import { brokenLink, genesis } from '../chain.ts'
import { dataOf } from '../decode.ts'
import { blobsIn } from '../drafts.ts'

/** How far a session is here. */
export interface Reached {
  readonly seq: Seq
  readonly hash: Hash
  readonly refolds: number
}

/** What the source has of a session behind what is here. */
export interface Part {
  readonly session: SessionId
  /** Null where the session is not here yet. */
  readonly reached: Reached | null
  readonly entries: readonly StoredEntry[]
  readonly keys: readonly HeldKey[]
  /** Of the source, perhaps of a later entry than the last of these. */
  readonly head: Head
  /** What belongs to that head; written where the entries reach it. */
  readonly cell: Cell | null
  readonly refs: readonly Ref[]
  /** What a fork is a fork of: its opening names who wrote the entry that it begins behind, perhaps a base of that. */
  readonly forkOf?: SessionId
}

/** The base that an opening names. */
export function baseOf(entry: StoredEntry | undefined): DataOf<'session.opened'>['base'] {
  return entry?.kind === 'session.opened' ? dataOf(entry, 'session.opened')?.base : undefined
}

/** The appends of a part, one behind the other, and how far they reach. `damaged` where the source's chain does not hold. */
export function appendsOf(part: Part): { appends: readonly Append[]; reached: Reached } {
  const base = baseOf(part.entries[0])
  const from = part.reached ?? { seq: base?.seq ?? 0, hash: base?.hash ?? genesis(part.session), refolds: 0 }
  let reached = from
  const appends = pieces(part).map((entries): Append => {
    const opens = part.reached === null && reached === from
    const before = reached
    reached = after(part.session, before, entries)
    return { ...appendOf(part, entries, before, reached), ...(opens ? opening(base, part.forkOf) : {}) }
  })
  return { appends, reached }
}

function opening(base: ReturnType<typeof baseOf>, forkOf = base?.session_id): Partial<Append> {
  return { expect: 0, ...(base && forkOf ? { base: { session: forkOf, seq: base.seq } } : {}) }
}

function appendOf(part: Part, entries: readonly StoredEntry[], before: Reached, reached: Reached): Append {
  const { session, head, cell, refs } = part
  const last = reached.seq === head.seq
  const key = part.keys.find(({ first }) => first === entries[0]?.seq)
  const blobs = entries.flatMap((entry) => (entry.body === null ? [] : blobsIn(entry.kind, dataOf(entry))))
  const erase = erasedBy(entries[0])
  return {
    session,
    expect: before.seq,
    prev: before.hash,
    entries,
    head: last ? withRefolds(head, reached.refolds) : passing(head, reached),
    ...(last && cell ? { cell } : {}),
    ...(last && refs.length > 0 ? { refs } : {}),
    ...(key ? { key: { id: key.id, digest: key.digest } } : {}),
    ...(blobs.length > 0 ? { blobs } : {}),
    ...(erase ? { erase } : {}),
  }
}

/** A count of 0 is left out, as heads have it. */
export function withRefolds({ refolds: _, ...head }: Head, refolds: number): Head {
  return refolds === 0 ? head : { ...head, refolds }
}

/** The head while more entries come: nobody works on it, and fold 0 says that it has to be folded before it is used. */
function passing(head: Head, { seq, hash, refolds }: Reached): Head {
  const nothing = { status: 'idle', attention: [], openRuns: [], due: null } as const
  const there = { place: 'open', trashedAt: null, trashedFrom: null } as const
  return withRefolds({ ...head, ...nothing, ...there, seq, hash, fold: 0 }, refolds)
}

/** Each entry must go on from the one before, and have the data that its hash says. */
function after(session: SessionId, before: Reached, entries: readonly StoredEntry[]): Reached {
  let { seq, hash } = before
  for (const entry of entries) {
    const broken = brokenLink(hash, session, seq + 1, entry)
    if (broken) throw notTheSame(session, entry.seq, before)
    seq = entry.seq
    hash = entry.hash
  }
  return { seq, hash, refolds: before.refolds + (erasedBy(entries[0]) ? 1 : 0) }
}

function notTheSame(session: SessionId, seq: Seq, before: Reached): DaybookError {
  return seq === before.seq + 1 && before.seq > 0
    ? new DaybookError('conflict', `${session} does not go on here from what the source has at ${before.seq}`, { seq })
    : new DaybookError('damaged', `${session} is damaged in the source at ${seq}`, {
        seq,
        hint: 'Run `daybook store verify` on the source.',
      })
}

function erasedBy(entry: StoredEntry | undefined): readonly Seq[] | null {
  return entry?.kind === 'entry.erased' ? (dataOf(entry, 'entry.erased')?.seqs ?? null) : null
}

/**
 * Cut where a key begins or ends, around erasures, and where a commit would get too large; also before a move to the trash,
 * for the session may be in the trash here since an earlier one, and no store takes an append from there to there.
 */
function pieces({ entries, keys }: Part): StoredEntry[][] {
  const begins = new Set(keys.flatMap(({ first, last }) => [first, last + 1]))
  for (const { kind, seq } of entries) {
    if (kind !== 'session.trashed') continue
    if (!keys.some(({ first, last }) => first < seq && seq <= last)) begins.add(seq)
  }
  const found: StoredEntry[][] = []
  let bytes = 0
  for (const entry of entries) {
    const piece = found.at(-1)
    const length = entry.body?.length ?? 0
    const alone = entry.kind === 'entry.erased' || piece?.[0]?.kind === 'entry.erased'
    const full = piece && (piece.length >= limits.commitEntries || bytes + length > limits.commitBytes)
    if (!piece || alone || full || begins.has(entry.seq)) {
      found.push([entry])
      bytes = length
    } else {
      piece.push(entry)
      bytes += length
    }
  }
  return found
}
