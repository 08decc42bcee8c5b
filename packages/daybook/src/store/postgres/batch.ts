// A group of appends as the routine takes it, and what it answers: JSON texts with short names, one word per append.

import { isSystemId } from '../../schema/ids.ts'
import { kinds } from '../../schema/kinds.ts'
import { type Asker, malformed, mayOpen } from '../shape.ts'
import type { Append, Outcome, RefusalCode } from '../store.ts'
import type { Value } from './connection.ts'
import { placeNumbers } from './ddl.ts'
import { labelsOf, subjectsOf } from './labels.ts'
import { toText } from './text.ts'

export interface AppendOp {
  readonly asker: Asker
  readonly append: Append
}

const flag = { invalid: 1, mayOpen: 2, toTrash: 4 }

/** Numbers that stay the same for a thing named twice. */
class Numbers {
  readonly #known = new Map<string, number>()

  of(first: string, second: string): readonly [number: number, fresh: boolean] {
    const name = `${first.length} ${first}${second}`
    const known = this.#known.get(name)
    if (known !== undefined) return [known, false]
    this.#known.set(name, this.#known.size + 1)
    return [this.#known.size, true]
  }
}

/** One call of the routine in the making. */
class Batch {
  readonly sessions: object[] = []
  readonly askers: (string | null)[] = []
  readonly keys: object[] = []
  readonly appends: object[] = []
  readonly entries: object[] = []
  readonly heads: object[] = []
  /** Whether it touches what sessions share: ids to come, names, blobs. */
  names = false
  readonly #slots = new Numbers()
  readonly #keyed = new Numbers()
  #asker: Asker | null = null

  /** The number of a session in this batch, from 1 on. */
  slot(tenant: string, session: string): number {
    const [n, fresh] = this.#slots.of(tenant, session)
    if (fresh) this.sessions.push({ n, t: toText(tenant), i: toText(session) })
    return n
  }

  asked(asker: Asker): number {
    if (asker !== this.#asker) this.askers.push(subjectsOf(asker))
    this.#asker = asker
    return this.askers.length - 1
  }

  key(slot: number, id: string): number {
    const [k, fresh] = this.#keyed.of(String(slot), id)
    if (fresh) this.keys.push({ k, s: slot, i: toText(id) })
    return k
  }
}

/** Whether an append reads or writes more than its own session: ids to come, names, blobs, forks. */
export function touchesNames({ expect, refs, blobs, erase }: Append): boolean {
  return expect === 0 || Boolean(refs?.length || blobs?.length || erase?.length)
}

/** What differs between two callings of one group. */
export interface Calling {
  readonly writer: number
  readonly number: number
  readonly now: number | null
  readonly wait: number
  /** Every head, not only the last of each session. */
  readonly whole: boolean
}

export const appended = 'SELECT daybook.append_code($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)'

export function valuesOf(group: readonly AppendOp[], { writer, number, now, wait, whole }: Calling): readonly Value[] {
  const batch = new Batch()
  const last = new Map<number, number>()
  for (const [index, { asker, append }] of group.entries()) {
    last.set(batch.slot(asker.tenant, append.session), index + 1)
  }
  for (const [index, op] of group.entries()) {
    const slot = batch.slot(op.asker.tenant, op.append.session)
    add(batch, op, index + 1, slot, whole || last.get(slot) === index + 1)
  }
  const texts = [batch.sessions, batch.askers, batch.keys, batch.appends, batch.entries, batch.heads]
  const [sessions, askers, keys, ...rest] = texts.map((values) => JSON.stringify(values)) as [string, string, string]
  const named = batch.keys.length > 0 ? keys : null
  return [writer, number, now, wait, batch.names, sessions, askers, named, ...rest]
}

/** Whole numbers only: another one is never equal to what stands in the store. */
function whole(number: number): number {
  return Number.isSafeInteger(number) ? number : -1
}

/** What is undefined is left out of the JSON text. */
function add(batch: Batch, { asker, append }: AppendOp, i: number, s: number, headed: boolean): void {
  const { head, entries, key, refs, blobs, named, fence, acquire, release, erase, base } = append
  const last = entries.at(-1)
  batch.names ||= touchesNames(append)
  batch.appends.push({
    i,
    s,
    q: batch.asked(asker),
    e: whole(append.expect),
    p: append.prev,
    n: entries.length,
    f: entries[0]?.seq,
    l: last?.seq,
    h: last?.hash,
    x: flagsOf(asker, append),
    rf: whole((head.refolds ?? 0) - (erase?.length ? 1 : 0)),
    o: toText(head.owner),
    rd: head.readers.length > 0 ? head.readers.map(toText) : undefined,
    pl: placeNumbers[head.place],
    hd: headed,
    k: key && batch.key(s, key.id),
    kd: key && toText(key.digest),
    fe: fence === undefined ? undefined : whole(fence),
    ho: acquire && toText(acquire.holder),
    tt: acquire?.ttl,
    rl: release,
    bs: base && batch.slot(asker.tenant, base.session),
    bq: base && Number.isSafeInteger(base.seq) ? base.seq : undefined,
    er: erase?.length ? erase.map(whole) : undefined,
    nr: refs?.length ? refs.map(({ type, value }) => ({ t: toText(type), v: toText(value) })) : undefined,
    nb: blobs?.length ? blobs.map(toText) : undefined,
    nf: blobs?.length && named !== undefined ? whole(named) : undefined,
    c: append.cell && JSON.stringify(append.cell),
    y: isSystemId(append.session),
  })
  addEntries(batch, append, i, s)
  if (headed) batch.heads.push(headOf(asker, append, i, s))
}

function flagsOf(asker: Asker, append: Append): number {
  return (
    (malformed(append) ? flag.invalid : 0) |
    (append.expect !== 0 || mayOpen(asker, append) ? flag.mayOpen : 0) |
    (append.head.place === 'trash' ? flag.toTrash : 0)
  )
}

function headOf(asker: Asker, { head, session }: Append, i: number, s: number): object {
  const { label, status, attention, due, facets } = labelsOf(head, isSystemId(session))
  const [f0, f1, f2, f3, f4, f5] = facets
  const signs = { la: label, st: status, at: attention, du: due, f0, f1, f2, f3, f4, f5 }
  return { i, s, t: toText(asker.tenant), d: JSON.stringify(head), fo: head.fold, ...signs }
}

function addEntries(batch: Batch, { entries, key }: Append, a: number, s: number): void {
  const last = entries.at(-1)?.seq
  for (const [o, entry] of entries.entries()) {
    const keyed = o === 0 ? key : undefined
    batch.entries.push({
      a,
      s,
      o,
      q: entry.seq,
      k: kinds[entry.kind].number,
      v: entry.v,
      t: entry.at,
      w: toText(entry.actor),
      r: entry.run === undefined ? undefined : toText(entry.run),
      c: entry.cause,
      ki: keyed && toText(keyed.id),
      kd: keyed && toText(keyed.digest),
      kl: keyed && last,
      d: entry.dataHash,
      h: entry.hash,
      b: entry.body === null ? undefined : toText(entry.body),
    })
  }
}

/** The answer to one append, which names its own seqs. */
export function outcomeOf(word: string, entries: readonly { readonly seq: number }[]): Outcome {
  const [code = '', ...rest] = word.split(':')
  const [first = 0, last = 0] = rest.map(Number)
  if (code === 'r') return { ok: true, first, last, replayed: true }
  if (code !== 'k') return { ok: false, code: code as RefusalCode, seq: first }
  const taken = { ok: true, first: entries[0]?.seq ?? 0, last: entries.at(-1)?.seq ?? 0, replayed: false } as const
  return rest.length > 0 ? { ...taken, fence: first } : taken
}

/**
 * Groups that the routine can judge as a whole: an erasure stands alone, since it changes other sessions, and a fork of
 * what the same group writes comes behind it.
 */
export function partsOf(group: readonly AppendOp[]): AppendOp[][] {
  const parts: AppendOp[][] = []
  let part: AppendOp[] = []
  let written = new Set<string>()
  const cut = () => {
    if (part.length > 0) parts.push(part)
    part = []
    written = new Set()
  }
  for (const op of group) {
    const { append, asker } = op
    const alone = Boolean(append.erase?.length)
    if (alone || (append.base && written.has(`${append.base.session} ${asker.tenant}`))) cut()
    part.push(op)
    written.add(`${append.session} ${asker.tenant}`)
    if (alone) cut()
  }
  cut()
  return parts
}
