// What an agent that is new to a session has to know before its first prompt there: the preamble, as the log has it.

import type { LiveProgram } from '../../program/contract.ts'
import type { Session } from '../../session/contract.ts'
import { preambleUntil } from '../../session/preamble/of-session.ts'
import type { Turn } from '../performer.ts'
import { newestEntry } from './newest.ts'

/** The prompt, behind a preamble where the program has not been in this session, or has lost its own. */
export async function introduced(turn: Turn, program: LiveProgram, text: string): Promise<string> {
  if (!program.converses || !(await isNewTo(turn, program.name))) return text
  const preamble = (await addressed(turn.session, program.name)) ?? (await written(turn, program.name))
  return preamble === null ? text : `${preamble}\n\n## Asked now\n${text}`
}

/** The same in every attempt: what this run itself has begun does not count. */
async function isNewTo({ session, run }: Turn, program: string): Promise<boolean> {
  const own = (await session.head()).base?.seq ?? 0
  const begun = await newestEntry(session, 'process.started', own, (data) => {
    return data.program === program && data.run_id !== run
  })
  if (!begun) return true
  const refused = await newestEntry(session, 'process.token_refused', own, (data) => data.program === program)
  return refused !== null && refused.entry.seq > begun.entry.seq
}

/** A preamble that was written for this program, as by a person who goes on with it. */
async function addressed(session: Session, program: string): Promise<string | null> {
  const own = (await session.head()).base?.seq ?? 0
  const found = await newestEntry(session, 'message', own, ({ metadata }) => {
    const preamble = metadata?.preamble
    return typeof preamble === 'object' && preamble !== null && 'with' in preamble && preamble.with === program
  })
  return found?.data.content ?? null
}

/** Of all that was said before this run; null where that is nothing. */
async function written({ session, run }: Turn, program: string): Promise<string | null> {
  const asked = await newestEntry(session, 'run.queued', 0, (_, entry) => entry.run === run)
  const until = (asked?.entry.seq ?? (await session.head()).seq) - 1
  const preamble = until < 1 ? null : await preambleUntil(session, until)
  if (!preamble) return null
  const metadata = { preamble: { with: program, of: session.id, until, tokens: preamble.tokens } }
  const data = { role: 'system' as const, content: preamble.text, metadata }
  await session.append({ kind: 'message', data, run }, { key: `${run} preamble` })
  return preamble.text
}
