// Writes text piece by piece to standard output or into a new file.

import { once } from 'node:events'
import { createWriteStream, existsSync } from 'node:fs'
import { resolve } from 'node:path'
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

/** A file that is there is not replaced. One that could not be finished is left: a bundle of sessions does not verify then. */
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
  for await (const piece of pieces) {
    if (context.host.signal.aborted) break
    if (!file.write(piece)) await once(file, 'drain')
    written += 1
  }
  file.end()
  await once(file, 'finish')
  return written
}

/** For those who do something else before they write. */
export function refuseTaken(context: Context, to: string): void {
  const path = resolve(context.host.cwd, to)
  if (!existsSync(path)) return
  throw new Refusal(exits.conflict, 'exists', { what: `${path} exists`, next: 'choose another file' })
}
