// Erasures of sessions that were deleted since: told by no entry any more, but seen in what the forks read.

import type { StoredEntry } from '../../schema/entries.ts'
import { DaybookError } from '../../schema/errors.ts'
import type { Head } from '../../schema/heads.ts'
import type { Seq, SessionId } from '../../schema/ids.ts'
import { limits } from '../../schema/json.ts'
import { kinds } from '../../schema/kinds.ts'
import type { ScopedStore } from '../../store/store.ts'
import { link, sha256 } from '../chain.ts'
import { entriesOf } from '../pages.ts'
import { withRefolds } from './appends.ts'

/**
 * Erases in a session of the destination, which is about to be deleted there, what forks of the source read as erased, so
 * that the forks there do as well. Answers the head that it has then.
 */
export async function eraseForForks(source: ScopedStore, target: ScopedStore, head: Head): Promise<Head> {
  const seqs = new Set<Seq>()
  for (const fork of await readers(source, target, head.session)) {
    for await (const seq of erasedThere(source, target, fork, head)) seqs.add(seq)
  }
  let last = head
  const all = [...seqs].sort((a, b) => a - b)
  for (let at = 0; at < all.length; at += limits.commitEntries) {
    last = await erase(target, last, all.slice(at, at + limits.commitEntries))
  }
  return last
}

/** The nearest forks that live in the source, and may know of an erasure. */
async function readers(source: ScopedStore, target: ScopedStore, session: SessionId): Promise<readonly SessionId[]> {
  const found: SessionId[] = []
  for (const fork of await target.forks(session)) {
    const head = await source.head(fork)
    if (head && head.place !== 'deleted') found.push(...((head.refolds ?? 0) > 0 ? [fork] : []))
    else found.push(...(await readers(source, target, fork)))
  }
  return found
}

async function* erasedThere(
  source: ScopedStore,
  target: ScopedStore,
  fork: SessionId,
  { session, seq: until, base }: Head,
): AsyncGenerator<Seq> {
  const range = { after: base?.seq ?? 0, until }
  const theirs = entriesOf(source, fork, range)[Symbol.asyncIterator]()
  for await (const entry of entriesOf(target, session, range)) {
    const { value: seen } = await theirs.next()
    if (seen?.hash !== entry.hash) return
    if (seen.body === null && entry.body !== null) yield entry.seq
  }
}

/** Nobody continues the session: where the store lets it be written, and folded by whoever asks. */
async function erase(target: ScopedStore, head: Head, seqs: readonly Seq[]): Promise<Head> {
  const { session } = head
  const kind = 'entry.erased'
  const body = JSON.stringify({ seqs })
  const dataHash = sha256(body)
  const envelope = { seq: head.seq + 1, kind, v: kinds[kind].version, at: head.updatedAt, actor: 'engine' } as const
  const entry: StoredEntry = { ...envelope, body, dataHash, hash: link(head.hash, session, envelope, dataHash) }
  const there = { place: 'open', trashedAt: null, trashedFrom: null, fold: 0 } as const
  const next = withRefolds({ ...head, ...there, seq: entry.seq, hash: entry.hash }, (head.refolds ?? 0) + 1)
  const write = { session, expect: head.seq, prev: head.hash, entries: [entry], head: next, erase: seqs }
  const [outcome] = await target.append([write])
  if (!outcome?.ok) {
    const code = outcome?.code ?? 'internal'
    throw new DaybookError(code, `${session} was not erased in the destination: ${code}`)
  }
  return next
}
