// A group of appends as the routine takes it, and what it answers: JSON texts with short names, one word per append.

import { isSystemId } from '../../schema/ids.ts'
import { kinds } from '../../schema/kinds.ts'
import { type Asker, malformed, mayOpen } from '../shape.ts'
import type { Append, Outcome, RefusalCode } from '../store.ts'
import type { Value } from './connection.ts'
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

  of(...parts: readonly string[]): readonly [number: number, fresh: boolean] {
    const name = parts.map((part) => `${part.length} ${part}`).join('')
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

function add(batch: Batch, { asker, append }: AppendOp, i: number, s: number, headed: boolean): void {
  const { head, entries, key, refs, blobs, fence, acquire, release, erase, base, cell } = append
  const system = isSystemId(append.session)
  const labels = labelsOf(head, system)
  const opens = append.expect === 0
  batch.names ||= opens || Boolean(refs?.length || blobs?.length || erase?.length)
  const k = key ? batch.key(s, key.id) : null
  batch.appends.push({
    i,
    s,
    q: batch.asked(asker),
    e: whole(append.expect),
    p: append.prev,
    n: entries.length,
    f: entries[0]?.seq,
    l: entries.at(-1)?.seq,
    h: entries.at(-1)?.hash,
    x:
      (malformed(append) ? flag.invalid : 0) |
      (!opens || mayOpen(asker, append) ? flag.mayOpen : 0) |
      (head.place === 'trash' ? flag.toTrash : 0),
    rf: whole((head.refolds ?? 0) - (erase?.length ? 1 : 0)),
    o: labels.owner,
    rd: labels.readers === null ? null : head.readers.map(toText),
    pl: labels.place,
    hd: headed,
    ...(key && { k, kd: toText(key.digest) }),
    ...(fence !== undefined && { fe: whole(fence) }),
    ...(acquire && { ho: toText(acquire.holder), tt: acquire.ttl }),
    ...(release && { rl: true }),
    ...(base && { bs: batch.slot(asker.tenant, base.session), bq: Number.isSafeInteger(base.seq) ? base.seq : null }),
    ...(erase?.length && { er: erase.map(whole) }),
    ...(refs?.length && { nr: refs.map(({ type, value }) => ({ t: toText(type), v: toText(value) })) }),
    ...(blobs?.length && { nb: blobs.map(toText) }),
    ...(cell !== undefined && { c: JSON.stringify(cell) }),
    y: system,
  })
  addEntries(batch, append, i, s)
  if (!headed) return
  const own = Object.fromEntries(labels.facets.map((value, at) => [`f${at}`, value]))
  const signs = { la: labels.label, st: labels.status, at: labels.attention, du: labels.due }
  batch.heads.push({
    i,
    s,
    t: toText(asker.tenant),
    d: JSON.stringify(head),
    fo: head.fold,
    ...signs,

    ...own,
  })
}

function addEntries(batch: Batch, { entries, key }: Append, a: number, s: number): void {
  for (const [o, entry] of entries.entries()) {
    batch.entries.push({
      a,
      s,
      o,
      q: entry.seq,
      k: kinds[entry.kind].number,
      v: entry.v,
      t: entry.at,
      w: toText(entry.actor),
      ...(entry.run !== undefined && { r: toText(entry.run) }),
      ...(entry.cause !== undefined && { c: entry.cause }),
      ...(key && o === 0 && { ki: toText(key.id), kd: toText(key.digest), kl: entries.at(-1)?.seq }),
      d: entry.dataHash,
      h: entry.hash,
      ...(entry.body !== null && { b: toText(entry.body) }),
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
