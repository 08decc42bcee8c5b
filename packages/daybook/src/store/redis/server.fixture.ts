// A real redis-server for the tests of one process: its own folder and socket, ended with the process; or one from outside.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { type StoreUnderTest, testClock } from '../conformance/suite.ts'
import { type RedisOptions, redisStore } from '../redis.ts'
import type { Store } from '../store.ts'

/** Keeps through the loss of power what it acknowledges. */
const durable = ['--appendonly', 'yes', '--appendfsync', 'always']

/** Ends the server when the pipe from here is closed, however this process ends. */
const guarded = `exec 3<&0; redis-server "$@" & server=$!
  { read -r _ <&3; kill -9 "$server" 2>/dev/null; } & wait "$server"`

export class Server {
  readonly folder: string
  readonly url: string
  readonly #settings: readonly string[]
  #child: ChildProcess | null = null
  readonly #end = (): void => rmSync(this.folder, { recursive: true, force: true })

  private constructor(settings: readonly string[]) {
    this.folder = mkdtempSync(join(tmpdir(), 'daybook-redis-'))
    this.url = join(this.folder, 'socket')
    this.#settings = settings
    process.once('exit', this.#end)
  }

  static async start(settings: readonly string[] = durable): Promise<Server> {
    const server = new Server(settings)
    await server.run()
    return server
  }

  /** Starts it, again after {@link kill}, with what it had kept. */
  async run(): Promise<void> {
    const place = ['--port', '0', '--unixsocket', this.url, '--dir', this.folder, '--save', '']
    const all = [...place, ...this.#settings]
    const child = spawn('sh', ['-c', guarded, 'sh', ...all], { stdio: ['pipe', 'ignore', 'ignore'] })
    child.unref()
    // A pipe to a child is a socket, which alone would keep this process alive.
    ;(child.stdin as Socket | null)?.unref()
    this.#child = child
    const client = new Redis(this.url, { retryStrategy: () => 20, maxRetriesPerRequest: null })
    client.on('error', () => {})
    await client.ping()
    client.disconnect()
  }

  /** As `kill -9` does; resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.ref()
    child.stdin?.end()
    await gone
  }

  async stop(): Promise<void> {
    await this.kill()
    process.off('exit', this.#end)
    this.#end()
  }
}

/** Why tests with a server are skipped, or false; a server is there, or named by the environment. */
export function withoutRedis(): string | false {
  if (process.env.DAYBOOK_TEST_REDIS_URL) return false
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' })
    return false
  } catch {
    return 'redis-server is not installed, see .ci/tools'
  }
}

let shared: Promise<Server> | null = null

/** The address of the one server of this test process. */
export async function redisUrl(): Promise<string> {
  const given = process.env.DAYBOOK_TEST_REDIS_URL
  if (given) return given
  shared ??= Server.start()
  return (await shared).url
}

/** Ends the server of this test process. */
export async function stopRedis(): Promise<void> {
  await (await shared)?.stop()
  shared = null
}

/** A store under a prefix of its own; everything under it is dropped with it. */
export async function redisUnderTest(more: Partial<RedisOptions> = {}): Promise<StoreUnderTest> {
  const clock = testClock()
  const prefix = `test:${randomUUID()}:`
  const options: RedisOptions = { url: await redisUrl(), prefix, clock: clock.now, ...more }
  const first = redisStore(options)
  const stores: Store[] = [first]
  const another = async () => {
    const store = redisStore(options)
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
      await dropKeys(options.url, prefix)
    },
  }
}

async function dropKeys(url: string, prefix: string): Promise<void> {
  const client = new Redis(url)
  for (let cursor = '0'; ; ) {
    const [next, keys] = await client.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 1000)
    if (keys.length > 0) await client.unlink(...keys)
    if (next === '0') break
    cursor = next
  }
  client.disconnect()
}
