// The HTTP server: one fastify instance over one engine, from the first byte of a request to a problem document.

import { randomUUID } from 'node:crypto'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Models } from '../model/contract.ts'
import { DaybookError } from '../schema/errors.ts'
import { longestWait } from '../schema/wire-run-requests.ts'
import type { Search } from '../search/search.ts'
import type { Caller, Sessions } from '../session/contract.ts'
import type { StoreFact } from '../store/facts.ts'
import type { Peer } from '../store/peers.ts'
import type { Scope } from '../store/store.ts'
import type { Adoptions } from '../transcripts/adoptions.ts'
import type { Around } from '../transcripts/around.ts'
import type { Ahead } from '../work/agents/ahead.ts'
import type { Budgets } from '../work/budgets/contract.ts'
import type { Work, WorkCaller } from '../work/contract.ts'
import type { TeamDefinitions } from '../work/teams/contract.ts'
import { answerProblems, bareApp, guard, watchRoutes } from './app.ts'
import { BlobLines } from './blob-lines.ts'
import { readBodies } from './body.ts'
import { Codes } from './codes.ts'
import type { Context, DrivenBy } from './context.ts'
import { isLoopback, openGate } from './hosts.ts'
import { type Meters, openMeters } from './meters.ts'
import { openApi } from './openapi.ts'
import { openPage, servePage } from './page-files.ts'
import { addPlugins } from './plugins.ts'
import { openRate } from './rate.ts'
import { register } from './register.ts'
import { routes } from './routes/all.ts'
import { serveBundle } from './routes/docs.ts'
import { Broadcast } from './stream/broadcast.ts'

export interface ServerSettings {
  readonly sessions: Sessions
  /** The run engine over the same sessions; it stays open for its owner. */
  readonly work: Work
  /** What calls of models would send, and summaries by models; default: no model is configured. */
  readonly ahead?: Ahead | null
  /** Finding over the same sessions; it stays open for its owner. */
  readonly search: Search
  /** What other agents left on this machine, for the first page; default: nothing. */
  readonly around?: () => Promise<Around>
  /** Copies it in when the owner of this machine asks for it; it stays open for its own owner. Default: nobody's home is read. */
  readonly adoptions?: Adoptions
  /** What the server of the store says about itself, for the state of this one; default: nothing. */
  readonly facts?: () => Promise<readonly StoreFact[]>
  /** Other servers on the same store; default: none. */
  readonly peers?: () => readonly Peer[]
  /** Whom all callers are, until the server knows them apart. */
  readonly scope: Scope
  readonly caller?: Caller
  readonly version: string
  /** Folder of the built page; where it holds none, or by default, a small page without script is served. */
  readonly page?: string
  /** Programs of this machine, and what `Authorization: Bearer` shows by whom they may be driven. Default: none are. */
  readonly programs?: DrivenBy
  /** What agents ask; default: nothing. */
  readonly models?: Models
  /** What is spent by whom; default: nobody spends. */
  readonly budgets?: Budgets | null
  /** Teams among the agents; default: none. */
  readonly teams?: TeamDefinitions | null
  /** Default `/api/v1`. */
  readonly prefix?: string
  /** Names beside those of this machine under which the server may be called. */
  readonly hosts?: readonly string[]
  /** Origins of web pages that may read and write; none by default. */
  readonly origins?: readonly string[]
  /** Writes a second that one address may make; bursts take twice as many. No limit by default. */
  readonly rate?: number
  /** Milliseconds that only ever rise, for the rate; default `performance.now`. */
  readonly clock?: () => number
  /** Lines of JSON go to this logger, without addresses' queries, bodies or credentials. None by default. */
  readonly logger?: FastifyBaseLogger
  /** Milliseconds between two heartbeats of a stream; default 15,000. */
  readonly heartbeat?: number
  /** Bytes that may wait for a slow reader of a stream before it falls back to reading; default 256 KiB. */
  readonly streamBytes?: number
  /** Milliseconds that calls wait for a run at most; default 10 minutes. */
  readonly longestWait?: number
}

export interface Server {
  readonly app: FastifyInstance
  /** What runs, as `GET /path/:name`. */
  readonly routes: ReadonlySet<string>
  /** Listens and gives the address. Refuses hosts that others can reach while callers cannot be told apart. */
  listen(where: { port: number; host: string }): Promise<string>
  /** Shows the key of the user to the page that is opened with it, once; null where no programs are driven. */
  code(): string | null
  /** Refuses new requests with `shutting_down`, ends streams, waits for what is under way. Idempotent. */
  close(): Promise<void>
}

const prefix = '/api/v1'
/** Milliseconds between two looks for idle connections while the server ends. */
const idleMs = 50

/** As whom runs are asked for. */
function callerOf({ sessions, scope, caller }: ServerSettings): WorkCaller {
  return { actor: (caller ?? sessions.within(scope).caller).actor }
}

/** What the server was given, and what stands for the rest. */
function givenTo(settings: ServerSettings) {
  const { work } = settings
  return {
    sessions: settings.sessions.within(settings.scope, settings.caller),
    store: settings.sessions.store,
    work: work.within(settings.scope, { ...callerOf(settings), programs: false }),
    programs: settings.programs
      ? { rawInput: true, ...settings.programs, work: work.within(settings.scope, callerOf(settings)) }
      : null,
    codes: new Codes(),
    skills: work.skills,
    agents: work.agents,
    ahead: settings.ahead ?? null,
    models: settings.models ?? null,
    budgets: settings.budgets ?? null,
    teams: settings.teams ?? null,
    search: settings.search,
    adoptions: settings.adoptions ?? null,
    facts: settings.facts ?? (async () => []),
    load: () => work.load,
    blobLines: new BlobLines(),
    peers: settings.peers ?? (() => []),
    page: settings.page === undefined ? null : openPage(settings.page),
  } satisfies Partial<Context>
}

export async function createServer(settings: ServerSettings): Promise<Server> {
  const { work, rate, clock = () => performance.now() } = settings
  const gate = openGate(settings.hosts ?? [], settings.origins ?? [])
  const limit = rate === undefined ? null : openRate({ rate, clock })
  const ended = new AbortController()
  const meters = openMeters()
  const heartbeat = settings.heartbeat ?? 15_000
  const broadcast = new Broadcast({
    bus: settings.sessions.store.bus,
    heartbeat,
    mostWaiting: settings.streamBytes ?? 256 * 1024,
    onError: (error) => app.log.error(error, 'a stream ended early'),
  })
  const info = { version: settings.version, prefix: settings.prefix ?? prefix }
  let document: string | undefined
  const context: Context = {
    ...info,
    hello: { server: randomUUID(), version: settings.version, heartbeat_ms: heartbeat },
    ...givenTo(settings),
    around: lookingOf(settings, (error) => app.log.error(error, 'sessions of other agents were not looked for')),
    longestWait: settings.longestWait ?? longestWait,
    broadcast,
    meters,
    rate: limit,
    openApi: () => (document ??= JSON.stringify(openApi(routes, info))),
    ending: () => ended.signal.aborted,
    ended: ended.signal,
  }
  meters.watch('daybook_stream_followers', 'Streams that are open.', () => broadcast.size)
  watchSearch(meters, settings.search)
  const unwatch = watchWork(meters, work)
  const app = bareApp(settings)
  const running = watchRoutes(app)
  await addPlugins(app, gate.origins)
  guard(app, gate, context)
  readBodies(app)
  answerProblems(app)
  register(app, context, routes)
  serveBundle(app)
  if (context.page) servePage(app, context.page)
  await app.ready()

  let closed: Promise<void> | undefined
  return {
    app,
    routes: running,
    listen: (where) => listenAt(app, where),
    code: () => (context.programs ? context.codes.make() : null),
    close() {
      ended.abort()
      closed ??= closeWhole(app, broadcast, unwatch)
      return closed
    },
  }
}

/** A connection whose last answer came after the end began would be waited for, however idle it is. */
async function closeWhole(app: FastifyInstance, broadcast: Broadcast, unwatch: () => void): Promise<void> {
  unwatch()
  broadcast.close()
  const idle = setInterval(() => app.server.closeIdleConnections(), idleMs)
  try {
    await app.close()
  } finally {
    clearInterval(idle)
  }
}

/** A folder of somebody else's that cannot be read takes no page away. */
function lookingOf({ around }: ServerSettings, onError: (error: unknown) => void): Context['around'] {
  const nothing = { programs: [], left: [], nothing: false }
  return async () => {
    try {
      return (await around?.()) ?? nothing
    } catch (error) {
      onError(error)
      return nothing
    }
  }
}

/** One that does not follow is never behind when it answers. */
function watchSearch(meters: Meters, search: Search): void {
  if (search.lag() === null) return
  const help = 'Time since the search index last held everything; 0 while nothing is missing.'
  meters.watch('daybook_search_lag_seconds', help, () => (search.lag() ?? 0) / 1000)
}

/** Returns the call that ends it. */
function watchWork(meters: Meters, work: Work): () => void {
  meters.watch('daybook_runs_active', 'Runs that this process performs.', () => work.load.active)
  meters.watch('daybook_sessions_due', 'Sessions with due runs that wait for room.', () => work.load.waiting)
  return work.onEnded(({ status, ms }) => meters.ran(status, ms))
}

async function listenAt(app: FastifyInstance, { port, host }: { port: number; host: string }): Promise<string> {
  if (!isLoopback(host)) {
    throw new DaybookError('invalid', `the server cannot listen on ${host} while it cannot tell callers apart`, {
      field: 'host',
      hint: 'Listen on 127.0.0.1, and put a proxy that authenticates in front of it.',
    })
  }
  // After a restart all clients are back at once; the system allows what it allows.
  return app.listen({ port, host, backlog: 4096 })
}
