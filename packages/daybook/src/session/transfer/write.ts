// Writing a verified session into the store: entry for entry as they come, folded on the way, in appends of limited size.

import type { StoredEntry } from '../../schema/entries.ts'
import { DaybookError } from '../../schema/errors.ts'
import { foldVersion } from '../../schema/heads.ts'
import type { Hash, Seq } from '../../schema/ids.ts'
import { limits } from '../../schema/json.ts'
import type { Append, Ref, ScopedStore } from '../../store/store.ts'
import { checkCell } from '../assemble.ts'
import { genesis } from '../chain.ts'
import { dataOf } from '../decode.ts'
import { blobsIn } from '../drafts.ts'
import { type Folded, fold, unopened } from '../fold.ts'
import { loadSession } from '../loading.ts'
import { foldAt, goingOn } from '../refold.ts'
import type { SessionLine } from './format.ts'

/** Most entries between a snapshot and the end of the append that would be one too far. */
const snapshotAfter = limits.snapshotEntries - limits.commitEntries

export class SessionWriter {
  readonly #store: ScopedStore
  readonly #line: SessionLine
  readonly #refs: readonly Ref[]
  /** Folds again what was forked from the session, where an erasure came with the import. */
  readonly #erased: (from: Seq) => Promise<void>
  #state: Folded
  #stored: Folded
  #batch: StoredEntry[] = []
  #bytes = 0
  #opened: boolean
  #snapshot: Seq
  #emptied: Seq | null = null
  written = 0

  private constructor(
    store: ScopedStore,
    line: SessionLine,
    refs: readonly Ref[],
    start: Folded,
    opened: boolean,
    erased: (from: Seq) => Promise<void>,
  ) {
    this.#store = store
    this.#line = line
    this.#refs = refs
    this.#erased = erased
    this.#state = start
    this.#stored = start
    this.#opened = opened
    this.#snapshot = start.head.seq
  }

  /** `after` is the seq up to which the session is here; 0 opens it, on the fold of its base. */
  static async begin(
    store: ScopedStore,
    line: SessionLine,
    refs: readonly Ref[],
    after: Seq,
    erased: (from: Seq) => Promise<void>,
  ): Promise<SessionWriter> {
    const { session, base } = line
    let start: Folded = unopened(session)
    if (after > 0) {
      const { state } = await loadSession(store, session)
      if (state?.head.seq !== after) throw new DaybookError('conflict', `${session} was written to meanwhile`)
      start = state
    } else if (base) {
      const { head, cell } = await foldAt(store, base.session, base.seq)
      start = { head: { ...head, session }, cell }
    }
    return new SessionWriter(store, line, refs, start, after > 0, erased)
  }

  async take(entry: StoredEntry): Promise<void> {
    const { kind, body } = entry
    // A rewind and an erasure read what is before them from the store; a session may leave the trash in one append only.
    const alone = kind === 'session.rewound' || kind === 'entry.erased' || kind === 'session.trashed'
    const full = this.#batch.length >= limits.commitEntries || this.#bytes + (body?.length ?? 0) > limits.commitBytes
    if (alone || full) await this.#flush()
    const data = dataOf(entry)
    if (kind === 'entry.erased' && data !== null) {
      await this.#erase(entry, data as { seqs: readonly Seq[] })
      return
    }
    const to = kind === 'session.rewound' && data !== null ? (data as { to: Seq }).to : null
    const rewoundTo = to === null ? undefined : await foldAt(this.#store, this.#line.session, to)
    this.#add(entry, data, rewoundTo)
  }

  #add(entry: StoredEntry, data: unknown, rewoundTo?: Folded): void {
    const before = this.#state.cell
    this.#state = fold(this.#state, entry, data, rewoundTo ? { rewoundTo } : {})
    if (this.#state.cell !== before) checkCell(before, this.#state.cell)
    this.#batch.push(entry)
    this.#bytes += entry.body?.length ?? 0
  }

  /** What the log says was erased is emptied here too, where an older export had brought it. */
  async #erase(entry: StoredEntry, data: { seqs: readonly Seq[] }): Promise<void> {
    const { session } = this.#line
    const { seq } = this.#state.head
    if (await this.#anyLeft(data.seqs)) {
      const without = await foldAt(this.#store, session, seq, { without: new Set(data.seqs) })
      this.#state = goingOn(without, this.#state.head)
    }
    this.#add(entry, data)
    const { head } = this.#state
    this.#state = { ...this.#state, head: { ...head, refolds: (head.refolds ?? 0) + 1 } }
    const first = Math.min(...data.seqs)
    this.#emptied = Math.min(this.#emptied ?? first, first)
    await this.#flush(data.seqs)
    this.#snapshot = Math.min(this.#snapshot, first - 1)
    await this.#erased(first)
  }

  async #anyLeft(seqs: readonly Seq[]): Promise<boolean> {
    for (const seq of seqs) {
      const [entry] = await this.#store.read(this.#line.session, { after: seq - 1, until: seq })
      if (entry && entry.body !== null) return true
    }
    return false
  }

  async #flush(erase?: readonly Seq[]): Promise<void> {
    const entries = this.#batch
    if (entries.length === 0) return
    const [outcome] = await this.#store.append([this.#append(entries, erase)])
    if (!outcome?.ok) {
      const code = outcome?.code ?? 'internal'
      throw new DaybookError(code, `${this.#line.session} was refused by the store: ${code}`, {
        seq: outcome?.seq ?? 0,
      })
    }
    this.written += entries.length
    this.#opened = true
    this.#stored = this.#state
    this.#batch = []
    this.#bytes = 0
    const { seq } = this.#state.head
    if (seq - this.#snapshot > snapshotAfter) {
      this.#snapshot = seq
      await this.#store.snapshots.put(this.#line.session, { seq, fold: foldVersion, ...this.#state })
    }
  }

  #append(entries: readonly StoredEntry[], erase: readonly Seq[] | undefined): Append {
    const { session, base } = this.#line
    const { head, cell } = this.#state
    const opens = !this.#opened
    const blobs = entries.flatMap((entry) => (entry.body === null ? [] : blobsIn(entry.kind, dataOf(entry))))
    return {
      session,
      expect: opens ? 0 : this.#stored.head.seq,
      prev: opens && !base ? genesis(session) : this.#stored.head.hash,
      entries,
      head: Object.freeze({ ...head }),
      ...(opens || cell !== this.#stored.cell ? { cell } : undefined),
      ...(opens && base ? { base: { session: base.session, seq: base.seq } } : undefined),
      ...(this.written === 0 && this.#refs.length > 0 ? { refs: this.#refs } : undefined),
      ...(blobs.length > 0 ? { blobs } : undefined),
      ...(erase ? { erase } : undefined),
    }
  }

  /** Writes what is left. Snapshots that an erasure dropped are made again, so that folding again stays short. */
  async end(): Promise<void> {
    await this.#flush()
    if (this.#emptied === null) return
    const { session, base } = this.#line
    const last = this.#state.head.seq
    const before = await this.#store.snapshots.latest(session, this.#emptied, foldVersion)
    for (let at = before?.seq ?? base?.seq ?? 0; at + limits.snapshotEntries < last; ) {
      at += limits.snapshotEntries
      const state = goingOn(await foldAt(this.#store, session, at), this.#state.head)
      await this.#store.snapshots.put(session, { seq: at, fold: foldVersion, ...state })
    }
  }

  /** The hash of the last entry that was taken. */
  get hash(): Hash {
    return this.#state.head.hash
  }
}
