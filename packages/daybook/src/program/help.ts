// The help text of a program: what it prints when asked, or a sentence that says why there is none. Never an error.

import { spawn } from 'node:child_process'
import { realpathSync, statSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import type { Program } from './resolve.ts'

export interface HelpRequest {
  readonly program: Pick<Program, 'name' | 'help'>
  /** Absolute path of its binary; undefined where it was not found. */
  readonly path: string | undefined
  readonly workdir: string
  readonly env: Readonly<Record<string, string>>
  /** Milliseconds; default 10,000. */
  readonly timeoutMs?: number
}

/** Bytes of each of the two streams. */
const mostBytes = 256 * 1024
const standardMs = 10_000

/** By the state of the binary. Help that could not be had is asked for again. */
const known = new Map<string, string>()
const mostKnown = 256

/** The text, or `no help available: <reason>`. */
export async function helpOf(request: HelpRequest): Promise<string> {
  try {
    if (request.path === undefined) return missing(`${request.program.name} is not on this machine`)
    const { size, mtimeNs, ino } = statSync(realpathSync(request.path), { bigint: true })
    const key = JSON.stringify([request.path, String(ino), String(size), String(mtimeNs), request.program.help])
    const kept = known.get(key)
    if (kept !== undefined) return kept
    const text = await asked(request, request.path)
    if (text.ok) {
      known.set(key, text.help)
      const [oldest] = known.keys()
      if (known.size > mostKnown && oldest !== undefined) known.delete(oldest)
    }
    return text.help
  } catch (error) {
    return missing(error instanceof Error ? error.message : String(error))
  }
}

function missing(reason: string): string {
  return `no help available: ${reason}`
}

interface Asked {
  readonly ok: boolean
  readonly help: string
}

/** Some print their help to standard error, and some end with an error behind it: what they print counts. */
function asked({ program, workdir, env, timeoutMs = standardMs }: HelpRequest, path: string): Promise<Asked> {
  const { promise, resolve } = Promise.withResolvers<Asked>()
  const child = spawn(path, [...program.help], {
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
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
  const [out, err] = [gather(child.stdout, end), gather(child.stderr, end)]
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
    resolve({ ok: false, help: missing(error.message) })
  })
  child.on('close', (code, signal) => {
    clearTimeout(timer)
    const text = [out(), err()].map((one) => stripVTControlCharacters(one).trim()).find((one) => one !== '')
    if (late) resolve({ ok: false, help: missing(`it took longer than ${timeoutMs} ms`) })
    else if (text === undefined)
      resolve({ ok: false, help: missing(`it printed nothing and ended with ${signal ?? code}`) })
    else resolve({ ok: true, help: text })
  })
  return promise
}

/** Its first 256 KB; more ends the program. */
function gather(stream: NodeJS.ReadableStream, end: () => void): () => string {
  const pieces: Buffer[] = []
  let left = mostBytes
  stream.on('data', (piece: Buffer) => {
    if (left > 0) pieces.push(piece.subarray(0, left))
    left -= piece.length
    if (left < 0) end()
  })
  return () => new TextDecoder().decode(Buffer.concat(pieces), { stream: true }) // half a character at its end is left out
}
