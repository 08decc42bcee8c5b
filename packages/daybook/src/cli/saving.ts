// Writes text piece by piece to standard output or into a new file.

import { once } from 'node:events'
import { createWriteStream, existsSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Context } from './context.ts'
import { exits, Refusal } from './exits.ts'

/** How many pieces were written; ends early when a person interrupts. */
export async function print(context: Context, pieces: AsyncIterable<string>): Promise<number> {
  let written = 0
  for await (const piece of pieces) {
    if (context.host.signal.aborted) break
    await context.output.stream(piece)
    written += 1
  }
  return written
}

/** A file that is there is not replaced, and one that could not be finished is not left to pass for a whole one. */
export async function save(context: Context, pieces: AsyncIterable<string>, to: string): Promise<number> {
  const path = resolve(context.host.cwd, to)
  refuseTaken(context, to)
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 })
  try {
    await once(file, 'open')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const lines = { what: `${path} cannot be written`, why, next: 'choose another file' }
    throw new Refusal(exits.failed, 'invalid', lines)
  }
  let written = 0
  let read: unknown
  try {
    await pipeline(async function* () {
      try {
        for await (const piece of pieces) {
          context.host.signal.throwIfAborted()
          written += 1
          yield piece
        }
      } catch (error) {
        read = error
        throw error
      }
    }, file)
    return written
  } catch (error) {
    rmSync(path, { force: true })
    if (error === read || !(error instanceof Error && 'syscall' in error)) throw error
    throw new Refusal(exits.failed, 'failed', {
      what: `${path} could not be written whole`,
      why: error.message,
      next: 'make room, or choose another file',
    })
  }
}

/** For those who do something else before they write. */
export function refuseTaken(context: Context, to: string): void {
  const path = resolve(context.host.cwd, to)
  if (!existsSync(path)) return
  throw new Refusal(exits.conflict, 'exists', { what: `${path} exists`, next: 'choose another file' })
}
