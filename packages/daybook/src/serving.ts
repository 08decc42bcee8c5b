// Composes a server: a store, the engines on it, what they are asked through, and who else works there.

import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { userKey } from './cli/user-key.ts'
import { openFinding } from './finding.ts'
import type { Server } from './http/server.ts'
import { localScope } from './local-scope.ts'
import { keysInUse } from './model/keys.ts'
import { DaybookError } from './schema/errors.ts'
import type { Search } from './search/search.ts'
import type { KeepReport, Sessions } from './session/contract.ts'
import { openPeers, type Peer, type Peers } from './store/peers.ts'
import type { Store } from './store/store.ts'
import { openStore } from './stores.ts'
import type { Around } from './transcripts/around.ts'
import { startWork, type WorkSettings, type Workshop } from './workshop.ts'

export interface ServeSettings
  extends Pick<
    WorkSettings,
    | 'skillFolders'
    | 'agentFolders'
    | 'fileFolders'
    | 'mcp'
    | 'httpAllow'
    | 'approve'
    | 'programs'
    | 'models'
    | 'summaries'
    | 'budgets'
  > {
  /** 0 takes a free one. */
  readonly port: number
  readonly host: string
  /** URL of the store. */
  readonly store: string
  /** Names under which the server may be called, beside those of this machine. */
  readonly hosts?: readonly string[]
  /** Origins of web pages that may read and write. */
  readonly origins?: readonly string[]
  /** Writes a second that one address may make, bursts take twice as many; 0 or absent: no limit. */
  readonly rate?: number
  /** URL of a Redis that carries hints and deltas between the servers of a PostgreSQL store; absent: NOTIFY does. */
  readonly bus?: string
  /** Level of the log on standard error, as lines of JSON; silent without. */
  readonly log?: 'debug' | 'info' | 'warn' | 'error'
  /** Idle sessions are archived after so many milliseconds; default 24 hours, null never. */
  readonly idleMs?: number | null
  /** Milliseconds between two passes of the keeper; default one minute. */
  readonly keepMs?: number
}

export interface RunningServer {
  readonly url: string
  readonly store: Store
  /** Opens the page as this user, once, as `#code=` of its address; null where no programs are driven. */
  code(): string | null
  /** What other agents left here and the store has nothing of; no file is opened. */
  around(): Promise<Around>
  /** Calls with the other servers on the same store, whenever one comes or goes; at once with those that are known. */
  onPeers(listener: (peers: readonly Peer[]) => void): void
  /** Refuses new calls, finishes those under way, ends streams, closes engine and store. Idempotent. */
  close(): Promise<void>
}

const idleMs = 24 * 3_600_000

/** Composes and starts a server; prints nothing. What fails on the way closes what was opened before. */
export async function startServer(settings: ServeSettings): Promise<RunningServer> {
  await using opened = new AsyncDisposableStack()
  const store = opened.adopt(
    await openStore(settings.store, { worker: true, ...(settings.bus ? { bus: settings.bus } : {}) }),
    (each) => each.close(),
  )
  const logger = await loggerOf(settings.log)
  const onError = (error: unknown): void => logger?.error(error, 'in the background')
  const sessions = opened.use(await sessionsOn(store, settings, onError))
  const search = opened.use(await openFinding(store, settings.store, { follow: true, onError }))
  const workshop = opened.use(await workOn(sessions, settings, search, logger))
  const { adoptionsOf, followTranscripts, openAround } = await import('./adopting.ts')
  const around = openAround(sessions, { scope: localScope })
  const adoptions = opened.use(adoptionsOf(sessions, { scope: localScope, onError }))
  const { createServer } = await import('./http/server.ts')
  const neighbours = new Neighbours(store)
  const server = opened.adopt(
    await createServer({
      sessions,
      work: workshop.work,
      ahead: workshop.ahead,
      budgets: workshop.budgets,
      teams: workshop.teams,
      search,
      around,
      ...(adoptions ? { adoptions } : {}),
      facts: async () => (await import('./store-facts.ts')).factsOfStore(settings.store),
      peers: () => neighbours.list(),
      scope: localScope,
      version: version(),
      page: pageFolder(),
      ...drivenBy(settings, workshop),
      ...(workshop.models ? { models: workshop.models } : {}),
      ...(settings.hosts ? { hosts: settings.hosts } : {}),
      ...(settings.origins ? { origins: settings.origins } : {}),
      ...(settings.rate ? { rate: settings.rate } : {}),
      ...(logger ? { logger } : {}),
    }),
    (each) => each.close(),
  )
  const url = await listening(server, settings)
  // What a killed server left goes on now, not a second later.
  void workshop.work.tick().catch(onError)
  neighbours.greet(url)
  opened.defer(() => neighbours.leave())
  opened.use(followTranscripts(sessions, { scope: localScope, onError }))
  opened.defer(keepLoop(sessions, settings.keepMs ?? 60_000, (error) => logger?.error(error, 'the keeper failed')))
  const all = opened.move()
  let closed: Promise<void> | undefined
  return {
    url,
    store,
    code: () => server.code(),
    around,
    onPeers: (listener) => neighbours.tell(listener),
    close: () => (closed ??= all.disposeAsync()),
  }
}

/** The programs that are driven, and the key for it. */
function drivenBy({ programs }: ServeSettings, { programs: live, processes: watch }: Workshop) {
  return programs && live && watch ? { programs: { key: userKey(programs.state), live, watch } } : {}
}

/** The other servers on the store: known once this one has an address to tell them. */
class Neighbours {
  readonly #store: Store
  #peers: Peers | null = null
  #listener: ((peers: readonly Peer[]) => void) | null = null

  constructor(store: Store) {
    this.#store = store
  }

  list(): readonly Peer[] {
    return this.#peers?.list() ?? []
  }

  greet(url: string): void {
    const me = { id: randomUUID(), url, version: version() }
    this.#peers = openPeers({ bus: this.#store.bus, me, onChange: (peers) => this.#listener?.(peers) })
  }

  tell(listener: (peers: readonly Peer[]) => void): void {
    this.#listener = listener
    if (this.list().length > 0) listener(this.list())
  }

  leave(): void {
    this.#peers?.close()
  }
}

async function sessionsOn(store: Store, { idleMs: given, models }: ServeSettings, onError: (error: unknown) => void) {
  const [{ openSessions }, { redactor }] = await Promise.all([
    import('./session/sessions.ts'),
    import('./session/redact.ts'),
  ])
  const keys = models ? { redactor: redactor({ values: keysInUse(models) }) } : {}
  const afterMs = given === undefined ? idleMs : given
  const idle = afterMs === null ? {} : { idle: { afterMs, tenants: [localScope.tenant] } }
  return openSessions({ store, ...idle, ...keys, onError })
}

function workOn(
  sessions: Sessions,
  settings: ServeSettings,
  search: Search,
  logger: Awaited<ReturnType<typeof loggerOf>>,
) {
  return startWork(sessions, settings.store, {
    tenant: localScope.tenant,
    search,
    watch: true,
    ...(settings.skillFolders ? { skillFolders: settings.skillFolders } : {}),
    ...(settings.agentFolders ? { agentFolders: settings.agentFolders } : {}),
    ...(settings.fileFolders ? { fileFolders: settings.fileFolders } : {}),
    ...(settings.mcp ? { mcp: settings.mcp } : {}),
    ...(settings.httpAllow ? { httpAllow: settings.httpAllow } : {}),
    ...(settings.approve ? { approve: settings.approve } : {}),
    ...(settings.programs ? { programs: settings.programs } : {}),
    ...(settings.models ? { models: settings.models } : {}),
    ...(settings.budgets ? { budgets: settings.budgets } : {}),
    ...(settings.summaries ? { summaries: settings.summaries } : {}),
    onError: (error) => logger?.error(error, 'in the background'),
    onFault: (fault) => logger?.warn(fault, 'a skill cannot be read'),
  })
}

/** Listens; a port that somebody else has is told as such, with the system's error as the cause. */
async function listening(server: Server, { port, host }: ServeSettings): Promise<string> {
  try {
    return await server.listen({ port, host })
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code !== 'EADDRINUSE') throw error
    throw new DaybookError('busy', `port ${port} of ${host} is in use`, {
      field: 'port',
      hint: 'Choose another port; 0 takes a free one.',
      cause: error,
    })
  }
}

async function loggerOf(level: ServeSettings['log']) {
  if (level === undefined) return undefined
  const { fastify } = await import('fastify')
  return fastify({ logger: { level, stream: process.stderr } }).log
}

/** A pass of the keeper now and then, never two at once. The returned call waits for the one under way. */
function keepLoop(sessions: Sessions, every: number, onError: (error: unknown) => void): () => Promise<void> {
  let pass: Promise<KeepReport | undefined> | null = null
  const timer = setInterval(() => {
    pass ??= sessions
      .keep()
      .catch((error): undefined => {
        onError(error)
      })
      .finally(() => {
        pass = null
      })
  }, every)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await pass
  }
}

/** Where the page stands once it was built. */
function pageFolder(): string {
  return fileURLToPath(new URL('../page/', import.meta.url))
}

/** Of the package, as its manifest says. */
export function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return (manifest as { version: string }).version
}
