// Drafts: a caller's entry validated, redacted and turned into the JSON text that will be stored, before any folding.

import { Buffer } from 'node:buffer'
import { type Check, compile } from '../schema/check.ts'
import { dataSchemas } from '../schema/data.generated.ts'
import type { NewEntry } from '../schema/entries.ts'
import { DaybookError } from '../schema/errors.ts'
import type { Actor, Hash, RunId, Seq } from '../schema/ids.ts'
import { limits } from '../schema/json.ts'
import { isKind, type Kind, kinds, mayWrite, type Writer } from '../schema/kinds.ts'
import type { Made } from './assemble.ts'
import { sha256 } from './chain.ts'
import type { Writing } from './contract.ts'
import type { Redactor } from './redact.ts'
import { checkJson, invalid } from './values.ts'

export interface Draft {
  readonly kind: Kind
  readonly v: number
  readonly run: RunId | undefined
  readonly cause: Seq | undefined
  /** Instead of the caller. */
  readonly actor: Actor | undefined
  /** Instead of now. */
  readonly at: number | undefined
  /** Our own copy, for folding. */
  readonly data: unknown
  readonly body: string
  readonly dataHash: Hash
  /** Of the data as it was asked for, before anything was masked. */
  readonly askedHash: Hash
  /** Blobs that the entry names. */
  readonly blobs: readonly Hash[]
}

const checks = new Map<Kind, Check>()

/** Drafts of a caller's entries; fails with `invalid`, `not_allowed_kind` or `too_large`, naming the field. */
export function draftAll(entries: readonly NewEntry[], writer: Writer, redactor: Redactor): readonly Draft[] {
  if (entries.length === 0) throw invalid('entries', 'is empty')
  if (entries.length > limits.appendEntries) {
    throw new DaybookError('too_large', `${entries.length} entries; at most ${limits.appendEntries}`, {
      field: 'entries',
    })
  }
  return entries.map((entry, index) => draft(entry, writer, redactor, entries.length > 1 ? `entries[${index}].` : ''))
}

/** What a caller's `make` gave, as the writer takes it. */
export function madeOf(given: readonly NewEntry[] | Writing, writer: Writer, redactor: Redactor): Made {
  const { entries, ...lease }: Writing = isList(given) ? { entries: given } : given
  return { ...lease, drafts: draftAll(entries, writer, redactor) }
}

/** `Array.isArray` does not know read-only arrays. */
function isList(given: readonly NewEntry[] | Writing): given is readonly NewEntry[] {
  return Array.isArray(given)
}

export function draft(entry: NewEntry, writer: Writer, redactor: Redactor, place = ''): Draft {
  if (typeof entry !== 'object' || entry === null) throw invalid(`${place}entry`, 'is not an object')
  const { kind, data, run, cause, actor, at } = entry
  if (typeof kind !== 'string' || !isKind(kind)) throw invalid(`${place}kind`, `is not a known kind`)
  if (!mayWrite(kind, writer)) {
    throw new DaybookError('not_allowed_kind', `${kind} is written by the engine only`, { field: `${place}kind` })
  }
  checkEnvelope(run, cause, place)
  if (actor !== undefined && writer === 'C') throw invalid(`${place}actor`, 'is not a field that a client writes')
  checkTime(at, writer, place)
  const misfit = checkOf(kind)(data, '')
  if (misfit) throw invalid(place + (misfit.field === '' ? 'data' : `data.${misfit.field}`), misfit.why)
  checkJson(data, `${place}data`)
  const text = JSON.stringify(data)
  const body = redactor.clean(text) ? text : JSON.stringify(masked(kind, redactor.value(data).value))
  checkSize(body, place)
  const dataHash = sha256(body)
  return {
    kind,
    v: kinds[kind].version,
    run,
    cause,
    actor,
    at,
    data: kind === 'message' && body === text ? copyForFold(data) : JSON.parse(body),
    body,
    dataHash,
    askedHash: body === text ? dataHash : sha256(text),
    blobs: blobsIn(kind, data),
  }
}

/** What a step gave cannot be given again once a secret in it was masked. */
function masked(kind: Kind, value: unknown): unknown {
  return kind === 'step.finished' ? { ...(value as object), replayable: false } : value
}

/** The digest of a keyed append, from what was asked for: of one entry its names and hash, of several the hash of those. */
export function digestOf(drafts: readonly Draft[]): string {
  const text = drafts
    .map(({ kind, run, cause, at, askedHash }) => `${kind} ${run ?? ''} ${cause ?? ''} ${at ?? ''}${askedHash}`)
    .join('\n')
  return drafts.length === 1 ? text : sha256(text)
}

const none: readonly Hash[] = Object.freeze([])

/** The check of a kind's data in its present version. */
export function checkOf(kind: Kind): Check {
  let check = checks.get(kind)
  if (!check) {
    check = compile(dataSchemas[kind])
    checks.set(kind, check)
  }
  return check
}

function checkEnvelope(run: unknown, cause: unknown, place: string): void {
  if (run !== undefined && (typeof run !== 'string' || run.length < 1 || run.length > limits.idLength)) {
    throw invalid(`${place}run`, 'is not a run id')
  }
  if (cause !== undefined && (!Number.isSafeInteger(cause) || (cause as number) < 1)) {
    throw invalid(`${place}cause`, 'is not a seq')
  }
}

/** Only what an import brings happened at another time than now. */
function checkTime(at: unknown, writer: Writer, place: string): void {
  if (at === undefined) return
  if (writer !== 'I') throw invalid(`${place}at`, 'is not a field that this caller writes')
  if (!Number.isSafeInteger(at) || (at as number) < 0) throw invalid(`${place}at`, 'is not a time in milliseconds')
}

function checkSize(body: string, place: string): void {
  // A UTF-16 unit takes at most three bytes of UTF-8: short texts need no counting.
  if (body.length * 3 <= limits.entryBytes) return
  const bytes = Buffer.byteLength(body)
  if (bytes > limits.entryBytes) {
    throw new DaybookError('too_large', `data has ${bytes} bytes; at most ${limits.entryBytes}`, {
      field: `${place}data`,
      hint: 'Store the payload as a blob and name its hash in a file part.',
    })
  }
}

/** What the fold reads of a message: copied, since the caller's object may change meanwhile, without parsing the body again. */
function copyForFold(data: unknown): unknown {
  const { role, content, name, usage, cost } = data as { [name: string]: unknown; usage?: object }
  return { role, content, name, cost, usage: usage === undefined ? undefined : { ...usage } }
}

/** Hashes of the blobs that an entry's data names. */
export function blobsIn(kind: Kind, data: unknown): readonly Hash[] {
  if (kind === 'transcript.adopted' || kind === 'process.captured') {
    const { blob } = data as { blob?: Hash }
    return blob === undefined ? none : [blob]
  }
  if (kind !== 'message') return none
  const { parts } = data as { parts?: readonly { type: string; blob?: Hash }[] }
  return parts?.flatMap((part) => (part.type === 'file' && part.blob !== undefined ? part.blob : [])) ?? none
}
