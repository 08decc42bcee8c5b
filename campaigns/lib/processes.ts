// The processes of a campaign: writers that embed the library, and the real server; started, followed, killed.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { ChildTask, FromChild } from './child.ts'
import type { WalMark } from './writers.ts'

const bin = new URL('../../packages/daybook/bin/daybook.mjs', import.meta.url).pathname
const program = new URL('./child.ts', import.meta.url).pathname

export class Process {
  readonly #process: ChildProcess
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  errors = ''

  constructor(args: readonly string[], env: Readonly<Record<string, string>>, limits: readonly string[] = []) {
    const [command = process.execPath, ...rest] = [...limits, process.execPath, ...args]
    this.#process = spawn(command, rest, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...env } })
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text
    })
    this.#process.stdin?.on('error', () => undefined) // a process that was killed reads nothing more
    this.ended = new Promise((resolve, reject) => {
      this.#process.once('error', reject)
      this.#process.once('close', (code, signal) => resolve({ code, signal }))
    })
  }

  lines(take: (line: string) => void): void {
    const { stdout } = this.#process
    if (stdout) createInterface({ input: stdout, crlfDelay: Number.POSITIVE_INFINITY }).on('line', take)
  }

  send(line: string): void {
    this.#process.stdin?.write(`${line}\n`)
  }

  stop(): void {
    this.#process.stdin?.end()
  }

  /** Stands still where it is, until {@link wake}. */
  freeze(): void {
    this.#process.kill('SIGSTOP')
  }

  wake(): void {
    this.#process.kill('SIGCONT')
  }

  /** Tells it to end in order, and waits until it has. */
  async end(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    this.#process.kill('SIGTERM')
    return this.ended
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.ended
  }
}

/** Folders of its own: a campaign touches no file of the person who runs it. */
export function environment(folder: string): Record<string, string> {
  const home = join(folder, 'home')
  mkdirSync(home, { recursive: true })
  return { PATH: process.env.PATH ?? '', HOME: home, NODE_COMPILE_CACHE: join(folder, 'compiled'), TZ: 'UTC' }
}

/** A writer that embeds the library. What it told is complete once it `ended`. */
export class WriterProcess extends Process {
  readonly ready: Promise<void>
  /** With the last acknowledgement. */
  wal: WalMark = { salt: '', end: 0 }
  wentWell = false

  constructor(
    task: ChildTask,
    env: Readonly<Record<string, string>>,
    take: (told: FromChild) => void,
    limits: readonly string[] = [],
  ) {
    super([program, JSON.stringify(task)], env, limits)
    this.ready = new Promise((resolve) => {
      this.lines((line) => {
        const told = parsed(line)
        if (told === null) return
        if (told.t === 'ready') resolve()
        if (told.t === 'ended') this.wentWell = true
        if (told.t === 'acked' && told.wal) this.wal = told.wal
        take(told)
      })
      void this.ended.then(() => resolve())
    })
  }
}

/** Null for a line that the kill cut. */
function parsed(line: string): FromChild | null {
  try {
    return JSON.parse(line) as FromChild
  } catch {
    return null
  }
}

/** `daybook serve` on loopback. */
export class ServerProcess extends Process {
  /** Where it answers; null when it ended before. */
  readonly url: Promise<string | null>

  /** `store`: a URL, or the path of a file. */
  constructor(store: string, env: Readonly<Record<string, string>>) {
    super([bin, 'serve', '--port', '0', '--store', store, '--json'], env)
    this.url = new Promise((resolve) => {
      this.lines((line) => {
        const told = JSON.parse(line) as { url?: string }
        if (told.url !== undefined) resolve(told.url)
      })
      void this.ended.then(() => resolve(null))
    })
  }
}
