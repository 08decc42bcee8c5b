// One session verified: log and chain, fork, head, cell, cached folds, refs and the blobs that it names.

import { type Cell, emptyCell, foldVersion, type Head } from '../../schema/heads.ts'
import type { Hash, Seq, SessionId } from '../../schema/ids.ts'
import type { Row } from '../../store/admin.ts'
import type { ScopedStore } from '../../store/store.ts'
import { type Folded, unopened } from '../fold.ts'
import { type Segment, segmentsOf } from '../segments.ts'
import { differentCell, differentFields } from './compare.ts'
import type { Found } from './contract.ts'
import { type BasePoint, type Examined, examine, type Start } from './examine.ts'

export interface SessionCheck {
  readonly store: ScopedStore
  readonly row: Row
  /** The session and seq that the store's pointer leads to, through forks of inherited entries. */
  readonly base: Row['base']
  /** The fold of the base there, where it was examined and its log is whole up to there. */
  readonly point: BasePoint | null
  /** The base's log was found damaged: what is inherited is told there. */
  readonly baseDamaged: boolean
  /** Seqs at which forks begin. */
  readonly forkedAt: ReadonlySet<Seq>
  /** Says what is wrong with a blob, or null. */
  readonly blob: (hash: Hash) => Promise<string | null>
  readonly onPage: (entries: number) => void
}

export interface SessionResult {
  readonly found: readonly Found[]
  /** Folds at the seqs of `forkedAt`, as far as the log is whole. */
  readonly points: ReadonlyMap<Seq, BasePoint>
  /** The fold at the end; null when the log is damaged. */
  readonly end: Folded | null
  /** The log cannot show all usage: what was erased in a base had reported some. */
  readonly usageAtLeast: boolean
}

interface Stored {
  /** Null when it cannot be read. */
  readonly head: Head | null
  readonly cell: Cell | null
}

/** Tries before a session that others keep folding again is taken as it is. */
const tries = 5

/** Null when the session is gone meanwhile. */
export async function verifySession(check: SessionCheck): Promise<SessionResult | null> {
  for (let turn = 1; ; turn += 1) {
    const before = await stored(check.store, check.row)
    if (before.head?.place === 'deleted' || (before.head === null && check.row.head !== null)) return null
    const result = await verifyOnce(check, before)
    if (result.found.length === 0 || turn === tries) return result
    const after = await stored(check.store, check.row)
    // What was written meanwhile is no damage; what is damaged stays so.
    if (JSON.stringify(after) === JSON.stringify(before)) return result
  }
}

/** Head and cell of one moment. */
async function stored(store: ScopedStore, { session, head: known }: Row): Promise<Stored> {
  for (;;) {
    const head = known === null ? null : await store.head(session)
    const cell = await store.cell(session).catch(() => null)
    const again = known === null ? null : await store.head(session)
    if (JSON.stringify(head) === JSON.stringify(again)) return { head, cell }
  }
}

async function verifyOnce(check: SessionCheck, { head, cell }: Stored): Promise<SessionResult> {
  const { store, row } = check
  const found: Found[] = []
  const add = (one: Found): void => void found.push(one)
  const segments = await segmentsOf(store, row.session).catch(() => null)
  const from = startOf(check, segments, add)
  const snapshots = await snapshotSeqs(check, head)
  // Whoever appends meanwhile makes the log longer than the head that was read.
  const grown = async (): Promise<boolean> => head !== null && ((await store.head(row.session))?.seq ?? 0) > head.seq
  const examined = await examine({
    grown,
    store,
    session: row.session,
    head,
    from,
    wanted: check.forkedAt,
    onPage: check.onPage,
    onState: async (state, erased) => {
      if (snapshots.has(state.head.seq)) await compareSnapshot(check, state, erased, add)
    },
    onBlob: async (hash, seq) => {
      const why = await check.blob(hash)
      if (why) add({ what: 'blob', repairable: false, session: row.session, seq, detail: `blob ${hash} ${why}` })
    },
  })
  found.push(...examined.found)
  const folds: Found[] = []
  if (found.every(({ what }) => what !== 'fork')) {
    compareHead({ head, cell, grown: await grown() }, examined, row.session, (one) => folds.push(one))
  }
  const lost = emptied(check, examined, folds.length > 0)
  // Folding again would make a head forget what was lost.
  found.push(...(lost.length > 0 ? lost : folds))
  await compareRefs(check, add)
  const first = lost[0]?.seq ?? Number.POSITIVE_INFINITY
  const points = new Map([...examined.points].filter(([seq]) => seq < first))
  return { found, end: lost.length > 0 ? null : examined.end, points, usageAtLeast: erasedInBase(examined) }
}

/** The whole log, or what follows a base that was examined. With a pointer that leads elsewhere, only what is its own. */
function startOf(check: SessionCheck, segments: readonly Segment[] | null, add: (found: Found) => void): Start {
  const { row, base, point } = check
  const { session } = row
  const until = Number.MAX_SAFE_INTEGER
  const start: BasePoint = { state: unopened(session), erased: null }
  const own = segments?.at(-1)
  if (!own) {
    const after = base?.seq ?? 0
    return {
      segments: [{ session, after, until, base: null }],
      prev: base ? 'unknown' : 'genesis',
      point: base ? null : start,
    }
  }
  const named = own.base
  if (named?.session === base?.session && named?.seq === base?.seq) {
    if (named && point?.state.head.hash === named.hash) return { segments: [own], prev: named.hash, point }
    if (named && check.baseDamaged) return { segments: [own], prev: named.hash, point: null }
    return { segments: segments ?? [], prev: 'genesis', point: start }
  }
  const says = base ? `${base.session} at ${base.seq}` : 'no base'
  const detail = `its opening names ${named ? `${named.session} at ${named.seq}` : 'no base'}, the store ${says}`
  add({ what: 'fork', repairable: false, session, seq: named ? own.after + 1 : null, detail })
  const after = named ? own.after : (base?.seq ?? 0)
  return { segments: [{ ...own, after }], prev: named?.hash ?? 'unknown', point: null }
}

/**
 * Data that is gone without an erasure. A base that came with an export of its fork ends where the fork begins, before
 * the entry that may say so: there the head tells whether it ever knew the data.
 */
function emptied({ row, forkedAt }: SessionCheck, examined: Examined, differs: boolean) {
  const lastFork = Math.max(0, ...forkedAt)
  return examined.emptied
    .filter((seq) => differs || seq > lastFork)
    .map((seq) => ({
      what: 'emptied' as const,
      repairable: false,
      session: row.session,
      seq,
      detail: 'the data is not there, and no entry erased it',
    }))
}

function compareHead(
  { head, cell, grown }: Stored & { grown: boolean },
  examined: Examined,
  session: SessionId,
  add: (found: Found) => void,
): void {
  const { atHead, end } = examined
  if (!end) return
  const one = (what: 'head' | 'cell', detail: string): void =>
    add({ what, repairable: true, session, seq: end.head.seq, detail })
  const folded = grown ? atHead : end
  if (!head || !folded) {
    one('head', head ? `no entry has its seq ${head.seq}` : 'it cannot be read')
    return
  }
  if (head.fold < foldVersion) {
    const detail = `it is of fold ${head.fold}, this is ${foldVersion}`
    add({ what: 'stale', severity: 'stale', repairable: true, session, seq: end.head.seq, detail })
    return
  }
  const fields = differentFields(head, folded.head, erasedInBase(examined))
  if (fields.length > 0) one('head', `not what the log says: ${fields.join(', ')}`)
  const cells = head.fold > foldVersion ? [] : differentCell(cell ?? emptyCell, folded.cell)
  if (cells.length > 0) one('cell', `not what the log says: ${cells.join(', ')}`)
}

function erasedInBase({ end, erased }: Examined): boolean {
  return erased !== null && erased <= (end?.head.base?.seq ?? 0)
}

/** The seqs of cached folds, found from the end. */
async function snapshotSeqs({ store, row }: SessionCheck, head: Head | null): Promise<ReadonlySet<Seq>> {
  const seqs = new Set<Seq>()
  for (let at = head?.seq ?? 0; at > 0; ) {
    const snapshot = await store.snapshots.latest(row.session, at, foldVersion).catch(() => null)
    if (!snapshot) break
    seqs.add(snapshot.seq)
    at = Math.min(at, snapshot.seq) - 1
  }
  return seqs
}

async function compareSnapshot(
  { store, row }: SessionCheck,
  state: Folded,
  erased: Seq | null,
  add: (found: Found) => void,
): Promise<void> {
  const { seq } = state.head
  const snapshot = await store.snapshots.latest(row.session, seq, foldVersion)
  if (snapshot?.seq !== seq) return
  const fields = differentFields({ ...snapshot.head, session: row.session }, state.head, erased !== null)
  if (fields.length === 0 && differentCell(snapshot.cell, state.cell).length === 0) return
  const detail = 'a cached fold differs from the log'
  add({ what: 'snapshot', repairable: true, session: row.session, seq, detail })
}

async function compareRefs({ store, row }: SessionCheck, add: (found: Found) => void): Promise<void> {
  for (const ref of await store.refs(row.session)) {
    const to = await store.locate(ref)
    if (to === row.session) continue
    const detail = `the ref ${ref.type} ${ref.value} leads to ${to ?? 'nothing'}`
    add({ what: 'ref', repairable: false, session: row.session, seq: null, detail })
  }
}
