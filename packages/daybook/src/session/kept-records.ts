// What stands beside adopted messages goes with an erasure: the records as their agent wrote them, which repeat what was said.

import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { DataOf } from '../schema/data.ts'
import type { NewEntry } from '../schema/entries.ts'
import type { Seq, SessionId } from '../schema/ids.ts'
import { sha256 } from '../store/hash.ts'
import type { ScopedStore } from '../store/store.ts'
import { dataOf } from './decode.ts'

type Adopted = DataOf<'transcript.adopted'>

/** By which a record is known again when nothing else is left of it. */
export function recordKey(line: string): string {
  return sha256(line).slice(0, 22)
}

/** The lines of a blob. */
export function linesOf(blob: Uint8Array): readonly string[] {
  return zstdDecompressSync(blob).toString('utf8').split('\n')
}

export interface Taken {
  /** Entries that name records or remember some. */
  readonly seqs: readonly Seq[]
  /** What says in their place how far each transcript was adopted, so that nothing of it is adopted a second time. */
  readonly instead: readonly NewEntry[]
}

/**
 * All that a session keeps, not only those of one message: agents write what was said into several records, and again into what
 * they sum up or send. Stores the blobs of what is left.
 */
export async function takenRecords(whole: ScopedStore, session: SessionId, after: Seq, until: Seq): Promise<Taken> {
  const seqs: Seq[] = []
  const keys = new Map<string, string[]>()
  const last = new Map<string, Adopted>()
  for await (const { seq, adopted } of adoptions(whole, session, after, until)) {
    const { blob, encoding, memo, path } = adopted
    last.set(path, adopted)
    const hasRecords = blob !== undefined && encoding !== 'keys'
    if (!hasRecords && memo === undefined) continue
    seqs.push(seq)
    const bytes = hasRecords ? await whole.blobs.get(blob) : null
    keys.set(path, [...(keys.get(path) ?? []), ...(bytes === null ? [] : linesOf(bytes).map(recordKey))])
  }
  const instead: NewEntry[] = []
  for (const [path, known] of keys) {
    const adopted = last.get(path)
    if (adopted !== undefined) instead.push({ kind: 'transcript.adopted', data: await left(whole, adopted, known) })
  }
  return { seqs, instead }
}

async function left(
  whole: ScopedStore,
  { source, path, to, mark, proof }: Adopted,
  keys: readonly string[],
): Promise<Adopted> {
  const blob = keys.length === 0 ? undefined : await whole.blobs.put(zstdCompressSync(keys.join('\n')))
  return {
    ...{ source, path, from: to, to, records: 0, mark },
    ...(proof === undefined ? undefined : { proof }),
    ...(blob === undefined ? undefined : { blob, encoding: 'keys' as const }),
  }
}

const page = 64

async function* adoptions(
  whole: ScopedStore,
  session: SessionId,
  after: Seq,
  until: Seq,
): AsyncGenerator<{ readonly seq: Seq; readonly adopted: Adopted }> {
  for (let from = after; ; ) {
    const entries = await whole.read(session, { after: from, until, kinds: ['transcript.adopted'], limit: page })
    for (const entry of entries) {
      const adopted = dataOf(entry) as Adopted | null
      if (adopted !== null) yield { seq: entry.seq, adopted }
    }
    const end = entries.at(-1)
    if (end === undefined || entries.length < page) return
    from = end.seq
  }
}
