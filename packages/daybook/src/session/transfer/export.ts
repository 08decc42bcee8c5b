// Exporting: sessions as lines of the open format, page by page, up to the seq that each had when its turn came.

import { Buffer } from 'node:buffer'
import type { StoredEntry } from '../../schema/entries.ts'
import { DaybookError } from '../../schema/errors.ts'
import type { Hash, Seq, SessionId } from '../../schema/ids.ts'
import type { ScopedStore } from '../../store/store.ts'
import type { ScopedSessions } from '../contract.ts'
import { dataOf } from '../decode.ts'
import { blobsIn } from '../drafts.ts'
import { entriesOf } from '../pages.ts'
import { segmentsOf } from '../segments.ts'
import type { Bundle } from './contract.ts'
import { blobPartBytes, entryLine, formatName, formatVersion, refsPerLine, type SessionLine, textOf } from './format.ts'
import { type Beginning, planExport } from './plan.ts'

/**
 * Lines without line ends. Named sessions must be there (`not_found`, `gone`); without names all that the scope sees but
 * system sessions and the trash. A session that is deleted midway ends the export with `gone`: a file without its last
 * line is not whole. Memory grows with the number of sessions and blobs, not with their length.
 */
export async function* exportSessions(
  sessions: ScopedSessions,
  store: ScopedStore,
  ids?: readonly SessionId[],
): Bundle {
  yield textOf({ type: 'header', format: formatName, version: formatVersion })
  const { blocks, forkedAt } = await planExport(sessions, store, ids)
  const exporter = new Exporter(store)
  for (const block of blocks) {
    const session = typeof block === 'string' ? block : block.session
    const points = [...(forkedAt.get(session) ?? [])].sort((a, b) => a - b)
    yield* typeof block === 'string'
      ? exporter.whole(block, points, ids !== undefined)
      : exporter.beginning(block, points)
  }
  yield textOf({ type: 'end', ...exporter.counts })
}

interface Part {
  readonly line: SessionLine
  /** The session through which the entries are read. */
  readonly through: SessionId
}

class Exporter {
  readonly #store: ScopedStore
  readonly #blobs = new Set<Hash>()
  #sessions = 0
  #entries = 0

  constructor(store: ScopedStore) {
    this.#store = store
  }

  get counts(): { sessions: number; entries: number; blobs: number } {
    return { sessions: this.#sessions, entries: this.#entries, blobs: this.#blobs.size }
  }

  async *whole(session: SessionId, points: readonly Seq[], asked: boolean): AsyncGenerator<string> {
    const head = await this.#store.head(session)
    if (!head || head.place === 'deleted') {
      // Deleted between the plan and its turn: no harm where nobody named it, or went on from it.
      if (!asked && points.length === 0) return
      throw new DaybookError('gone', `${session} was deleted`)
    }
    const own = (await segmentsOf(this.#store, session, head.seq)).at(-1)
    if (!own) throw new DaybookError('damaged', `${session} has no opening`, { seq: 1 })
    const { base, after } = own
    const line: SessionLine = { type: 'session', session, base, first: after + 1, last: head.seq, hash: head.hash }
    yield textOf(points.length > 0 ? { ...line, forked_at: points } : line)
    const refs = await this.#store.refs(session)
    for (let index = 0; index < refs.length; index += refsPerLine) {
      yield textOf({ type: 'refs', refs: refs.slice(index, index + refsPerLine) })
    }
    yield* this.#own({ line, through: session })
  }

  /** What a fork inherited, read through the fork: its base may be deleted, or belong to somebody else. */
  async *beginning({ session, until, through, neededBy }: Beginning, points: readonly Seq[]): AsyncGenerator<string> {
    const own = (await segmentsOf(this.#store, through, until)).at(-1)
    const [last] = await this.#store.read(through, { after: until - 1, until })
    if (!last || !own) throw new DaybookError('gone', `${through} was deleted`)
    const first = own.after + 1
    const line: SessionLine = { type: 'session', session, base: own.base, first, last: until, hash: last.hash }
    yield textOf({ ...line, needed_by: neededBy, forked_at: points })
    yield* this.#own({ line, through })
  }

  async *#own({ line, through }: Part): AsyncGenerator<string> {
    let expected = line.first
    for await (const entry of entriesOf(this.#store, through, { after: line.first - 1, until: line.last })) {
      if (entry.seq !== expected) break
      for (const hash of entry.body === null ? [] : blobsIn(entry.kind, dataOf(entry))) yield* this.#blob(hash, entry)
      yield textOf(entryLine(entry))
      expected += 1
    }
    if (expected <= line.last) await this.#cutShort(through, expected)
    this.#entries += line.last - line.first + 1
    this.#sessions += 1
  }

  async #cutShort(session: SessionId, seq: Seq): Promise<never> {
    const head = await this.#store.head(session)
    if (!head || head.place === 'deleted') throw new DaybookError('gone', `${session} was deleted`)
    throw new DaybookError('damaged', `${session} has no entry ${seq}`, { seq })
  }

  async *#blob(hash: Hash, { seq }: StoredEntry): AsyncGenerator<string> {
    if (this.#blobs.has(hash)) return
    const size = await this.#store.blobs.size(hash)
    if (size === null) throw new DaybookError('damaged', `the blob ${hash} of entry ${seq} is not there`, { seq })
    const parts = Math.max(1, Math.ceil(size / blobPartBytes))
    for (let part = 1; part <= parts; part += 1) {
      const start = (part - 1) * blobPartBytes
      const bytes = await this.#store.blobs.get(hash, { start, end: Math.min(size, start + blobPartBytes) })
      if (!bytes) throw new DaybookError('damaged', `the blob ${hash} of entry ${seq} is not there`, { seq })
      yield textOf({ type: 'blob', hash, size, part, parts, data: Buffer.from(bytes).toString('base64') })
    }
    this.#blobs.add(hash)
  }
}
