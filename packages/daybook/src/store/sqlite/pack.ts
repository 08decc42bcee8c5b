// Operations on their way to the writer's thread: flat, since the names of fields cost more to copy than what is in them.

import type { StoredEntry } from '../../schema/entries.ts'
import type { SessionId, Tenant } from '../../schema/ids.ts'
import type { Append } from '../store.ts'
import type { AppendOp, Asker, Op, Packed, PackedAppend } from './ops.ts'

/** What few appends have. */
type Rest = Pick<Append, 'base' | 'refs' | 'blobs' | 'named' | 'fence' | 'acquire' | 'release' | 'erase' | 'key'>

/** An append as an array; entries follow as ten values each. */
type Flat = readonly [
  asker: Asker,
  flags: number,
  refolds: number,
  owner: string,
  readers: string | null,
  session: string,
  expect: number,
  prev: string,
  head: string | null,
  cell: string | null,
  rest: Rest | null,
  ...entries: Flattened[],
]
type Flattened = StoredEntry[keyof StoredEntry]

/** One operation in the form in which it is sent. */
export type Sent = Flat | Exclude<Op, AppendOp>

const before = 11
const fields = 10
const flag = { invalid: 1, mayOpen: 2, toTrash: 4 }

/**
 * Only the last head of each session in the group is written, so only that one is sent, unless `whole`; a writer that
 * needs another one after all (a later append was refused) says so with {@link HeadMissing}.
 */
export function pack(group: readonly Op[], whole: boolean): Sent[] {
  const headed = whole ? null : lastOnes(group)
  return group.map((op) => {
    if (op.type === 'append') return flat(op, headed === null || headed.has(op))
    if (!('head' in op) && op.type !== 'delete') return op
    return texts(op)
  })
}

/** The last append of each session. */
function lastOnes(group: readonly Op[]): ReadonlySet<Op> {
  const met = new Map<Tenant, Set<SessionId>>()
  const last = new Set<Op>()
  for (let index = group.length - 1; index >= 0; index -= 1) {
    const op = group[index]
    if (op?.type !== 'append') continue
    const { tenant } = op.asker
    const sessions = met.get(tenant) ?? new Set()
    met.set(tenant, sessions)
    if (sessions.has(op.append.session)) continue
    sessions.add(op.append.session)
    last.add(op)
  }
  return last
}

function text<T>(value: Packed<T>): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function texts<T extends Exclude<Op, AppendOp>>(op: T): T {
  if (op.type === 'delete') return { ...op, deletion: { ...op.deletion, head: text(op.deletion.head) } }
  if (op.type === 'refold') return { ...op, head: text(op.head), cell: op.cell === null ? null : text(op.cell) }
  if (op.type === 'snapshot') return { ...op, head: text(op.head), cell: text(op.cell) }
  return op
}

function flat({ asker, append, invalid, mayOpen, toTrash, refolds, owner, readers }: AppendOp, headed: boolean): Flat {
  const { session, expect, prev, head, cell, entries } = append
  const { base, refs, blobs, named, fence, acquire, release, erase, key } = append
  const rest =
    base || refs || blobs || acquire || release || erase || key || fence !== undefined
      ? {
          ...(base && { base }),
          ...(refs && { refs }),
          ...(blobs && { blobs }),
          ...(blobs && named !== undefined && { named }),
          ...(fence !== undefined && { fence }),
          ...(acquire && { acquire }),
          ...(release && { release }),
          ...(erase && { erase }),
          ...(key && { key }),
        }
      : null
  const flags = (invalid ? flag.invalid : 0) | (mayOpen ? flag.mayOpen : 0) | (toTrash ? flag.toTrash : 0)
  const values: Flattened[] = []
  for (const { seq, kind, v, at, actor, run, cause, body, dataHash, hash } of entries) {
    values.push(seq, kind, v, at, actor, run, cause, body, dataHash, hash)
  }
  const headText = headed && head !== null ? text(head) : null
  const cellText = cell === undefined ? null : text(cell)
  return [asker, flags, refolds, owner, readers, session, expect, prev, headText, cellText, rest, ...values]
}

export function unpackGroup(sent: readonly Sent[]): Op[] {
  return sent.map((one) => (isFlat(one) ? raised(one) : one))
}

function isFlat(sent: Sent): sent is Flat {
  return Array.isArray(sent)
}

function raised(sent: Flat): AppendOp {
  const [asker, flags, refolds, owner, readers, session, expect, prev, head, cell, rest] = sent
  const entries: StoredEntry[] = []
  for (let at = before; at < sent.length; at += fields) {
    const [seq, kind, v, when, actor, run, cause, body, dataHash, hash] = sent.slice(at, at + fields)
    entries.push({ seq, kind, v, at: when, actor, run, cause, body, dataHash, hash } as StoredEntry)
  }
  const append: PackedAppend = { ...rest, session, expect, prev, head, entries, ...(cell !== null && { cell }) }
  return {
    type: 'append',
    asker,
    append,
    invalid: (flags & flag.invalid) !== 0,
    mayOpen: (flags & flag.mayOpen) !== 0,
    toTrash: (flags & flag.toTrash) !== 0,
    refolds,
    owner,
    readers,
  }
}
