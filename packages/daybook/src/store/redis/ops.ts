// What the function is asked to change, as flat texts, and what it answers.

import type { Head } from '../../schema/heads.ts'
import type { SessionId } from '../../schema/ids.ts'
import { type Asker, deletionFits, malformed, mayOpen, refoldFits } from '../shape.ts'
import type { Append, Deletion, Lease, Mark, Outcome, RefusalCode, Snapshot } from '../store.ts'
import { toText } from '../text.ts'
import { entryText, labelsOf, refText } from './texts.ts'

export type Given = string | Buffer

export interface Op {
  /** The verb, and for appends everything short. */
  readonly short: string
  readonly asker: Asker
  readonly given: readonly Given[]
  /** Room in one call. */
  readonly entries: number
  readonly bytes: number
  /** Also where the server is out of memory: it takes none, or gives some back. */
  readonly frees: boolean
  /** The session whose followers are to hear of it. */
  readonly session?: SessionId
}

/** Of the operator, who is no tenant's. */
export const operator: Asker = Object.freeze({ tenant: '', subjects: 'all' })

const freeing = new Set(['delete', 'renew', 'release', 'drop_snapshots', 'sweep', 'sweep_blobs', 'mend_list'])

export function plainOp(verb: string, asker: Asker, given: readonly Given[]): Op {
  let bytes = 100
  for (const each of given) bytes += each.length
  return { short: verb, asker, given, entries: 1, bytes, frees: freeing.has(verb) }
}

/** Read by the function in this order of bits. */
const flag = {
  malformed: 1,
  mayOpen: 2,
  cell: 4,
  key: 8,
  base: 16,
  refs: 32,
  blobs: 64,
  fence: 128,
  acquire: 256,
  release: 512,
  erase: 1024,
}

/** Hashes are words; what is none is nobody's hash. */
function word(hash: string): string {
  return /^\S+$/.test(hash) && hash.isWellFormed() ? hash : '-'
}

export function appendOp(asker: Asker, append: Append): Op {
  const { session, expect, prev, head, entries, key } = append
  const given = [labelsOf(head), JSON.stringify(head)]
  let bytes = 600
  let broken = malformed(append)
  for (const [index, entry] of entries.entries()) {
    const text = entryText(entry, index === 0 ? key?.id : undefined)
    broken ||= word(entry.hash) !== entry.hash
    bytes += text.length
    given.push(text)
  }
  const may = expect > 0 || mayOpen(asker, append)
  const flags = (broken ? flag.malformed : 0) | (may ? flag.mayOpen : 0) | pushRest(given, append)
  const refolds = (head.refolds ?? 0) - (append.erase?.length ? 1 : 0)
  const numbers = `${flags} ${expect} ${refolds} ${word(prev)} ${word(head.hash)} ${entries.length}`
  const short = `append ${numbers} ${toText(session)}`
  return { short, asker, given, entries: entries.length, bytes, frees: false, session }
}

/** What few appends have; answers the flags that say so. */
function pushRest(given: string[], append: Append): number {
  const { cell, key, base, refs, blobs, named, fence, acquire, release, erase } = append
  let flags = 0
  const add = (which: keyof typeof flag, ...texts: string[]) => {
    flags |= flag[which]
    for (const each of texts) given.push(each)
  }
  if (cell !== undefined) add('cell', JSON.stringify(cell))
  if (key) add('key', toText(key.id), toText(key.digest))
  if (base) add('base', toText(base.session), String(base.seq))
  if (refs?.length) add('refs', String(refs.length), ...refs.map(refText))
  if (blobs?.length) add('blobs', String(named ?? 0), String(blobs.length), ...blobs.map(toText))
  if (fence !== undefined) add('fence', String(fence))
  if (acquire) add('acquire', toText(acquire.holder), String(acquire.ttl))
  if (release) add('release')
  if (erase?.length) add('erase', String(erase.length), ...erase.map(String))
  return flags
}

export function deleteOp(asker: Asker, session: SessionId, deletion: Deletion): Op {
  const { expect, prev, entry, head, key } = deletion
  const given = [toText(session), deletionFits(session, deletion) ? '0' : '1', String(expect), toText(prev)]
  given.push(toText(entry.hash), entryText(entry), JSON.stringify(head), labelsOf({ ...head, due: null }))
  given.push(...(key ? ['1', toText(key.id), toText(key.digest)] : ['0']))
  return { ...plainOp('delete', asker, given), session }
}

export function refoldOp(
  asker: Asker,
  session: SessionId,
  at: { seq: number; hash: string },
  head: Head,
  cell: unknown,
): Op {
  const seq = refoldFits(session, at, head) ? at.seq : -1
  const celled = cell === null ? ['0', ''] : ['1', JSON.stringify(cell)]
  const given = [toText(session), String(seq), toText(at.hash), JSON.stringify(head), labelsOf(head), ...celled]
  return plainOp('refold', asker, given)
}

export function leaseOp(verb: 'renew' | 'release', asker: Asker, { session, holder, fence }: Lease, ttl?: number): Op {
  const given = [toText(session), toText(holder), String(fence)]
  return plainOp(verb, asker, ttl === undefined ? given : [...given, String(ttl)])
}

/** `stored` is the mark with its next version. */
export function markOp(asker: Asker, session: SessionId, subject: string, mark: Mark, stored: Mark): Op {
  const pinned = stored.pinned === undefined ? '-' : String(stored.pinned)
  const given = [toText(session), toText(subject), String(mark.version), pinned, JSON.stringify(stored)]
  return plainOp('mark', asker, given)
}

export function snapshotOp(asker: Asker, session: SessionId, { seq, fold, head, cell }: Snapshot): Op {
  const text = JSON.stringify([head, cell])
  return plainOp('snapshot', asker, [toText(session), `${seq} ${fold}`, String(head.refolds ?? 0), text])
}

/** `o` written, `p` known before, `r` refused. */
export function outcomeOf(answer: string): Outcome {
  const [how, first = '', last = '', fence] = answer.split(' ')
  if (how === 'r') return { ok: false, code: first as RefusalCode, seq: Number(last) }
  const outcome = { ok: true, first: Number(first), last: Number(last), replayed: how === 'p' } as const
  return fence === undefined ? outcome : { ...outcome, fence: Number(fence) }
}
