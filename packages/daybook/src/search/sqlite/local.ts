// The index as plain calls on one connection: what a thread of its own does, or the caller's thread does itself.

import type { Batch, IndexQuestion, Matches, Position, Witness } from '../contract.ts'
import { ask } from './asking.ts'
import { IndexFile, type IndexFileOptions } from './file.ts'
import { takeIn, takeOut } from './taking.ts'

/** Every call of an index that does its work at once. */
export class LocalIndex {
  readonly #file: IndexFile

  constructor(options: IndexFileOptions) {
    this.#file = new IndexFile(options)
  }

  open(): void {
    this.#file.open()
  }

  close(): void {
    this.#file.close()
  }

  position(): Position {
    return this.#file.guarded(() => this.#position())
  }

  #position(): Position {
    const read = this.#file.meta('position')
    return read === null ? { cursor: null, witnesses: [], at: 0 } : (JSON.parse(read) as Position)
  }

  apply(batch: Batch): boolean {
    return this.#file.guarded(() => this.#apply(batch))
  }

  #apply(batch: Batch): boolean {
    const { from, to, at } = batch
    let removed = false
    const applied = this.#file.gathered(() => {
      const { cursor, witnesses } = this.#position()
      if (cursor !== from) return false
      removed = takeIn(this.#file, batch)
      const kept: readonly Witness[] = batch.witnesses.length > 0 ? batch.witnesses : witnesses
      this.#file.setMeta('position', JSON.stringify({ cursor: to, witnesses: kept, at } satisfies Position))
      return true
    })
    // What was taken out leaves the bytes at once.
    if (!applied || removed || batch.more !== true) this.#file.settle()
    this.#file.wipe(removed)
    return applied
  }

  settle(): void {
    this.#file.guarded(() => this.#file.settle())
  }

  tidy(): boolean {
    return this.#file.guarded(() => {
      const more = takeOut(this.#file)
      this.#file.wipe(more)
      return more
    })
  }

  clear(): void {
    this.#file.guarded(() => this.#file.empty())
  }

  find(question: IndexQuestion): Matches {
    return this.#file.guarded(() => ask(this.#file, question))
  }

  /** Entries behind the one named by `after`, as lines, with where the next page begins. */
  page(after: PageStart | null): Page {
    return this.#file.guarded(() => this.#file.within(() => pageOf(this.#file, after)))
  }
}

export type PageStart = readonly [tenant: string, id: string, seq: number]
export interface Page {
  readonly lines: readonly string[]
  readonly next: PageStart | null
}

const pageSize = 500
const listed = `SELECT tenant, id, seq, place, owner, agent, current_agent, user, branch, repository, top,
    (SELECT json_group_array(subject) FROM (SELECT subject FROM readers WHERE sid = sessions.sid ORDER BY subject)),
    kind, at, weight, body
  FROM sessions JOIN entries USING (sid) JOIN texts USING (no)
  WHERE gone = 0 AND (tenant, id, seq) > (?, ?, ?) ORDER BY tenant, id, seq LIMIT ?`

function pageOf(file: IndexFile, after: PageStart | null): Page {
  const rows = file.sql(listed).all(...(after ?? ['', '', 0]), pageSize) as unknown as (readonly [
    ...PageStart,
    ...unknown[],
  ])[]
  const last = rows.at(-1)
  return {
    lines: rows.map((row) => JSON.stringify(row)),
    next: last && rows.length === pageSize ? [last[0], last[1], last[2]] : null,
  }
}
