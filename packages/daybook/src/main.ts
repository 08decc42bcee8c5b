// The only place that composes concrete parts: a store by its URL, the engine on it, the server in front.

import { readFileSync } from 'node:fs'
import type { Adopting } from './cli/parts.ts'
import { openFinding } from './finding.ts'
import type { Server } from './http/server.ts'
import { DaybookError } from './schema/errors.ts'
import type { KeepReport, Sessions } from './session/contract.ts'
import type { Scope, Store } from './store/store.ts'
import { durabilityOf, pathOf, splitAt, unknownStore } from './store-url.ts'
import type { Around } from './transcripts/around.ts'
import type { TranscriptReader } from './transcripts/contract.ts'
import { startWork, type WorkSettings } from './workshop.ts'

export { openFinding } from './finding.ts'
export { skillFolderOf, startWork } from './workshop.ts'

/** Whom callers are while a server or a command line cannot tell them apart: the one who owns this machine. */
export const localScope: Scope = Object.freeze({ tenant: 'default', subjects: Object.freeze(['local']) })

export interface StoreOptions {
  /** Write in a thread of its own; for servers. */
  readonly worker?: boolean
}

/**
 * The store of a URL, opened: `sqlite:./path`, `sqlite:///absolute/path` (with `?durability=relaxed` to survive crashes
 * only) or `memory:`. Anything else is `invalid`.
 */
export async function openStore(url: string, options: StoreOptions = {}): Promise<Store> {
  const [scheme = '', rest = ''] = splitAt(url, ':')
  if (scheme === 'memory') {
    const { memoryStore } = await import('./store/memory.ts')
    return opened(memoryStore())
  }
  if (scheme !== 'sqlite' || rest === '') throw unknownStore(url)
  const [address = '', query = ''] = splitAt(rest, '?')
  const { sqliteStore } = await import('./store/sqlite.ts')
  return opened(
    sqliteStore({
      path: pathOf(address),
      worker: options.worker ?? false,
      durability: durabilityOf(new URLSearchParams(query)),
    }),
  )
}

/** What adopting needs; loaded when asked for. */
export async function openAdopting(): Promise<Adopting> {
  return (await import('./adopting.ts')).adopting
}

/** The readers of all known agents, without what adopts. */
export async function openReaders(): Promise<readonly TranscriptReader[]> {
  return (await import('./readers.ts')).readers
}

/** Whether any process has the store of this URL open, as far as its file tells: in memory there is none to tell it. */
export async function isInUse(url: string): Promise<boolean> {
  const [scheme = '', rest = ''] = splitAt(url, ':')
  if (scheme === 'memory') return false
  if (scheme !== 'sqlite' || rest === '') throw unknownStore(url)
  const inUse = await import('./store/sqlite/in-use.ts')
  return inUse.isInUse(pathOf(splitAt(rest, '?')[0] ?? ''))
}

async function opened(store: Store): Promise<Store> {
  await store.open()
  return store
}

export interface ServeSettings extends Pick<WorkSettings, 'skillFolders' | 'httpAllow' | 'approve'> {
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
  /** What other agents left here and the store has nothing of; no file is opened. */
  around(): Promise<Around>
  /** Refuses new calls, finishes those under way, ends streams, closes engine and store. Idempotent. */
  close(): Promise<void>
}

const idleMs = 24 * 3_600_000

/** Composes and starts a server; prints nothing. What fails on the way closes what was opened before. */
export async function startServer(settings: ServeSettings): Promise<RunningServer> {
  const [{ createServer }, { openSessions }] = await Promise.all([
    import('./http/server.ts'),
    import('./session/sessions.ts'),
  ])
  await using opened = new AsyncDisposableStack()
  const store = opened.adopt(await openStore(settings.store, { worker: true }), (each) => each.close())
  const logger = await loggerOf(settings.log)
  const afterMs = settings.idleMs === undefined ? idleMs : settings.idleMs
  const onError = (error: unknown): void => logger?.error(error, 'in the background')
  const sessions = opened.use(
    await openSessions({
      store,
      ...(afterMs === null ? {} : { idle: { afterMs, tenants: [localScope.tenant] } }),
      onError,
    }),
  )
  const workshop = opened.use(
    await startWork(sessions, settings.store, {
      tenant: localScope.tenant,
      watch: true,
      ...(settings.skillFolders ? { skillFolders: settings.skillFolders } : {}),
      ...(settings.httpAllow ? { httpAllow: settings.httpAllow } : {}),
      ...(settings.approve ? { approve: settings.approve } : {}),
      onError,
      onFault: (fault) => logger?.warn(fault, 'a skill cannot be read'),
    }),
  )
  const { followTranscripts, openAround } = await import('./adopting.ts')
  const around = openAround(sessions, { scope: localScope })
  const search = opened.use(await openFinding(store, settings.store, { follow: true, onError }))
  const server = opened.adopt(
    await createServer({
      sessions,
      work: workshop.work,
      search,
      around,
      scope: localScope,
      version: version(),
      ...(settings.hosts ? { hosts: settings.hosts } : {}),
      ...(settings.origins ? { origins: settings.origins } : {}),
      ...(settings.rate ? { rate: settings.rate } : {}),
      ...(logger ? { logger } : {}),
    }),
    (each) => each.close(),
  )
  const url = await listening(server, settings)
  opened.use(followTranscripts(sessions, { scope: localScope, onError }))
  opened.defer(keepLoop(sessions, settings.keepMs ?? 60_000, (error) => logger?.error(error, 'the keeper failed')))
  const all = opened.move()
  let closed: Promise<void> | undefined
  return {
    url,
    store,
    around,
    close: () => (closed ??= all.disposeAsync()),
  }
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

/** Of the package, as its manifest says. */
export function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return (manifest as { version: string }).version
}
