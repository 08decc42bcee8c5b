// Runs the command line in a home of its own that knows nothing of this machine's: the real bin, or the same in here.

import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as main from '../main.ts'
import type { ScopedSessions } from '../session/contract.ts'
import { openSessions } from '../session/sessions.ts'
import type { Host } from './context.ts'
import type { Sink } from './output.ts'
import { run } from './run.ts'
import { endHost, hostFolders } from './tour/hosts.ts'

export const bin = join(import.meta.dirname, '../../bin/daybook.mjs')

export interface Ended {
  readonly exit: number | null
  readonly out: string
  readonly err: string
}

export interface Running {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
  /** What was printed so far. */
  out(): string
  err(): string
  /** Resolves with all output once it fits; rejects when the process ended before. */
  prints(pattern: RegExp, where?: 'out' | 'err'): Promise<string>
}

export interface Settings {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly input?: string
  readonly node?: string
  readonly nodeArgs?: readonly string[]
}

export interface InsideSettings extends Settings {
  readonly now?: number
  /** Answers of a person at a terminal, in order; without them there is no person. */
  readonly answers?: readonly string[]
  /** Cells of the terminal. */
  readonly columns?: number
}

export interface Home {
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  path(...parts: string[]): string
  /** Starts the bin and does not wait. */
  start(args: readonly string[], settings?: Settings): Running
  daybook(args: readonly string[], settings?: Settings): Promise<Ended>
  /** The same without a process of its own: quicker, with a clock and a person if wanted. */
  inside(args: readonly string[], settings?: InsideSettings): Promise<Ended>
  /** `serve` on a free port; resolves when it says that it is ready. */
  serve(args?: readonly string[], settings?: Settings): Promise<Running & { readonly url: string }>
  /** Ends what still runs, and removes the folder. */
  end(): Promise<void>
}

// Shared by all homes: compiled once, as on a machine where daybook was used before.
const compiled = join(tmpdir(), `daybook-test-cache-${process.getuid?.() ?? 0}`)

export function openHome(): Home {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-cli-'))
  const path = (...parts: string[]): string => join(folder, ...parts)
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    XDG_STATE_HOME: path('state'),
    XDG_DATA_HOME: path('share'),
    XDG_CACHE_HOME: path('cache'),
    NODE_COMPILE_CACHE: compiled,
    GIT_CONFIG_GLOBAL: path('gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
    TZ: 'UTC',
  }
  const cwd = path('here')
  mkdirSync(cwd)
  const all = new Set<Running>()
  const start: Home['start'] = (args, settings = {}) => {
    const running = launch(args, { cwd, ...settings, env: { ...env, ...settings.env } })
    all.add(running)
    void running.ended.then(() => all.delete(running))
    return running
  }
  return {
    folder,
    env,
    path,
    start,
    daybook: (args, settings) => start(args, settings).ended,
    inside: (args, settings = {}) => inside(args, { cwd, ...settings, env: { ...env, ...settings.env } }),
    async serve(args = [], settings) {
      const running = start(['serve', '--port', '0', ...args], settings)
      const url = /http:\/\/[\d.:]+/.exec(await running.prints(/is ready[\s\S]*^ {2}next.*\n|"url":.*\n/m))?.[0]
      if (url === undefined) throw new Error('the server says no address')
      return { ...running, url }
    },
    async end() {
      const left = [...all]
      for (const { process } of left) process.kill('SIGKILL')
      await Promise.all(left.map(({ ended }) => ended))
      // What outlives servers would outlive their folder too.
      await Promise.all(hostFolders(path('state', 'daybook')).map(endHost))
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

class TextSink extends EventEmitter implements Sink {
  text = ''
  readonly isTTY: boolean
  readonly columns: number

  constructor(columns: number | undefined) {
    super()
    this.isTTY = columns !== undefined
    this.columns = columns ?? 0
  }

  write(text: string): boolean {
    this.text += text
    return true
  }
}

async function inside(args: readonly string[], settings: InsideSettings): Promise<Ended> {
  const { cwd = '/', env = {}, input = '', now, answers, columns } = settings
  const [out, err] = [new TextSink(columns), new TextSink(undefined)]
  const left = [...(answers ?? [])]
  const host: Host = {
    env,
    cwd,
    out,
    err,
    input: (async function* () {
      yield input
    })(),
    person: answers !== undefined,
    screen: null,
    signal: new AbortController().signal,
    version: '0.0.0',
    program: bin,
    now: () => now ?? Date.now(),
    parts: async () => main,
    async ask(question) {
      err.write(question)
      return left.shift() ?? null
    },
    key: async () => left.shift() ?? null,
  }
  const exit = await run(args, host)
  return { exit, out: out.text, err: err.text }
}

function launch(args: readonly string[], { cwd, env, input, node, nodeArgs }: Settings): Running {
  const process_ = spawn(node ?? process.execPath, [...(nodeArgs ?? []), bin, ...args], {
    cwd,
    env: Object.fromEntries(Object.entries(env ?? {}).filter(([, value]) => value !== undefined)),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const text = { out: '', err: '' }
  const listeners = new Set<() => void>()
  for (const [name, stream] of [
    ['out', process_.stdout],
    ['err', process_.stderr],
  ] as const) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text[name] += part
      for (const listener of listeners) listener()
    })
  }
  process_.stdin.on('error', () => undefined) // a command that does not read its input may be gone already
  process_.stdin.end(input ?? '')
  const ended = new Promise<Ended>((resolve, reject) => {
    process_.on('error', reject)
    process_.on('close', (exit) => {
      resolve({ exit, ...text })
      for (const listener of listeners) listener()
    })
  })
  return {
    process: process_,
    ended,
    out: () => text.out,
    err: () => text.err,
    prints: (pattern, where = 'out') =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const fits = pattern.test(text[where])
          const over = process_.exitCode !== null || process_.signalCode !== null
          if (!fits && !over) return
          listeners.delete(look)
          if (fits) resolve(text[where])
          else reject(new Error(`ended with ${process_.exitCode}, without ${pattern}:\n${text.out}\n${text.err}`))
        }
        listeners.add(look)
        look()
      }),
  }
}

/** Fills a store through the library, as somebody else would have. */
export async function fill(file: string, work: (mine: ScopedSessions) => Promise<void>): Promise<void> {
  await using store = await main.openStore(`sqlite:${file}`)
  await using sessions = await openSessions({ store })
  await work(sessions.within(main.localScope))
}

/** A session that has a bit of everything. */
export async function sample(mine: ScopedSessions, id = 'ses_sample_auth'): Promise<void> {
  const session = await mine.open({ id, name: 'fix auth', agent: 'coder' })
  await session.append({ kind: 'message', data: { role: 'user', content: 'make the token test pass' } })
  const edit = { type: 'edit', path: 'src/token.ts', operation: 'update', added: 12, removed: 3 } as const
  await session.append({
    kind: 'message',
    data: { role: 'assistant', content: 'done\u001b[31m\n好', agent: 'coder', parts: [edit] },
  })
  await session.note('tokens live for an hour', 'decision')
  await session.addRun({
    agent: 'coder',
    status: 'done',
    usage: { input_tokens: 100, output_tokens: 20 },
    durationMs: 4200,
    cost: 0.31,
  })
}
