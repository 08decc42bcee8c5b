// Asks a program for something that it prints and ends with: its version, its help. Never longer than it may take.

import { spawn } from 'node:child_process'

export interface Asking {
  /** Absolute. */
  readonly path: string
  readonly args: readonly string[]
  readonly workdir?: string
  readonly env: Readonly<Record<string, string>>
  /** Milliseconds; then it is ended with all of its group. */
  readonly timeoutMs: number
  /** Bytes of each of the two streams; more ends it. */
  readonly mostBytes: number
}

export interface Answered {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
  readonly late: boolean
}

/** Without a terminal and at the end of its input. Rejects where it cannot be started, or not be ended as it has another user. */
export function ask({ path, args, workdir, env, timeoutMs, mostBytes }: Asking): Promise<Answered> {
  const { promise, resolve, reject } = Promise.withResolvers<Answered>()
  const child = spawn(path, [...args], {
    cwd: workdir,
    env: { ...env, TERM: 'dumb', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own, which can be ended as a whole
  })
  const end = (): void => {
    if (child.pid === undefined) return
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') reject(error)
    }
  }
  const [out, err] = [gather(child.stdout, mostBytes, end), gather(child.stderr, mostBytes, end)]
  let late = false
  const timer = setTimeout(() => {
    late = true
    end()
    // What left the group may hold the pipes open.
    child.stdout.destroy()
    child.stderr.destroy()
  }, timeoutMs)
  child.on('error', (error) => {
    clearTimeout(timer)
    reject(error)
  })
  child.on('close', (code, signal) => {
    clearTimeout(timer)
    resolve({ code, signal, out: out(), err: err(), late })
  })
  return promise
}

/** Its first bytes; more ends the program. */
function gather(stream: NodeJS.ReadableStream, most: number, end: () => void): () => string {
  const pieces: Buffer[] = []
  let left = most
  stream.on('data', (piece: Buffer) => {
    if (left > 0) pieces.push(piece.subarray(0, left))
    left -= piece.length
    if (left < 0) end()
  })
  return () => new TextDecoder().decode(Buffer.concat(pieces), { stream: true }) // half a character at its end is left out
}
