// The client of a daybook server, for browsers and node: typed calls, safe repeats, streams that go on by themselves.

import type { AdoptionShape, NewAdoption } from '../schema/wire-adoptions.ts'
import type { BlobLinesShape, ComparisonShape, OutlineShape, ServerStatusShape } from '../schema/wire-overview.ts'
import type { NewSession } from '../schema/wire-requests.ts'
import type { FindQuery, HitListShape, HitShape } from '../schema/wire-search.ts'
import type { EntryShape, FeedPageShape, SessionListShape, SessionShape } from '../schema/wire-shapes.ts'
import { type FollowOptions, follow } from './follow.ts'
import { type RemoteRuns, remoteRuns } from './runs.ts'
import { type CallOptions, prefix, type RemoteSession, remoteSession, type WriteOptions, written } from './session.ts'
import { openShared, type Shared, type Surroundings } from './shared.ts'
import type { ServerSentEvent } from './sse.ts'
import { openTransport, type Request, type Transport, type TransportOptions } from './transport.ts'

export { DaybookError, isDaybookError } from '../schema/errors.ts'
export { isPictureType, isTextType } from '../schema/media.ts'
export type { Connection, ConnectionState } from './connection.ts'
export type { FollowOptions } from './follow.ts'
export { type AttachFrame, type Attachment, openProcesses, type RemoteProcesses } from './processes.ts'
export type { RemoteRuns, RunFields, RunItem, RunReceiptShape, RunStateShape, WaitOptions } from './runs.ts'
export type {
  CallOptions,
  Delta,
  EntriesRange,
  MarkChange,
  RemoteSession,
  ViewShapes,
  WriteOptions,
} from './session.ts'
export type { Shared, SharedListeners, Surroundings } from './shared.ts'
export type { TransportOptions } from './transport.ts'
export type {
  AdoptionShape,
  BlobLinesShape,
  ComparisonShape,
  EntryShape,
  FeedPageShape,
  FindQuery,
  HitListShape,
  HitShape,
  OutlineShape,
  ServerStatusShape,
  SessionListShape,
  SessionShape,
}
export type FeedItemShape = FeedPageShape['items'][number]

export interface SessionQuery {
  readonly agent_id?: string
  readonly user_id?: string
  readonly team_id?: string
  readonly workflow_id?: string
  readonly branch?: string
  readonly repository?: string
  /** Only direct forks of this session. */
  readonly parent?: string
  readonly status?: SessionShape['status']
  readonly attention?: true
  readonly pinned?: true
  readonly archived?: boolean
  readonly trashed?: boolean
  /** End of an id, at least four characters. */
  readonly tail?: string
  /** Part of name or title. */
  readonly q?: string
  /** At most 1,000; default 50. */
  readonly limit?: number
  readonly cursor?: string
}

export interface Client {
  readonly url: string
  /** Starting, waiting, deciding: everything about work. */
  readonly runs: RemoteRuns
  /**
   * The session that a ref names, in whatever place it is; null for none. Types: `run`, `branch`, `foreign.<agent>`.
   */
  locate(type: string, value: string, options?: CallOptions): Promise<SessionShape | null>
  /** A handle; nothing is asked. */
  session(id: string): RemoteSession
  create(fields?: NewSession, options?: WriteOptions): Promise<SessionShape>
  list(query?: SessionQuery, options?: CallOptions): Promise<SessionListShape>
  /** Every session that fits, page by page, newest activity first. */
  all(query?: SessionQuery, options?: CallOptions): AsyncGenerator<SessionShape>
  /** Entries that fit, best first, with their sessions; `cursor` goes on. */
  find(query: FindQuery, options?: CallOptions): Promise<HitListShape>
  /** Archives what was idle for longer; how many. */
  cleanup(maxAgeHours?: number, options?: WriteOptions): Promise<number>
  feed(cursor?: string | null, limit?: number, options?: CallOptions): Promise<FeedPageShape>
  /** Everything the caller may see, in commit order, from a cursor on (`''`: the beginning); `null` begins now. No gap, no double. */
  followFeed(cursor: string | null, options?: FollowOptions): AsyncGenerator<FeedItemShape>
  /**
   * The feed for a page, live until it is closed: one stream for all tabs of a browser. Where it is not said what is around, that is
   * the browser, and elsewhere nothing: then it is a stream of its own.
   */
  shared(surroundings?: Surroundings): Shared
  /** The key of the user, for the code of a printed address: good once, `unauthenticated` from then on. */
  takeCode(code: string, options?: CallOptions): Promise<{ readonly key: string }>
  /** Version of the server; `unreachable` when none answers. */
  health(options?: CallOptions): Promise<{ readonly status: string; readonly version: string }>
  /** How the server and its store are, in the words of `doctor`; with `check` the store looks at itself too. */
  status(check?: boolean, options?: CallOptions): Promise<ServerStatusShape>
  /** Copies in what other agents left on the server's machine; repeated with the same key it is the same adoption. Takes the key of the user. */
  adopt(fields?: NewAdoption, options?: WriteOptions): Promise<AdoptionShape>
  /** How an adoption stands; `not_found` once its server ended: asked for again with the same key, it goes on. */
  adoption(id: string, options?: CallOptions): Promise<AdoptionShape>
  /** Whether the server can work, and on which store. */
  ready(options?: CallOptions): Promise<ServerReady>
}

export interface ServerReady {
  readonly version: string
  readonly store: { readonly name: string; readonly durable: string; readonly shared: string }
  /** Other servers on the same store. */
  readonly peers: readonly { readonly url: string; readonly version: string }[]
}

/** Nothing is sent until the first call; nothing needs to be closed. */
export function openClient(options: TransportOptions): Client {
  const transport = openTransport(options)
  const list = (query: SessionQuery = {}, { signal }: CallOptions = {}): Promise<SessionListShape> =>
    transport.json({ path: `${prefix}/sessions`, query: { ...query }, signal })
  return {
    url: transport.url,
    runs: remoteRuns(transport),
    session: (id) => remoteSession(transport, id),
    create: (fields = {}, given = {}) =>
      transport.json({ ...written(given), method: 'POST', path: `${prefix}/sessions`, body: fields }),
    list,
    async locate(type, value, { signal } = {}) {
      const query = { ref: `${type}:${value}` }
      const found: SessionListShape = await transport.json({ path: `${prefix}/sessions`, query, signal })
      return found.sessions[0] ?? null
    },
    async *all(query = {}, given) {
      let cursor = query.cursor
      do {
        const page: SessionListShape = await list(cursor === undefined ? query : { ...query, cursor }, given)
        yield* page.sessions
        cursor = page.cursor ?? undefined
      } while (cursor !== undefined)
    },
    find: (query, { signal } = {}) =>
      transport.json({ path: `${prefix}/search`, query: { ...query, kind: query.kind?.join(',') }, signal }),
    async cleanup(hours, given = {}) {
      const body = hours === undefined ? {} : { max_age_hours: hours }
      const path = `${prefix}/sessions/cleanup`
      const answer = await transport.json<{ deleted_count: number }>({ ...written(given), method: 'POST', path, body })
      return answer.deleted_count
    },
    feed: (cursor, limit, { signal } = {}) =>
      transport.json({ path: `${prefix}/feed`, query: { cursor: cursor || undefined, limit }, signal }),
    followFeed: (cursor, given = {}) => followFeed(transport, cursor, given),
    shared: (surroundings = inBrowser()) => openShared(transport, surroundings),
    takeCode: (code, given = {}) =>
      transport.json({ ...written(given), method: 'POST', path: `${prefix}/key`, body: { code } }),
    health: ({ signal } = {}) => transport.json({ path: '/health', signal }),
    status: (check, { signal } = {}) => transport.json({ path: `${prefix}/status`, query: { check }, signal }),
    adopt: (fields = {}, given = {}) =>
      transport.json({ ...written(given), method: 'POST', path: `${prefix}/adoptions`, body: fields }),
    adoption: (id, { signal } = {}) => transport.json({ path: `${prefix}/adoptions/${id}`, signal }),
    ready: ({ signal } = {}) => transport.json({ path: '/ready', signal }),
  }
}

/** `now` is asked for once, before the stream: a stream that breaks before its first item goes on from there too. */
async function* followFeed(
  transport: Transport,
  from: string | null,
  options: FollowOptions,
): AsyncGenerator<FeedItemShape> {
  const path = `${prefix}/feed`
  const { signal } = options
  let last = from
  try {
    last ??= (await transport.json<FeedPageShape>({ path, query: { cursor: 'now', limit: 1 }, signal })).cursor
  } catch (error) {
    if (signal?.aborted) return
    throw error
  }
  yield* follow(transport, { request, take }, options)

  function request(): Request {
    return { path, query: { cursor: last || undefined }, headers: { accept: 'text/event-stream' } }
  }

  function take(event: ServerSentEvent): FeedItemShape | null {
    if (!event.numbered || event.id === undefined || event.id === last) return null
    last = event.id
    return event.data === '' ? null : (JSON.parse(event.data) as FeedItemShape)
  }
}

/** What a browser offers; the types of a browser are not those of this package. */
function inBrowser(): Surroundings {
  const page = globalThis as unknown as EventTarget & {
    readonly document?: object
    readonly navigator?: { readonly locks?: Surroundings['locks']; readonly onLine?: boolean }
    readonly BroadcastChannel?: new (name: string) => ReturnType<NonNullable<Surroundings['channel']>>
  }
  const { document, navigator, BroadcastChannel } = page
  if (!document) return {}
  return {
    locks: navigator?.locks ?? null,
    channel: BroadcastChannel ? (name) => new BroadcastChannel(name) : null,
    online: () => navigator?.onLine !== false,
    // `visibilitychange` bubbles up to the window.
    page,
  }
}
