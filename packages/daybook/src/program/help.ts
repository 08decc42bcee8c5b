// The help text of a program: what it prints when asked, or a sentence that says why there is none. Never an error.

import { realpathSync, statSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import { ask } from './ask.ts'
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
    const text = await printed(request, request.path)
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

interface Help {
  readonly ok: boolean
  readonly help: string
}

/** Some print their help to standard error, and some end with an error behind it: what they print counts. */
async function printed({ program, workdir, env, timeoutMs = standardMs }: HelpRequest, path: string): Promise<Help> {
  const { out, err, late, signal, code } = await ask({ path, args: program.help, workdir, env, timeoutMs, mostBytes })
  const text = [out, err].map((one) => stripVTControlCharacters(one).trim()).find((one) => one !== '')
  if (late) return { ok: false, help: missing(`it took longer than ${timeoutMs} ms`) }
  return text === undefined
    ? { ok: false, help: missing(`it printed nothing and ended with ${signal ?? code}`) }
    : { ok: true, help: text }
}
