// A real bash that counts: it outlives the server, and what it prints waits here until somebody takes it.

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import type { Env } from '../folders.ts'

/** A pause after every fiftieth line: it counts for some twenty seconds, so that a kill meets it in the middle. */
const script = 'for ((i = 1; i <= $1; i++)); do echo "$i"; ((i % 50)) || sleep 0.05; done'

export interface Counting {
  readonly pid: number
  /** Lines printed so far. */
  readonly lines: number
  /** Exit code, null after a signal; once everything that it printed is here. */
  readonly ended: Promise<number | null>
  isAlive(): boolean
  /** Whole lines that were not taken yet; waits until there are `least` or no more will come. Null when all were taken. */
  take(least: number, signal: AbortSignal): Promise<string | null>
  /** Resolves when something more is printed, and at the end. */
  moved(signal: AbortSignal): Promise<void>
  kill(): void
}

/** Counts to `to`, one number a line. Fails when there is no bash. */
export async function startCounting(to: number, env: Env): Promise<Counting> {
  const child = spawn('bash', ['-c', script, 'count', String(to)], {
    // No BASH_ENV, nothing of the person's.
    env: { PATH: env.PATH },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await once(child, 'spawn')
  // The last resort when this process is ended in the middle of everything.
  const kill = (): void => void child.kill('SIGKILL')
  process.prependOnceListener('exit', kill)
  child.once('close', () => process.off('exit', kill))
  return counting(child, kill)
}

function counting(child: ChildProcessByStdio<null, Readable, null>, kill: () => void): Counting {
  let text = ''
  let [lines, taken] = [0, 0]
  let over = false
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (exit) => {
      over = true
      resolve(exit)
    })
  })
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part
    lines += part.split('\n').length - 1
  })
  const moved = async (signal: AbortSignal): Promise<void> => {
    if (over) return
    const done = new AbortController()
    const until = { signal: AbortSignal.any([signal, done.signal]) }
    try {
      await Promise.race([once(child.stdout, 'data', until), once(child, 'close', until)])
    } finally {
      done.abort()
    }
  }
  return {
    pid: child.pid ?? 0,
    get lines() {
      return lines
    },
    ended,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    async take(least, signal) {
      while (lines - taken < least && !over) await moved(signal)
      if (lines === taken) return null
      taken = lines
      const end = text.lastIndexOf('\n') + 1
      const whole = text.slice(0, end)
      text = text.slice(end)
      return whole
    },
    moved,
    kill,
  }
}
