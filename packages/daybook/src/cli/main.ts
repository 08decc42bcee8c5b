// The process around the command line: standard streams, signals, the quiet end of a pipe, the exit code.

import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { fileURLToPath } from 'node:url'
import type { Host } from './context.ts'
import { exits } from './exits.ts'
import type { Parts } from './parts.ts'
import { run } from './run.ts'
import { screenOf } from './screen.ts'

/** Milliseconds that an interrupted process has to write what it still holds. */
const graceMs = 500

/** Runs `argv` and sets the exit code; the process ends when nothing is left to do. */
export async function main(argv: readonly string[], parts: () => Promise<Parts>): Promise<void> {
  endQuietly(process.stdout)
  endQuietly(process.stderr)
  const stop = new AbortController()
  const listening = new Map<NodeJS.Signals, () => void>()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const end = (): void => {
      // A second one does not wait for a graceful end.
      if (stop.signal.aborted) process.exit(exits.interrupted)
      stop.abort()
    }
    listening.set(signal, end)
    process.on(signal, end)
  }
  const exit = await run(argv, hostOf(stop.signal, parts))
  process.exitCode = exit
  // A call that nobody waits for any more, to a server that does not answer, would keep the process.
  if (exit === exits.interrupted) setTimeout(() => process.exit(exit), graceMs).unref()
  for (const [signal, end] of listening) process.off(signal, end)
}

function hostOf(signal: AbortSignal, parts: () => Promise<Parts>): Host {
  const person = process.stdin.isTTY === true && process.stdout.isTTY === true
  return {
    env: process.env,
    cwd: process.cwd(),
    out: process.stdout,
    err: process.stderr,
    input: process.stdin,
    person,
    screen: person ? screenOf(process.stdin, process.stdout) : null,
    signal,
    version: version(),
    program: fileURLToPath(new URL('../../bin/daybook.mjs', import.meta.url)),
    now: Date.now,
    parts,
    ask: (question) => askLine(question, signal),
    key: (ending) => nextKey(AbortSignal.any([signal, ending])),
  }
}

/** One line from the terminal; null when it was closed or the command was ended. */
async function askLine(question: string, signal: AbortSignal): Promise<string | null> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  // While it edits a line, the terminal hands Ctrl-C to the editor instead of making a signal of it.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  const closed = new Promise<null>((resolve) => {
    lines.once('close', () => resolve(null))
  })
  const answer = lines.question(question, { signal }).catch((error: unknown) => {
    if (signal.aborted || (error instanceof Error && error.name === 'AbortError')) return null
    throw error
  })
  try {
    return await Promise.race([answer, closed])
  } finally {
    lines.close()
  }
}

/** Raw for the length of one key, in which a terminal makes no signal of Ctrl-C. */
function nextKey(signal: AbortSignal): Promise<string | null> {
  const { stdin } = process
  if (!stdin.isTTY || signal.aborted) return Promise.resolve(null)
  return new Promise((resolve) => {
    const end = (key: string | null): void => {
      stdin.off('data', take).off('end', closed)
      signal.removeEventListener('abort', closed)
      stdin.setRawMode(false).pause()
      resolve(key)
    }
    const take = (given: Buffer | string): void => {
      const key = String(given)
      if (key === '\u0003') process.kill(process.pid, 'SIGINT')
      else end(key)
    }
    const closed = (): void => end(null)
    stdin.setRawMode(true).resume().on('data', take).once('end', closed)
    signal.addEventListener('abort', closed, { once: true })
  })
}

/** A reader that has enough (`daybook show | head`) is no failure. */
function endQuietly(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exits.ok)
    throw error
  })
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url)
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
  return version
}
