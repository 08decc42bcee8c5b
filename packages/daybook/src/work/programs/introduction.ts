// What an agent that is new to a session has to know before its first prompt there: the preamble, as the log has it.

import type { LiveProgram } from '../../program/contract.ts'
import type { Session } from '../../session/contract.ts'
import { preambleUntil } from '../../session/preamble/of-session.ts'
import type { Turn } from '../performer.ts'
import { newestEntry } from './newest.ts'

/** The prompt, behind a preamble where the program has not been in this session, or has lost its own, and what an agent gives it along. */
export async function introduced(turn: Turn, program: LiveProgram, text: string): Promise<string> {
  if (!program.converses) return text
  const handed = await handedIn(turn, program.name)
  const isNew = await isNewTo(turn, program.name)
  if (!isNew && !handed && !(await hasMissed(turn, program.name))) return text
  const preamble =
    (isNew ? await addressed(turn.session, program.name) : null) ?? (await written(turn, program.name, handed))
  const words = handed ? `## Handed over by ${handed.from}\n${handed.reason}` : null
  const before = [preamble, words].filter((part) => part !== null)
  return before.length === 0 ? text : [...before, `## Asked now\n${text}`].join('\n\n')
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

/** Whether somebody else has answered since the program did, which knows its own part of the session only. */
async function hasMissed({ session, run }: Turn, program: string): Promise<boolean> {
  const last = await newestEntry(session, 'message', 0, ({ role, agent }, entry) => {
    return role === 'assistant' && agent !== undefined && !(agent === program && entry.run === run)
  })
  return last !== null && last.data.agent !== program
}

interface Handed {
  readonly from: string
  readonly reason: string
  readonly seq: number
}

/** That an agent handed the run to the program; null where it began with it, or was chosen for what was asked: that asks for nothing more. */
async function handedIn({ session, run }: Turn, program: string): Promise<Handed | null> {
  const found = await newestEntry(session, 'handoff', 0, ({ to, confidence }, entry) => {
    return entry.run === run && to === program && confidence === undefined
  })
  return found && { from: found.data.from, reason: found.data.reason, seq: found.entry.seq }
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

/** Of all that was said before this run, or before it was handed over; null where that is nothing. */
async function written({ session, run }: Turn, program: string, handed: Handed | null): Promise<string | null> {
  const asked = await newestEntry(session, 'run.queued', 0, (_, entry) => entry.run === run)
  const until = handed?.seq ?? (asked?.entry.seq ?? (await session.head()).seq) - 1
  const preamble = until < 1 ? null : await preambleUntil(session, until)
  if (!preamble) return null
  const metadata = { preamble: { with: program, of: session.id, until, tokens: preamble.tokens } }
  const data = { role: 'system' as const, content: preamble.text, metadata }
  await session.append({ kind: 'message', data, run }, { key: `${run} preamble` })
  return preamble.text
}
