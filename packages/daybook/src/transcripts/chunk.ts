// Records on their way into the log: gathered into one append, together with the blob beside and how far it reaches.

import { isDaybookError } from '../schema/errors.ts'
import type { Json } from '../schema/json.ts'
import { draft } from '../session/drafts.ts'
import type { Finding, Redactor } from '../session/redact.ts'
import { sha256 } from '../store/hash.ts'
import type { RawRecord, Transcript, Translation, Translator } from './contract.ts'
import type { Gathered } from './gathering.ts'
import { foreign, joinedThought } from './parts.ts'
import { Lines, masked, unpack } from './raw.ts'

/** What one append holds at most; a single record may be larger. */
const mostBytes = 2 * 1024 * 1024
const mostEntries = 480
/** Room for the record that fills a chunk. */
const spareBytes = 64 * 1024

export class Chunk {
  readonly #transcript: Transcript
  readonly #translator: Translator
  readonly #redactor: Redactor
  readonly from: number
  to: number
  readonly #lines: Lines
  #bytes = 0
  #records = 0
  #foreign = 0
  readonly #found: Finding[] = []
  readonly #entries: Translation[] = []

  constructor(transcript: Transcript, translator: Translator, redactor: Redactor, from: number) {
    this.#transcript = transcript
    this.#translator = translator
    this.#redactor = redactor
    this.from = from
    this.to = from
    this.#lines = new Lines(Math.min(mostBytes, Math.max(0, transcript.size - from)) + spareBytes)
  }

  get isFull(): boolean {
    return this.#bytes >= mostBytes || this.#entries.length >= mostEntries
  }

  get isEmpty(): boolean {
    return this.#records === 0
  }

  /** `passes` tells which records are known already. */
  take(record: RawRecord, passes?: (line: string) => boolean): void {
    this.to = record.to
    const safe = masked(record, this.#redactor)
    if (safe === null) {
      this.#records += 1
      this.#tell(record, this.#redactor.text(record.beginning ?? '').text)
      return
    }
    if (passes?.(safe.line)) return
    this.#records += 1
    this.#found.push(...safe.found)
    this.#lines.add(safe.line)
    this.#bytes += safe.line.length
    if (safe.value === undefined) this.#tell(record, safe.line)
    else this.#add(this.#translator.take(safe.value, this.#lines.count - 1))
  }

  #tell({ from, to, why = 'not_json' }: RawRecord, text: string): void {
    this.#add(this.#translator.flush())
    this.#add([foreign(this.#transcript.agent, 'unreadable', { from, to, why, text })])
  }

  #add(entries: readonly Translation[]): void {
    for (const entry of entries) {
      if (entry.kind === 'foreign.recorded') this.#foreign += 1
      const last = this.#entries.at(-1)
      const joined = last && joinedThought(last, entry)
      if (joined) this.#entries[this.#entries.length - 1] = joined
      else this.#entries.push(entry)
    }
  }

  /** What was made of the records, then how far they reach. `isLast`: nothing was behind them. */
  async finish(read: number, isLast: boolean): Promise<Gathered> {
    const { facts } = this.#translator
    this.#add(this.#translator.flush())
    const { agent, name, mark, kind } = this.#transcript
    // What is read as a whole is taken again from the beginning, too. All that the translator tells is asked for at once:
    // it goes on with the next records while these are written.
    const memo = kind === 'whole' ? undefined : this.#translator.memo()
    const text = memo === undefined ? '' : JSON.stringify(memo)
    const [beside, proof] = await Promise.all([
      this.#lines.count === 0 ? undefined : this.#lines.pack(),
      this.#transcript.proof(this.to),
    ])
    const count = this.#found.reduce((sum, one) => sum + one.count, 0)
    const data = {
      source: agent,
      path: name,
      from: this.from,
      to: this.to,
      records: this.#records,
      ...(this.#foreign === 0 ? undefined : { foreign: this.#foreign }),
      ...(count === 0 ? undefined : { masked: count }),
      // Whoever finds this mark again need not look: so it stands in the last append of a pass only.
      mark: isLast ? mark : '',
      ...(kind === 'whole' ? undefined : { proof }),
      ...(text === '' || text.length > longestMemo ? undefined : { memo: JSON.parse(text) as Json }),
      ...(beside === undefined ? undefined : { blob: sha256(beside), encoding: 'zstd' as const }),
    }
    return {
      entries: [...this.#entries, { kind: 'transcript.adopted', data }],
      ...(beside === undefined ? undefined : { beside }),
      ...{ facts, found: this.#found, to: this.to, read },
    }
  }
}

const longestMemo = 32 * 1024

/** In place of entries that the log refuses: the records that they came from, as text. */
export function harmless(agent: string, { entries, beside }: Gathered, redactor: Redactor): Gathered['entries'] {
  const lines = beside === undefined ? [] : unpack(beside)
  return entries.map((entry) => {
    try {
      draft(entry, 'I', redactor)
      return entry
    } catch (error) {
      if (!isDaybookError(error) || entry.kind === 'transcript.adopted') throw error
      const { record } = (entry.data as { metadata?: { record?: number } }).metadata ?? {}
      const text = record === undefined ? JSON.stringify(entry.data) : (lines[record] ?? '')
      return foreign(agent, 'refused', { code: error.code, text })
    }
  })
}
