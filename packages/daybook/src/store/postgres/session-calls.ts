// The calls of the routines for one session at a time: what goes in, and what their answers mean.

import type { Cell, Head } from '../../schema/heads.ts'
import { facets } from '../../schema/heads.ts'
import type { SessionId, Subject } from '../../schema/ids.ts'
import { kinds } from '../../schema/kinds.ts'
import { type Asker, deletionFits } from '../shape.ts'
import type { Deletion, Lease, Mark, Outcome, Snapshot } from '../store.ts'
import { outcomeOf } from './batch.ts'
import type { Connection } from './connection.ts'
import { labelsOf, subjectsOf } from './labels.ts'
import type { Value } from './line.ts'
import { toArray, toText } from './text.ts'

const places = (count: number) => Array.from({ length: count }, (_, index) => `$${index + 1}`).join(', ')
const deleting = `SELECT daybook.delete_code(${places(16)})`
const refolding = `SELECT daybook.refold_code(${places(17)})`
const leasing = `SELECT daybook.lease_code(${places(9)})`
const marking = `SELECT daybook.mark_code(${places(9)})`
const keeping = `SELECT daybook.snapshot_code(${places(9)})`

export class SessionCalls {
  readonly #connection: Connection
  readonly #clock: (() => number) | null

  constructor(connection: Connection, clock: (() => number) | null) {
    this.#connection = connection
    this.#clock = clock
  }

  async delete(asker: Asker, session: SessionId, deletion: Deletion): Promise<Outcome> {
    const { entry, expect, prev, key, head } = deletion
    const text = JSON.stringify({
      q: entry.seq,
      k: kinds[entry.kind].number,
      v: entry.v,
      t: entry.at,
      w: toText(entry.actor),
      ...(entry.run !== undefined && { r: toText(entry.run) }),
      ...(entry.cause !== undefined && { c: entry.cause }),
      d: entry.dataHash,
      h: entry.hash,
      ...(entry.body !== null && { b: toText(entry.body) }),
    })
    const { owner, readers } = labelsOf(head, false)
    const own = [expect, prev, text, key ? toText(key.id) : null, key ? toText(key.digest) : null]
    const word = await this.#one(deleting, (again) => [
      ...this.#of(asker, session),
      this.#now(),
      again,
      !deletionFits(session, deletion),
      ...own,
      JSON.stringify(head),
      owner,
      readers,
      head.fold,
    ])
    return outcomeOf(String(word), [entry])
  }

  async refold(
    asker: Asker,
    session: SessionId,
    at: { seq: number; hash: string },
    head: Head,
    cell: Cell | null,
  ): Promise<boolean> {
    const labels = labelsOf(head, session.startsWith('@'))
    const signs = [labels.label, labels.status, labels.attention, labels.due]
    return (
      true ===
      (await this.#one(refolding, [
        ...this.#of(asker, session),
        ...[at.seq, at.hash, JSON.stringify(head), cell && JSON.stringify(cell), head.fold],
        ...[labels.place, labels.owner, labels.readers, ...signs],
        nullable(facets.map((_, index) => labels.facets[index] ?? null)),
      ]))
    )
  }

  async lease(
    asker: Asker,
    what: 'acquire' | 'renew' | 'release',
    lease: Pick<Lease, 'session' | 'holder' | 'fence'>,
    ttl: number,
  ): Promise<Lease | null> {
    const { session, holder, fence } = lease
    const own = [this.#now(), what, toText(holder), fence, ttl]
    const found = await this.#one(leasing, [...this.#of(asker, session), ...own])
    return found === null ? null : { session, holder, fence: Number(found), left: ttl }
  }

  /** `missing`: there is no such session for this asker; null: another write was first. */
  async mark(asker: Asker, session: SessionId, subject: Subject, mark: Mark): Promise<Mark | null | 'missing'> {
    const next: Mark = { ...mark, version: mark.version + 1 }
    const text = JSON.stringify(next)
    const own = [toText(subject), mark.version, next.pinned ?? null, text]
    const stored = await this.#one(marking, (again) => [...this.#of(asker, session), again, ...own])
    return stored === null ? 'missing' : stored === true ? (JSON.parse(text) as Mark) : null
  }

  /** Null drops all of the session. */
  async snapshot(asker: Asker, session: SessionId, snapshot: Snapshot | null): Promise<void> {
    const { seq, fold, head, cell } = snapshot ?? {}
    const texts = [head ? JSON.stringify(head) : null, cell ? JSON.stringify(cell) : null]
    const own = [seq ?? null, fold ?? null, head?.refolds ?? 0, ...texts]
    await this.#one(keeping, [...this.#of(asker, session), ...own])
  }

  #now(): number | null {
    return this.#clock ? Math.floor(this.#clock()) : null
  }

  #of(asker: Asker, session: SessionId): readonly Value[] {
    return [toText(asker.tenant), subjectsOf(asker), toText(session), this.#connection.wait]
  }

  async #one(text: string, values: readonly Value[] | ((again: boolean) => readonly Value[])): Promise<unknown> {
    const [row] = await this.#connection.ask(text, values)
    return row?.[0]
  }
}

/** As the literal of an array in which some are missing; the texts are stored ones already. */
function nullable(texts: readonly (string | null)[]): string {
  return `{${texts.map((text) => (text === null ? 'NULL' : `"${text.replace(/["\\]/g, '\\$&')}"`)).join(',')}}`
}

/** Keys of receipts as an array's literal. */
export function keysOf(keys: readonly string[]): string {
  return String(toArray(keys))
}
