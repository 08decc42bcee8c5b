// One session of a server: every call that the HTTP interface has for it, typed.

import { isDaybookError } from '../schema/errors.ts'
import type { ContextQuery, ContextShape } from '../schema/wire-context.ts'
import type { BlobLinesShape, ComparisonShape, OutlineShape } from '../schema/wire-overview.ts'
import type { NewEntryShape, NewMarks, NewMessage, SessionPatch, SessionReplacement } from '../schema/wire-requests.ts'
import type {
  EntryListShape,
  EntryShape,
  MarkShape,
  ReceiptShape,
  SessionShape,
  SummaryShape,
} from '../schema/wire-shapes.ts'
import type {
  AgentsShape,
  FilesShape,
  HistoryShape,
  MetricsShape,
  NotesShape,
  ProcessesShape,
} from '../schema/wire-views.ts'
import { type FollowOptions, follow } from './follow.ts'
import type { ServerSentEvent } from './sse.ts'
import type { Request, Transport } from './transport.ts'

export interface CallOptions {
  readonly signal?: AbortSignal
}

export interface WriteOptions extends CallOptions {
  /** The same key again gives the same receipt; made up when absent, so that repeats after a lost answer are safe. */
  readonly key?: string
  /** The exact seq before this write; `conflict` otherwise. */
  readonly expect?: number
}

export interface EntriesRange {
  readonly after?: number
  readonly until?: number
  readonly limit?: number
  readonly order?: 'asc' | 'desc'
  readonly kind?: readonly string[]
}

export interface OutlineRange {
  readonly until?: number
  readonly before?: number
  /** Default 200; at most 1,000. */
  readonly limit?: number
  readonly type?: readonly OutlineShape['items'][number]['type'][]
}

export interface ViewShapes {
  readonly history: HistoryShape
  readonly agents: AgentsShape
  readonly runs: { readonly session_id: string; readonly runs: NonNullable<SessionShape['runs']> }
  readonly files: FilesShape
  readonly processes: ProcessesShape
  readonly notes: NotesShape
  readonly metrics: MetricsShape
}

/** Unfinished output on its way; without a number, never stored. */
export interface Delta {
  readonly delta: unknown
}

export interface RemoteSession {
  readonly id: string
  /** `until`: as it was at that entry, without its open objects. */
  get(options?: CallOptions & { until?: number }): Promise<SessionShape>
  update(patch: Omit<SessionPatch, 'expect'>, options?: WriteOptions): Promise<SessionShape>
  replace(fields: Omit<SessionReplacement, 'expect'>, options?: WriteOptions): Promise<SessionShape>
  entries(range?: EntriesRange, options?: CallOptions): Promise<EntryListShape>
  /** A window of entries around one. */
  around(seq: number, limit?: number, options?: CallOptions): Promise<EntryListShape>
  /** All entries of a range, page by page. */
  stream(range?: EntriesRange, options?: CallOptions): AsyncGenerator<EntryShape>
  append(entries: NewEntryShape | readonly NewEntryShape[], options?: WriteOptions): Promise<ReceiptShape>
  /** Opens the session when its id is not known yet. */
  message(message: Omit<NewMessage, 'expect'>, options?: WriteOptions): Promise<EntryShape>
  /** `until`: as it was at that entry. `limit`: the last messages of the history only. */
  view<N extends keyof ViewShapes>(
    name: N,
    options?: CallOptions & { until?: number; limit?: number },
  ): Promise<ViewShapes[N]>
  /**
   * Catch-up behind `after`, then live, over lost connections: no gap, no double. `invalid` with the true seq, also after a
   * lost connection, when the session has not reached what was read before: its store was restored from an older backup.
   */
  follow(after: number, options?: FollowOptions & { kind?: readonly string[] }): AsyncGenerator<EntryShape>
  /** As `follow`, with unfinished output between the entries. */
  followDeltas(after: number, options?: FollowOptions): AsyncGenerator<EntryShape | Delta>
  fork(options?: WriteOptions & { at?: number; id?: string; name?: string }): Promise<SessionShape>
  rewind(to: number, options?: WriteOptions): Promise<SessionShape>
  archive(options?: WriteOptions): Promise<SessionShape>
  trash(options?: WriteOptions): Promise<SessionShape>
  restore(options?: WriteOptions): Promise<SessionShape>
  /** Into the trash; with `now` it is forgotten at once. */
  delete(options?: WriteOptions & { now?: boolean }): Promise<void>
  handoff(to: string, reason?: string, options?: WriteOptions): Promise<EntryShape>
  /** Where turns begin, what failed, was edited, summed up: newest first, page by page with `before`. */
  outline(query?: OutlineRange, options?: CallOptions): Promise<OutlineShape>
  /** This session and a fork of it, or another fork of its base, from the last entry that both have. */
  compare(other: string, options?: CallOptions): Promise<ComparisonShape>
  /** Keeps bytes for an entry or a draft to name; up to 8 MiB. */
  putBlob(
    bytes: Blob | Uint8Array<ArrayBuffer>,
    options?: CallOptions & { key?: string },
  ): Promise<{ blob: string; size: number }>
  /** Bytes of a blob; `end` is behind the last. */
  blob(hash: string, range?: { start: number; end: number }, options?: CallOptions): Promise<Uint8Array>
  /** Lines of a long text, counted from 1, at most 1,000; and how many there are. */
  blobLines(hash: string, from: number, to: number, options?: CallOptions): Promise<BlobLinesShape>
  marks(options?: CallOptions): Promise<MarkShape>
  /** Replaces the caller's marks where `version` is still the present one; `conflict` with that as `seq`. What is left out is unset. */
  setMarks(marks: NewMarks, options?: CallOptions & { key?: string }): Promise<MarkShape>
  /**
   * Reads the marks and replaces them by what `change` gives (what it leaves out is kept); again where another tab or device was
   * quicker.
   */
  changeMarks(change: (now: MarkShape) => MarkChange, options?: CallOptions): Promise<MarkShape>
  /** Tells those who watch that somebody looks at an entry, or with null away. To be said again every 10 s. */
  look(client: string, seq: number | null, name?: string, options?: CallOptions): Promise<void>
  /** What the next call of an agent would send to its model, and why; default: the current agent with its own model, now. */
  context(options?: CallOptions & ContextQuery): Promise<ContextShape>
  /** The latest summary; null when there is none. */
  summary(options?: CallOptions): Promise<SummaryShape | null>
  /** The given text, what a model of the form `provider/model` makes of the log, or a plain one made without a model. */
  summarise(text?: string | { readonly model: string }, options?: WriteOptions): Promise<SummaryShape>
}

/** Null unsets. */
export interface MarkChange {
  readonly seen?: number | null
  readonly draft?: string | null
  readonly attachments?: MarkShape['attachments']
  readonly pinned?: boolean
}

export function remoteSession(transport: Transport, id: string): RemoteSession {
  const path = `${prefix}/sessions/${encodeURIComponent(id)}`
  const read = <T>(part: string, options: CallOptions = {}, query?: Request['query']): Promise<T> =>
    transport.json({ path: `${path}${part}`, query, signal: options.signal })
  const write = <T>(method: string, part: string, body: object, options: WriteOptions = {}): Promise<T> =>
    transport.json({ ...written(options), method, path: `${path}${part}`, body: expecting(body, options) })
  const entries = (range: EntriesRange = {}, options: CallOptions = {}): Promise<EntryListShape> =>
    read('/entries', options, { ...range, kind: range.kind?.join(',') })

  return {
    id,
    get: (options) => read('', options, { until: options?.until }),
    update: (patch, options) => write('PATCH', '', patch, options),
    replace: (fields, options) => write('PUT', '', fields, options),
    entries,
    around: (seq, limit, options) => read('/entries', options, { around: seq, limit }),
    stream: (range, options) => pages(entries, range, options),
    append: (given, options) => write('POST', '/entries', { entries: Array.isArray(given) ? given : [given] }, options),
    message: (message, options) => write('POST', '/messages', message, options),
    view: (name, options) => read(`/${name}`, options, { until: options?.until, limit: options?.limit }),
    follow: (after, options = {}) =>
      follow(transport, entryStream<EntryShape>(path, after, { kind: options.kind?.join(',') }), options),
    followDeltas: (after, options = {}) =>
      follow(transport, entryStream<EntryShape | Delta>(path, after, { deltas: true }), options),
    fork: ({ at, id: session_id, name, ...options } = {}) =>
      transport.json({ ...written(options), method: 'POST', path: `${path}/fork`, body: { at, session_id, name } }),
    rewind: (to, options) => write('POST', '/rewind', { to }, options),
    archive: (options) => write('POST', '/archive', {}, options),
    trash: (options) => write('POST', '/trash', {}, options),
    restore: (options) => write('POST', '/restore', {}, options),
    async delete({ now, ...options } = {}) {
      await transport.json({ ...written(options), method: 'DELETE', path, query: { now } })
    },
    handoff: (to, reason, options) => write('POST', '/handoff', { to, reason }, options),
    outline: ({ type, ...query } = {}, options) => read('/outline', options, { ...query, type: type?.join(',') }),
    compare: (other, options) => read(`/compare/${encodeURIComponent(other)}`, options),
    ...blobCalls(transport, path),
    marks: (options) => read('/marks', options),
    setMarks: (marks, options) => write('PUT', '/marks', marks, options),
    changeMarks: (change, options) => changeMarks({ read, write }, change, options),
    async look(client, seq, name, options) {
      const body = { client, seq, name }
      await transport.json({ method: 'PUT', path: `${path}/presence`, body, signal: options?.signal })
    },
    context: ({ signal, ...query } = {}) => read('/context', signal ? { signal } : {}, query),
    async summary(options) {
      const session = await read<SessionShape>('', options, { include: 'summary' })
      return session.summary ?? null
    },
    summarise: (given, options) =>
      write('POST', '/summary', typeof given === 'object' ? given : { text: given }, options),
  }
}

function blobCalls(transport: Transport, path: string): Pick<RemoteSession, 'putBlob' | 'blob' | 'blobLines'> {
  return {
    putBlob: (bytes, options = {}) =>
      transport.json({
        ...written(options),
        method: 'POST',
        path: `${path}/blobs`,
        bytes,
        type: 'application/octet-stream',
      }),
    async blob(hash, range, options) {
      const headers = range ? { range: `bytes=${range.start}-${range.end - 1}` } : {}
      const asked = { path: `${path}/blobs/${hash}`, headers: { ...headers, accept: '*/*' }, signal: options?.signal }
      return new Uint8Array(await (await transport.send(asked)).arrayBuffer())
    },
    blobLines: (hash, from, to, { signal } = {}) =>
      transport.json({ path: `${path}/blobs/${hash}`, query: { lines: `${from}-${to}` }, signal }),
  }
}

interface MarkCalls {
  read(part: string, options?: CallOptions): Promise<MarkShape>
  write(method: string, part: string, body: object, options?: WriteOptions): Promise<MarkShape>
}

/** Every conflict means that somebody else's change was stored: no limit is needed. */
async function changeMarks(
  { read, write }: MarkCalls,
  change: (now: MarkShape) => MarkChange,
  options?: CallOptions,
): Promise<MarkShape> {
  for (;;) {
    const now = await read('/marks', options)
    const { seen, draft, attachments, pinned } = { ...now, ...change(now) }
    const marks = { version: now.version, seen: seen ?? undefined, draft: draft ?? undefined, attachments, pinned }
    try {
      return await write('PUT', '/marks', marks, options)
    } catch (error) {
      if (!isDaybookError(error) || error.code !== 'conflict') throw error
    }
  }
}

export const prefix = '/api/v1'

/** What a request that writes carries: its key and its signal. */
export function written(options: WriteOptions): Pick<Request, 'key' | 'signal'> {
  return { key: options.key ?? newKey(), signal: options.signal }
}

function expecting(body: object, { expect }: WriteOptions): object {
  return expect === undefined ? body : { ...body, expect }
}

/** 128 random bits. Not `randomUUID`, which browsers offer on secure pages only. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

async function* pages(
  read: RemoteSession['entries'],
  range: EntriesRange = {},
  options?: CallOptions,
): AsyncGenerator<EntryShape> {
  let left = range.limit ?? Number.POSITIVE_INFINITY
  let part: EntriesRange = range
  while (left > 0) {
    const page = await read({ ...part, limit: Math.min(left, 1000) }, options)
    yield* page.entries
    left -= page.entries.length
    if (page.cursor === null) return
    part = range.order === 'desc' ? { ...range, until: page.cursor } : { ...range, after: page.cursor }
  }
}

function entryStream<T>(path: string, after: number, query: NonNullable<Request['query']>) {
  let last = after
  return {
    request: (): Request => ({
      path: `${path}/entries`,
      query: { ...query, after: last },
      headers: { accept: 'text/event-stream' },
    }),
    take(event: ServerSentEvent): T | null {
      if (!event.numbered) return event.name === 'delta' ? ({ delta: JSON.parse(event.data) } as T) : null
      const seq = Number(event.id)
      if (!(seq > last)) return null
      last = seq
      return event.data === '' ? null : (JSON.parse(event.data) as T)
    },
  }
}
