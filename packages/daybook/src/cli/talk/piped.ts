// The same without a terminal: one prompt a line, each answered before the next one, nothing but the answers on standard output.

import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import type { Context } from '../context.ts'
import { type ExitCode, misuse } from '../exits.ts'
import { tellRun } from '../outcome.ts'
import type { TalkStart } from './talk.ts'

/** Ends with the first prompt that does not end well, as a command of its own would. */
export async function talkPiped(context: Context, { session, opens }: TalkStart): Promise<ExitCode> {
  const backend = await context.backend()
  let id = session?.session_id ?? null
  let exit: ExitCode | null = null
  for await (const line of createInterface({ input: Readable.from(context.host.input), crlfDelay: Infinity })) {
    const input = line.trim()
    if (input === '') continue
    const receipt = await backend.runs.start(id, { input, ...(id === null && opens ? { opens } : {}) })
    id = receipt.session_id
    const { tail } = await backend.session(id).get()
    exit = await tellRun(context, backend, receipt, { tail })
    if (exit !== 0) return exit
  }
  if (exit === null) throw misuse('there is nothing to say', `${context.me} say [session] "…"`)
  return exit
}
