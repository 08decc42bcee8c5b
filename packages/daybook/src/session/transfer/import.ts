// Importing: sessions as an export has them, each verified as a whole before the first of its entries is written.

import type { DataOf } from '../../schema/data.ts'
import type { StoredEntry } from '../../schema/entries.ts'
import { DaybookError } from '../../schema/errors.ts'
import { type Hash, isSystemId, type Seq, type SessionId } from '../../schema/ids.ts'
import type { Ref, Scope, ScopedStore } from '../../store/store.ts'
import { dataOf } from '../decode.ts'
import type { Engine } from '../engine.ts'
import { refoldForks } from '../erasure.ts'
import { ownerOf } from '../opening.ts'
import { BundleCheck, type Problem } from './bundle.ts'
import type { ImportReport } from './contract.ts'
import { type BlobLine, type EntryLine, parseLine, type RefsLine, type SessionLine, textOf } from './format.ts'
import { hashAt, placeOf } from './place.ts'
import { Rechained } from './redacting.ts'
import { Spool } from './spool.ts'
import { SessionWriter } from './write.ts'

export interface ImportOptions {
  /** Masks secrets: the sessions get new chains, owned by the importing scope, that name the old ones. */
  readonly redact?: boolean
}

/**
 * Writes what is not here yet; the same again changes nothing, and an import that was cut off goes on. Fails at the first
 * problem: `invalid` or `too_new` for the lines, `exists` where the id has another history here, `gone`, `forbidden` for
 * sessions of owners that the scope does not act for, `ref_taken`; what was imported before stays, of the session itself
 * nothing was written. An operator's call: it writes what the lines say, kinds of the engine included.
 */
export async function importSessions(
  engine: Engine,
  scope: Scope,
  lines: AsyncIterable<string>,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const importer = new Importer(engine, scope, options.redact === true)
  try {
    let number = 0
    for await (const text of lines) {
      number += 1
      await importer.take(text, number)
    }
    return await importer.finish()
  } finally {
    await importer.dispose()
  }
}

/** A session under way: its lines wait until the last one is known to be right. */
interface Waiting {
  readonly line: SessionLine
  readonly refs: Ref[]
  /** Seq of the session that is here, 0 when there is none; and the hash that the lines have there. */
  readonly here: Seq
  hash: Hash
  owner: string
}

class Importer {
  readonly #engine: Engine
  readonly #scope: Scope
  readonly #whole: ScopedStore
  readonly #redact: boolean
  readonly #check = new BundleCheck((problem) => this.#refuse(problem))
  readonly #spool = new Spool()
  readonly #imported: SessionId[] = []
  readonly #unchanged: SessionId[] = []
  #number = 0
  #waiting: Waiting | null = null
  #entries = 0
  #blobs = 0

  constructor(engine: Engine, scope: Scope, redact: boolean) {
    this.#engine = engine
    this.#scope = scope
    this.#whole = engine.writer.whole(scope.tenant)
    this.#redact = redact
  }

  #refuse({ session, detail, code }: Problem): never {
    throw new DaybookError(code, `line ${this.#number}${session ? `, ${session}` : ''}: ${detail}`)
  }

  async take(text: string, number: number): Promise<void> {
    this.#number = number
    const line = parseLine(text)
    if (typeof line === 'string') this.#refuse({ session: null, detail: line, code: 'invalid' })
    if (line.type === 'header') {
      this.#check.header(line)
      return
    }
    this.#check.place()
    if (line.type === 'session') await this.#begin(line)
    else if (line.type === 'refs') this.#takeRefs(line)
    else if (line.type === 'entry') await this.#takeEntry(line)
    else if (line.type === 'blob') await this.#takeBlob(line)
    else {
      await this.#endSession()
      this.#check.end(line)
    }
  }

  async #begin(line: SessionLine): Promise<void> {
    await this.#endSession()
    this.#check.begin(line)
    const here = (await this.#whole.head(line.session))?.seq ?? 0
    this.#waiting = { line, refs: [], here, hash: line.hash, owner: '' }
  }

  #takeRefs({ refs }: RefsLine): void {
    this.#waiting?.refs.push(...refs)
  }

  async #takeEntry(line: EntryLine): Promise<void> {
    const entry = this.#check.entry(line)
    const waiting = this.#waiting
    if (!entry || !waiting) return
    if (entry.kind === 'session.opened') {
      waiting.owner = (dataOf(entry) as DataOf<'session.opened'>).owner
    }
    if (entry.seq === waiting.here) waiting.hash = entry.hash
    await this.#spool.add(textOf(line))
  }

  /** Unreferenced blobs are swept after a day: what an import that fails leaves behind goes by itself. */
  async #takeBlob(line: BlobLine): Promise<void> {
    const bytes = this.#check.blob(line)
    if (!bytes) return
    if ((await this.#whole.blobs.size(line.hash)) === null) this.#blobs += 1
    await this.#whole.blobs.put(bytes)
  }

  async #endSession(): Promise<void> {
    this.#check.endBlock()
    const waiting = this.#waiting
    if (!waiting) return
    this.#waiting = null
    await this.#write(waiting)
    await this.#spool.clear()
  }

  async #write({ line, refs, hash, owner }: Waiting): Promise<void> {
    const { session } = line
    const arrival = { whole: this.#whole, scope: this.#scope, redact: this.#redact, line, owner, hash }
    const place = await placeOf(arrival)
    if (place.skip) {
      this.#unchanged.push(session)
      return
    }
    const base = line.base && ((await hashAt(this.#whole, line.base.session, line.base.seq)) ?? null)
    if (line.base && (base === null || (!this.#redact && base !== line.base.hash))) {
      throw new DaybookError('conflict', `the ${line.base.session} here is not the one that ${session} goes on from`)
    }
    const own = isSystemId(session) ? owner : ownerOf(this.#scope)
    const chain = this.#redact ? new Rechained(line, base, own, this.#engine.redactor) : null
    const erased = (from: Seq): Promise<void> => refoldForks(this.#engine, this.#whole, session, from)
    const writer = await SessionWriter.begin(this.#whole, line, refs, place.after, erased)
    for await (const text of this.#spool.lines()) {
      const entry = storedOf(JSON.parse(text) as EntryLine)
      const next = chain ? chain.next(entry) : entry
      if (next.seq > place.after) await writer.take(next)
      else if (next.seq === place.after && next.hash !== writer.hash) {
        throw new DaybookError('exists', `${session} is here, masked in another way`, { seq: place.after })
      }
    }
    await writer.end()
    this.#imported.push(session)
    this.#entries += writer.written
  }

  async finish(): Promise<ImportReport> {
    this.#check.endBlock()
    this.#check.finish()
    return { imported: this.#imported, unchanged: this.#unchanged, entries: this.#entries, blobs: this.#blobs }
  }

  async dispose(): Promise<void> {
    await this.#spool.clear()
  }
}

function storedOf(line: EntryLine): StoredEntry {
  const { type: _, data_hash: dataHash, ...rest } = line
  return Object.freeze({ ...rest, kind: rest.kind as StoredEntry['kind'], dataHash })
}
