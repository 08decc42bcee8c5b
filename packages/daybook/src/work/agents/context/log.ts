// What a context reads of a log: from its end backwards, active entries only, the latest summary that still holds, notes and pins.

import type { StoredEntry } from '../../../schema/entries.ts'
import type { Seq } from '../../../schema/ids.ts'
import { type JsonObject, limits } from '../../../schema/json.ts'
import type { DataOf, Kind } from '../../../schema/kinds.ts'
import type { ErasedBelow, Session } from '../../../session/contract.ts'
import { dataOf } from '../../../session/decode.ts'
import type { Span } from '../../../session/views/active.ts'
import type { ContextSetting } from '../contract.ts'

export interface SummaryEntry extends DataOf<'summary'> {
  readonly seq: Seq
}

export interface NoteEntry extends DataOf<'note'> {
  readonly seq: Seq
}

/** A session at one seq, as far as a context needs it. */
export interface Looked {
  readonly session: Session
  /** Its entries up to the seq. */
  readonly log: Log
  readonly seq: Seq
  readonly state: JsonObject
  /** Newest first. */
  readonly spans: readonly Span[]
  /** Null: none, or what it covers was erased in part since. */
  readonly summary: SummaryEntry | null
  /** Oldest first. */
  readonly notes: readonly NoteEntry[]
  readonly pins: { readonly paths: readonly string[]; readonly from: Seq; readonly to: Seq } | null
}

/** Notes and pins that are looked at from the end. */
const mostKept = 400
const firstPage = 64
const page = 256

/** @throws DaybookError `not_found`, `gone`, and `invalid` for a seq that the session has not reached */
export async function lookAt(session: Session, asked: Asked = {}): Promise<Looked> {
  const { seq, log, state, isFork } = await momentOf(session, asked)
  const changes = await allOf(log, ['session.rewound', 'entry.erased'], seq)
  const spans = spansOf(changes, seq)
  const summary = await summaryIn(log, spans, changes, isFork ? await session.erasedBelow() : [])
  const kept = await log.stored({ kinds: ['note', 'pin'], until: seq, order: 'desc', limit: mostKept })
  return { session, log, seq, state, spans, summary, ...keptOf(kept.filter((one) => isActive(spans, one.seq))) }
}

type Asked = Pick<ContextSetting, 'until' | 'log'>

interface Moment extends Pick<Looked, 'seq' | 'log' | 'state'> {
  readonly isFork: boolean
}

async function momentOf(session: Session, { until, log: given }: Asked): Promise<Moment> {
  if (until === undefined) {
    const known = given && logOf(given)
    if (known?.stateless) return { seq: given?.at(-1)?.seq ?? 0, log: known, state: {}, isFork: false }
    const { seq, hash, refolds, base } = await session.head()
    const [log, isFork] = [await logUntil(session, seq), base !== null]
    if (log.stateless) return { seq, log, state: {}, isFork }
    const { state } = await session.cell()
    const now = await session.head()
    if (now.hash === hash && now.refolds === refolds) return { seq, log, state, isFork }
  }
  const { seq, context } = await session.view('history', { limit: 1, ...(until === undefined ? undefined : { until }) })
  return { seq, log: await logUntil(session, seq), state: context, isFork: true }
}

interface Log extends Pick<Session, 'stored'> {
  /** No entry of it says anything of the session's state. */
  readonly stateless: boolean
}

/** A short log is read once, and answers from that: each question of its own costs as much as all of it. */
async function logUntil(session: Session, seq: Seq): Promise<Log> {
  if (seq > firstPage) return { stored: (range) => session.stored(range), stateless: false }
  return logOf(await session.stored({ until: seq }))
}

function logOf(entries: readonly StoredEntry[]): Log {
  return {
    stateless: !entries.some(saysState),
    async stored({ kinds, after = 0, until = Infinity, order = 'asc', limit } = {}) {
      const found = entries.filter((entry) => entry.seq > after && entry.seq <= until)
      const wanted = kinds ? found.filter(({ kind }) => kinds.includes(kind)) : found
      return (order === 'asc' ? wanted : wanted.toReversed()).slice(0, limit)
    },
  }
}

function saysState({ kind, body }: StoredEntry): boolean {
  return kind === 'state.changed' || (kind === 'session.opened' && body?.includes('"state"') === true)
}

/** Newest first. */
async function allOf(log: Log, kinds: readonly Kind[], seq: Seq): Promise<readonly StoredEntry[]> {
  const found: StoredEntry[] = []
  for (let until = seq; until > 0; ) {
    const entries = await log.stored({ kinds, until, order: 'desc', limit: limits.pageItems })
    found.push(...entries)
    if (entries.length < limits.pageItems) break
    until = (entries.at(-1)?.seq ?? 1) - 1
  }
  return found
}

function spansOf(changes: readonly StoredEntry[], seq: Seq): readonly Span[] {
  const spans: Span[] = []
  let until = seq
  for (const change of changes) {
    const to = change.kind === 'session.rewound' ? dataOf(change, 'session.rewound')?.to : undefined
    if (to === undefined || change.seq > until) continue
    spans.push({ after: change.seq, until })
    until = to
  }
  return [...spans, { after: 0, until }]
}

export function isActive(spans: readonly Span[], seq: Seq): boolean {
  return spans.some(({ after, until }) => seq > after && seq <= until)
}

/** The latest active summary, but for those that cover what was erased behind them: their text may hold it. */
async function summaryIn(
  log: Log,
  spans: readonly Span[],
  changes: readonly StoredEntry[],
  below: readonly ErasedBelow[],
): Promise<SummaryEntry | null> {
  const erased = changes.flatMap((change) => {
    const seqs = change.kind === 'entry.erased' ? dataOf(change, 'entry.erased')?.seqs : undefined
    return seqs ? [{ at: change.seq, first: Math.min(...seqs) }] : []
  })
  const outdated = (seq: Seq, at: number, covers: Seq): boolean =>
    erased.some((one) => one.at > seq && one.first <= covers) ||
    below.some((one) => one.at >= at && one.seqs.some((gone) => gone <= covers))
  for (const { after, until } of spans) {
    for (let last = until; last > after; ) {
      const [entry] = await log.stored({ kinds: ['summary'], after, until: last, order: 'desc', limit: 1 })
      if (!entry) break
      const data = dataOf(entry, 'summary')
      const holds = data !== null && !outdated(entry.seq, entry.at, data.covers_seq)
      if (holds && data.text.trim() !== '') return { ...data, seq: entry.seq }
      last = entry.seq - 1
    }
  }
  return null
}

function keptOf(entries: readonly StoredEntry[]): Pick<Looked, 'notes' | 'pins'> {
  const notes: NoteEntry[] = []
  const pinned = new Map<string, { readonly on: boolean; readonly seq: Seq }>()
  for (const entry of entries) {
    const note = entry.kind === 'note' ? dataOf(entry, 'note') : null
    if (note) notes.push({ ...note, seq: entry.seq })
    const pin = entry.kind === 'pin' ? dataOf(entry, 'pin') : null
    if (pin?.path !== undefined && !pinned.has(pin.path)) pinned.set(pin.path, { on: pin.on, seq: entry.seq })
  }
  const on = [...pinned].filter(([, pin]) => pin.on).reverse()
  const [first, last] = [on[0], on.at(-1)]
  const pins = first && last ? { paths: on.map(([path]) => path), from: first[1].seq, to: last[1].seq } : null
  return { notes: notes.reverse(), pins }
}

/** Active messages above `floor`, newest first. */
export function messagesBack(looked: Looked, floor: Seq): AsyncGenerator<StoredEntry> {
  return activeBack(looked, ['message'], floor, looked.seq)
}

/** Active entries of these kinds above `floor`, up to and with `last`, newest first. */
export async function* activeBack(
  { log, spans }: Looked,
  kinds: readonly Kind[],
  floor: Seq,
  last: Seq,
): AsyncGenerator<StoredEntry> {
  let limit = firstPage
  for (const span of spans) {
    const after = Math.max(span.after, floor)
    for (let until = Math.min(span.until, last); until > after; ) {
      const entries = await log.stored({ kinds, after, until, order: 'desc', limit })
      yield* entries
      if (entries.length < limit) break
      until = (entries.at(-1)?.seq ?? 1) - 1
      limit = page
    }
  }
}
