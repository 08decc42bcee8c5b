// `daybook export`: sessions in the open format, one JSON object per line, to standard output or a file.

import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { resolve } from 'node:path'
import type { Context } from '../context.ts'
import { exits, Refusal } from '../exits.ts'
import { count } from '../format/time.ts'
import type { Perform } from '../grammar.ts'
import { text } from '../open.ts'
import { pickIn } from '../pick-in.ts'

export const perform: Perform = async (context, call) => {
  const opened = await context.store()
  const ids: string[] = []
  for (const argument of call.args) ids.push((await pickIn(context, opened, argument)).session_id)
  const to = text(call, 'to')
  const lines = opened.all.export(call.args.length === 0 ? undefined : ids)
  const written = to === undefined ? await print(context, lines) : await save(context, lines, to)
  if (to !== undefined || context.output.width !== undefined) context.output.hint(`${count(written)} lines`)
  return undefined
}

async function print(context: Context, lines: AsyncIterable<string>): Promise<number> {
  let written = 0
  for await (const line of lines) {
    if (context.host.signal.aborted) break
    await context.output.stream(`${line}\n`)
    written += 1
  }
  return written
}

/** A file that is there is not replaced; one that could not be finished is left, and does not verify. */
async function save(context: Context, lines: AsyncIterable<string>, to: string): Promise<number> {
  const path = resolve(context.host.cwd, to)
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 })
  try {
    await once(file, 'open')
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    throw new Refusal(taken ? exits.conflict : exits.failed, taken ? 'exists' : 'invalid', {
      what: taken ? `${path} exists` : `${path} cannot be written`,
      why: error instanceof Error ? error.message : String(error),
      next: 'choose another file',
    })
  }
  let written = 0
  for await (const line of lines) {
    if (context.host.signal.aborted) break
    if (!file.write(`${line}\n`)) await once(file, 'drain')
    written += 1
  }
  file.end()
  await once(file, 'finish')
  return written
}
