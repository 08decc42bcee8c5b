// The process around the command line: standard streams, signals, the quiet end of a pipe, the exit code.

import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import type { Host } from './context.ts'
import { exits } from './exits.ts'
import type { Parts } from './parts.ts'
import { run } from './run.ts'

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
      stop.abort(signal === 'SIGTERM' ? exits.ok : exits.interrupted)
    }
    listening.set(signal, end)
    process.on(signal, end)
  }
  process.exitCode = await run(argv, hostOf(stop.signal, parts))
  for (const [signal, end] of listening) process.off(signal, end)
}

function hostOf(signal: AbortSignal, parts: () => Promise<Parts>): Host {
  return {
    env: process.env,
    cwd: process.cwd(),
    out: process.stdout,
    err: process.stderr,
    input: process.stdin,
    person: process.stdin.isTTY === true && process.stdout.isTTY === true,
    signal,
    version: version(),
    now: Date.now,
    parts,
    async ask(question) {
      const lines = createInterface({ input: process.stdin, output: process.stderr })
      try {
        return await lines.question(question, { signal })
      } catch (error) {
        if (signal.aborted) return null
        throw error
      } finally {
        lines.close()
      }
    },
  }
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
