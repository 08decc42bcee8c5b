// Gathering: what stands in a transcript behind a place, as appends that are ready for the log. The same in every thread.

import type { NewEntry } from '../schema/entries.ts'
import type { Finding, Redactor } from '../session/redact.ts'
import { Chunk } from './chunk.ts'
import type { Facts, Transcript, Translator } from './contract.ts'
import type { KnownRecords } from './place.ts'

/** One append on its way. It is plain data, so that another thread can give it. */
export interface Gathered {
  /** Without an entry where nothing was new: then only `read` counts. */
  readonly entries: readonly NewEntry<'message' | 'foreign.recorded' | 'transcript.adopted'>[]
  /** The blob that the last entry names. */
  readonly beside?: Uint8Array
  /** What is known of the session so far. */
  readonly facts: Facts
  /** Secrets that were masked in these records. */
  readonly found: readonly Finding[]
  /** How far the transcript was read, and the bytes that were read for it. */
  readonly to: number
  readonly read: number
}

export interface Gathering {
  readonly transcript: Transcript
  readonly translator: Translator
  readonly redactor: Redactor
  readonly from: number
  /** Records that were taken before, where they are read again. */
  readonly known?: KnownRecords | undefined
  readonly signal?: AbortSignal | undefined
}

/** Appends in their order; the last one ends the transcript, and has no entries where it brought nothing. */
export async function* gather(gathering: Gathering): AsyncGenerator<Gathered> {
  const { transcript, translator, redactor, from, known, signal } = gathering
  const passes = known && ((line: string) => known.passes(line))
  const next = (at: number) => new Chunk(transcript, translator, redactor, at)
  let chunk = next(from)
  let read = 0
  // While one is packed, the next one is read.
  let packing: Promise<Gathered> | undefined
  for await (const record of transcript.records(from, signal)) {
    read += transcript.kind === 'lines' ? record.to - chunk.to : (record.text?.length ?? 0)
    chunk.take(record, passes)
    if (!chunk.isFull) continue
    if (packing) yield await packing
    packing = chunk.finish(read, false)
    packing.catch(() => undefined) // awaited before the next one, or below
    read = 0
    chunk = next(chunk.to)
  }
  if (packing) yield await packing
  // Where everything was known already, only the place is new: the next pass then need not look.
  const isMoved = known !== undefined && chunk.to > 0
  if (!chunk.isEmpty || isMoved) yield await chunk.finish(read, true)
  else yield { entries: [], facts: translator.facts, found: [], to: chunk.to, read }
}
