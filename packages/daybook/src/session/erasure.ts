// Erasing entries: their data goes for ever, everything folded from it is folded again, the chain still verifies.

import type { NewEntry, StoredEntry } from '../schema/entries.ts'
import { foldVersion } from '../schema/heads.ts'
import type { Seq, SessionId } from '../schema/ids.ts'
import type { Kind } from '../schema/kinds.ts'
import type { Usage } from '../schema/parts.ts'
import { totalTokens } from '../schema/usage.ts'
import type { ScopedStore } from '../store/store.ts'
import { whileAlone } from './alone.ts'
import type { Made } from './assemble.ts'
import type { ErasedBelow, Receipt, WriteOptions } from './contract.ts'
import { dataOf } from './decode.ts'
import { draft } from './drafts.ts'
import type { Engine } from './engine.ts'
import type { Folded } from './fold.ts'
import { takenRecords } from './kept-records.ts'
import { entriesOf } from './pages.ts'
import { foldAt, goingOn } from './refold.ts'
import { segmentsOf } from './segments.ts'
import type { SessionHandle } from './session.ts'
import { invalid } from './values.ts'

/** What people say and models answer. Entries that carry the structure of a log (openings, rewinds, runs) stay. */
const erasable: ReadonlySet<Kind> = new Set(['message', 'note', 'foreign.recorded', 'state.changed', 'summary', 'pin'])

/** What is made of the records of transcripts. */
const adoptable: ReadonlySet<Kind> = new Set(['message', 'foreign.recorded'])

/** Seqs that one entry names. */
const mostSeqs = 512

/**
 * Only own entries of the kinds above; `invalid` for others. In an adopted session the records beside go with them. Erasing
 * again changes nothing more.
 */
export async function eraseEntries(
  session: SessionHandle,
  seqs: readonly Seq[],
  options: WriteOptions = {},
): Promise<Receipt> {
  const chosen = [...new Set(seqs)].sort((a, b) => a - b)
  // Judges form and number of the seqs before anything is read.
  session.draft({ kind: 'entry.erased', data: { seqs: chosen } })
  const whole = session.engine.writer.whole(session.scope.tenant)
  let made: Made = { drafts: [] }
  const alone = async ({ head }: Folded): Promise<null> => {
    const baseSeq = head.base?.seq ?? 0
    const entries = await ownEntries(session, chosen, baseSeq)
    const data = { seqs: chosen, ...usageOf(entries) }
    const isAdopted = entries.some(({ kind }) => adoptable.has(kind))
    const beside = isAdopted ? await takenRecords(whole, session.id, baseSeq, head.seq) : { seqs: [], instead: [] }
    const erase = [...chosen, ...beside.seqs]
    const instead = await foldAt(whole, session.id, head.seq, { without: new Set(erase) })
    const erased: readonly NewEntry[] = [{ kind: 'entry.erased', data }, ...named(beside.seqs)]
    // Written in the place of whoever adopted.
    const adopted = beside.instead.map((entry) => draft(entry, 'I', session.engine.redactor))
    made = { drafts: [...erased.map((entry) => session.draft(entry)), ...adopted], instead, erase }
    return null
  }
  const receipt = await session.submit({ operation: 'erase', request: chosen, alone, make: () => made }, options)
  // The erasure is in the log by now, and the store has marked the forks' heads as outdated with it.
  await refoldForks(session.engine, whole, session.id, chosen[0] ?? 0).catch(session.engine.onError)
  return receipt
}

function named(seqs: readonly Seq[]): NewEntry[] {
  const pieces = Array.from({ length: Math.ceil(seqs.length / mostSeqs) }, (_, at) => at * mostSeqs)
  return pieces.map((from) => ({ kind: 'entry.erased', data: { seqs: seqs.slice(from, from + mostSeqs) } }))
}

async function ownEntries(session: SessionHandle, seqs: readonly Seq[], baseSeq: Seq): Promise<StoredEntry[]> {
  const entries: StoredEntry[] = []
  for (const seq of seqs) {
    const [entry] = await session.store.read(session.id, { after: seq - 1, until: seq })
    if (!entry || seq <= baseSeq) throw invalid('seqs', `names ${seq}, which is not an own entry`)
    if (!erasable.has(entry.kind)) throw invalid('seqs', `names ${seq}, but ${entry.kind} is not erased`)
    entries.push(entry)
  }
  return entries
}

function usageOf(entries: readonly StoredEntry[]): { tokens?: number[]; cost?: number[] } {
  const tokens: number[] = []
  const cost: number[] = []
  for (const entry of entries) {
    const data = dataOf(entry) as { usage?: Usage; cost?: number } | null
    tokens.push(totalTokens(data?.usage))
    cost.push(data?.cost ?? 0)
  }
  return tokens.some((n) => n > 0) || cost.some((n) => n > 0) ? { tokens, cost } : {}
}

/**
 * Forks that reach an erased entry, and theirs, so that no head or cell keeps its text. Who goes on from their older folds
 * is refused by the store, which has raised `refolds` with the erasure.
 */
export async function refoldForks(engine: Engine, whole: ScopedStore, base: SessionId, from: Seq): Promise<void> {
  for (const id of await whole.forks(base)) {
    const head = await whole.head(id)
    if (!head?.base || head.base.seq < from || head.place === 'deleted') continue
    await refoldFork(engine, whole, id)
    await refoldForks(engine, whole, id, from)
  }
}

/** Between the fork's writes: one that continued the fold from before would bring back what was erased. */
export function refoldFork(engine: Engine, whole: ScopedStore, id: SessionId): Promise<void> {
  return whileAlone(engine, whole, id, async () => {
    for (;;) {
      await whole.snapshots.drop(id)
      const head = await whole.head(id)
      if (!head || head.place === 'deleted') return
      const folded = await foldAt(whole, id, head.seq)
      // Where another process was faster, the head moved.
      if (!(await whole.refold(id, head, folded.head, folded.cell))) continue
      await keepBeginning(whole, id)
      return
    }
  })
}

/** Of the usage that was erased only the base's log tells: a snapshot of the fork's beginning keeps it when the base goes. */
async function keepBeginning(whole: ScopedStore, id: SessionId): Promise<void> {
  const head = await whole.head(id)
  if (!head?.base) return
  const seq = head.base.seq + 1
  await whole.snapshots.put(id, { seq, fold: foldVersion, ...goingOn(await foldAt(whole, id, seq), head) })
}

/** Where nothing was ever erased below nothing is read: the store counts it in the fork's head. */
export async function erasedBelow(session: SessionHandle): Promise<readonly ErasedBelow[]> {
  const { base, refolds = 0, seq } = await session.head()
  if (!base || refolds === 0) return []
  const whole = session.engine.writer.whole(session.scope.tenant)
  const found: ErasedBelow[] = []
  for (const { session: owner, until } of (await segmentsOf(whole, session.id, seq)).slice(0, -1)) {
    if ((await whole.head(owner))?.place === 'deleted') continue
    for await (const entry of entriesOf(whole, owner, { kinds: ['entry.erased'], after: until })) {
      const seqs = dataOf(entry, 'entry.erased')?.seqs.filter((erased) => erased <= until) ?? []
      if (seqs.length > 0) found.push({ at: entry.at, seqs })
    }
  }
  return found
}
