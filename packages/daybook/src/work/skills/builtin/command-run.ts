// The skill `command/run`: one command of a shell in the folder of the session, after a person has approved it.

import { type ChildProcess, spawn } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'
import { defineSkill } from '../define.ts'
import { type FileSettings, placeOf } from './files/place.ts'

/** UTF-16 units of output that are kept of its beginning and its end. */
const kept = { first: 8 * 1024, last: 48 * 1024 } as const
const usualSeconds = 120
const mostSeconds = 1800
/** What every program needs; nothing else of the server's environment, where keys are. */
const passedOn = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'USER', 'SHELL'] as const

export function commandRun(settings: FileSettings) {
  return defineSkill<
    { readonly command: string; readonly timeout_sec?: number },
    { readonly text: string; readonly exit: number | null; readonly signal: string | null; readonly timed_out: boolean }
  >({
    id: 'command/run',
    name: 'Run a command',
    description:
      'Runs a command with sh in the folder of the session and gives what it prints and its exit code. A person approves it first. It gets no input and no keys, and what it starts is ended with it.',
    tags: ['run command', 'shell', 'terminal', 'команда', '命令'],
    input: {
      type: 'object',
      properties: {
        command: { type: 'string', minLength: 1, maxLength: 16_384 },
        timeout_sec: { type: 'integer', minimum: 1, maximum: mostSeconds, description: `Default ${usualSeconds}.` },
      },
      required: ['command'],
      additionalProperties: false,
    },
    output: {
      type: 'object',
      properties: {
        text: { type: 'string', description: 'Both of its outputs as they came; the middle of much is left out.' },
        exit: { type: ['integer', 'null'] },
        signal: { type: ['string', 'null'], description: 'What ended it, where it did not exit.' },
        timed_out: { type: 'boolean' },
      },
      required: ['text', 'exit', 'signal', 'timed_out'],
      additionalProperties: false,
    },
    risk: 'high',
    routable: false,
    programs: true,
    check: async (_, context) => void (await placeOf(context, settings)),
    run: async ({ command, timeout_sec = usualSeconds }, context) => {
      const { root } = await placeOf(context, settings)
      const env: Record<string, string> = { TERM: 'dumb', NO_COLOR: '1', CI: '1' }
      for (const name of passedOn) if (process.env[name] !== undefined) env[name] = process.env[name]
      const child = spawn('/bin/sh', ['-c', command], {
        cwd: root,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      })
      const output = new Kept()
      child.stdout.on('data', (bytes: Buffer) => output.take(bytes))
      child.stderr.on('data', (bytes: Buffer) => output.take(bytes))
      const ended = endOf(child, context.signal, timeout_sec * 1000)
      const { exit, signal, timedOut } = await ended
      context.signal.throwIfAborted()
      return { text: output.text(), exit, signal, timed_out: timedOut }
    },
  })
}

interface End {
  readonly exit: number | null
  readonly signal: string | null
  readonly timedOut: boolean
}

/** The whole group is ended with it: what it left in the background, too. */
async function endOf(child: ChildProcess, aborted: AbortSignal, ms: number): Promise<End> {
  const { promise, resolve, reject } = Promise.withResolvers<End>()
  let timedOut = false
  const end = () => endGroup(child)
  const timer = setTimeout(() => {
    timedOut = true
    end()
  }, ms)
  aborted.addEventListener('abort', end, { once: true })
  child.once('error', reject)
  child.once('exit', end)
  child.once('close', (exit, signal) => resolve({ exit, signal, timedOut }))
  if (aborted.aborted) end()
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    aborted.removeEventListener('abort', end)
  }
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Beginning and end of what was printed; what lies between is counted. */
class Kept {
  #first = ''
  #last = ''
  #left = 0
  readonly #decoder = new TextDecoder()

  take(bytes: Uint8Array): void {
    let text = stripVTControlCharacters(this.#decoder.decode(bytes, { stream: true }))
    const room = kept.first - this.#first.length
    this.#first += text.slice(0, room)
    text = this.#last + text.slice(room)
    this.#left += Math.max(text.length - kept.last, 0)
    this.#last = text.slice(-kept.last)
  }

  text(): string {
    return this.#left === 0
      ? this.#first + this.#last
      : `${this.#first}\n… ${this.#left} characters left out …\n${this.#last}`
  }
}
