// A real pgbouncer before a PostgreSQL server, for the tests of what poolers leave of a session.

import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { freePort, guardOf, identity, withClient } from './server.fixture.ts'

/** Where the program is; null where it is not. Debian puts it where only root looks. */
export const pgbouncer: string | null =
  [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
    .map((folder) => join(folder, 'pgbouncer'))
    .find((path) => existsSync(path)) ?? null

export interface Pooling {
  readonly mode: 'session' | 'transaction' | 'statement'
  /** Sessions of the server at most. */
  readonly sessions: number
  /** Settings of connections that are dropped in place of being refused. */
  readonly drops?: readonly string[]
}

export class Pooler {
  readonly url: string
  readonly #folder: string
  readonly #process: ChildProcess
  readonly #guard: ChildProcess | null

  private constructor(url: string, folder: string, program: string) {
    this.url = url
    this.#folder = folder
    this.#process = spawn(program, [join(folder, 'ini')], { ...identity, cwd: folder, stdio: 'ignore' })
    this.#guard = this.#process.pid === undefined ? null : guardOf(this.#process.pid, folder)
    this.#process.unref()
  }

  static async before(target: string, { mode, sessions, drops = [] }: Pooling): Promise<Pooler> {
    if (pgbouncer === null) throw new Error('there is no pgbouncer here')
    const folder = mkdtempSync(join(tmpdir(), 'daybook-pgbouncer-'))
    chmodSync(folder, 0o755)
    if (identity.uid !== undefined) chownSync(folder, identity.uid, identity.gid)
    const { hostname, port, username, pathname } = new URL(target)
    const database = pathname.slice(1)
    const own = await freePort()
    const lines = [
      '[databases]',
      `${database} = host=${hostname} port=${port} dbname=${database} user=${username}`,
      '[pgbouncer]',
      ...['listen_addr = 127.0.0.1', `listen_port = ${own}`, 'unix_socket_dir =', 'auth_type = any'],
      ...[`pool_mode = ${mode}`, `default_pool_size = ${sessions}`, 'max_client_conn = 200', 'server_login_retry = 1'],
      `ignore_startup_parameters = ${drops.join(', ')}`,
    ]
    writeFileSync(join(folder, 'ini'), `${lines.join('\n')}\n`)
    const pooler = new Pooler(`postgres://${username}@127.0.0.1:${own}/${database}`, folder, pgbouncer)
    await pooler.#answers()
    return pooler
  }

  async #answers(): Promise<void> {
    for (const until = performance.now() + 20_000; ; ) {
      try {
        await withClient(this.url, (client) => client.unsafe('SELECT 1'))
        return
      } catch (error) {
        if (performance.now() > until) throw error
      }
    }
  }

  async end(): Promise<void> {
    this.#guard?.kill()
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.ref()
      const ended = new Promise((resolve) => this.#process.once('exit', resolve))
      this.#process.kill('SIGTERM')
      await ended
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
