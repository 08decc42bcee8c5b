// The lines of an export: their types, their text, and the shape that each must have (docs/reference/export.md).

import { type Check, compile, type Schema } from '../../schema/check.ts'
import type { StoredEntry } from '../../schema/entries.ts'
import type { Hash, Seq, SessionId } from '../../schema/ids.ts'
import type { Ref } from '../../store/store.ts'

export const formatName = 'daybook-export'
export const formatVersion = 1
/** Bytes of a blob in one line: with base64 and the rest the line stays under 256 KiB. */
export const blobPartBytes = 190_080
export const refsPerLine = 256

export interface HeaderLine {
  readonly type: 'header'
  readonly format: string
  readonly version: number
}

/** Begins a block: the entries that one session wrote itself, from `first` to `last`. */
export interface SessionLine {
  readonly type: 'session'
  readonly session: SessionId
  readonly base: { readonly session: SessionId; readonly seq: Seq; readonly hash: Hash } | null
  readonly first: Seq
  readonly last: Seq
  /** Of the entry `last`. */
  readonly hash: Hash
  /** Absent for a whole session. Else the sessions of this file for whose sake its beginning travels along. */
  readonly needed_by?: readonly SessionId[]
  /** Seqs at which later blocks of this file go on from this one. */
  readonly forked_at?: readonly Seq[]
}

export interface RefsLine {
  readonly type: 'refs'
  readonly refs: readonly Ref[]
}

export interface EntryLine {
  readonly type: 'entry'
  readonly seq: Seq
  readonly kind: string
  readonly v: number
  readonly at: number
  readonly actor: string
  readonly run?: string
  readonly cause?: Seq
  /** The stored text itself, since the hash is of this text; null once erased. */
  readonly body: string | null
  readonly data_hash: Hash
  readonly hash: Hash
}

/** A part of a blob; all parts stand together, in order, before the first entry that names it. */
export interface BlobLine {
  readonly type: 'blob'
  readonly hash: Hash
  readonly size: number
  /** From 1. */
  readonly part: number
  readonly parts: number
  readonly data: string
}

export interface EndLine {
  readonly type: 'end'
  readonly sessions: number
  readonly entries: number
  readonly blobs: number
}

export type Line = HeaderLine | SessionLine | RefsLine | EntryLine | BlobLine | EndLine

/** U+2028 and U+2029 are escaped: some readers of lines take them for line ends. */
export function textOf(line: Line): string {
  return JSON.stringify(line).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
}

export function entryLine(entry: StoredEntry): EntryLine {
  const { seq, kind, v, at, actor, run, cause, body, dataHash, hash } = entry
  return {
    type: 'entry',
    seq,
    kind,
    v,
    at,
    actor,
    ...(run === undefined ? undefined : { run }),
    ...(cause === undefined ? undefined : { cause }),
    body,
    data_hash: dataHash,
    hash,
  }
}

const seq: Schema = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER }
const count: Schema = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }
const hash: Schema = { type: 'string', pattern: '^[A-Za-z0-9_-]{43}$' }
const id: Schema = { type: 'string', minLength: 1, maxLength: 128, pattern: '^@?[A-Za-z0-9._:-]+$' }
const label: Schema = { type: 'string', minLength: 1, maxLength: 1024 }

function shape(required: Readonly<Record<string, Schema>>, optional: Readonly<Record<string, Schema>> = {}): Check {
  const properties = { type: {}, ...required, ...optional }
  return compile({ type: 'object', required: Object.keys(required), properties, additionalProperties: false })
}

const base: Schema = {
  type: 'object',
  required: ['session', 'seq', 'hash'],
  properties: { session: id, seq, hash },
  additionalProperties: false,
}
const ref: Schema = {
  type: 'object',
  required: ['type', 'value'],
  properties: { type: label, value: label },
  additionalProperties: false,
}

const shapes: Readonly<Record<Line['type'], Check>> = {
  header: shape({ format: { const: formatName }, version: seq }),
  session: shape(
    { session: id, base: { anyOf: [base, { type: 'null' }] }, first: seq, last: seq, hash },
    { needed_by: { type: 'array', items: id }, forked_at: { type: 'array', items: seq } },
  ),
  refs: shape({ refs: { type: 'array', items: ref, maxItems: 4096 } }),
  entry: shape(
    {
      seq,
      kind: label,
      v: seq,
      at: count,
      actor: label,
      body: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      data_hash: hash,
      hash,
    },
    { run: { type: 'string', minLength: 1, maxLength: 128 }, cause: seq },
  ),
  blob: shape({ hash, size: count, part: seq, parts: seq, data: { type: 'string' } }),
  end: shape({ sessions: count, entries: count, blobs: count }),
}

/** The line, or what is wrong with it. */
export function parseLine(text: string): Line | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'it is not JSON'
  }
  const type = typeof value === 'object' && value !== null ? (value as { type?: unknown }).type : undefined
  if (typeof type !== 'string' || !Object.hasOwn(shapes, type)) return 'it is no line of this format'
  const misfit = shapes[type as Line['type']](value, '')
  return misfit ? `${misfit.field || type} ${misfit.why}` : (value as Line)
}
