// Asking anew in the place of something that was said: where the history ends before it, and what was asked then.

import { DaybookError } from '../schema/errors.ts'
import type { Seq } from '../schema/ids.ts'
import type { Json } from '../schema/json.ts'
import type { Session } from '../session/contract.ts'
import { dataOf } from '../session/decode.ts'
import type { RunFields } from './contract.ts'

export interface Instead {
  /** Seq at which the active history ends then. */
  readonly to: Seq
  /** What was asked for with it, and who was chosen to do it. */
  readonly asked: Pick<RunFields, 'input' | 'agent' | 'skill' | 'model'>
}

/** Active messages that are looked through for the last one of a person. */
const mostLooked = 512

/** @throws DaybookError `invalid` where there is no active message of a person with this seq, or none at all */
export async function insteadOf(session: Session, message: Seq | 'last'): Promise<Instead> {
  const seq = message === 'last' ? await lastSaid(session) : await said(session, message)
  const [entry] = await session.stored({ after: seq - 1, until: seq, limit: 1 })
  const data = entry?.kind === 'message' ? dataOf(entry, 'message') : null
  if (!entry || !data) throw missing(message)
  const { cause, run } = entry
  const [asked] = cause === undefined ? [] : await session.stored({ after: cause - 1, until: cause, limit: 1 })
  const queued = asked?.kind === 'run.queued' && asked.run === run ? dataOf(asked, 'run.queued') : null
  // Steered into a run, or said without one: the text is all that was asked.
  if (!asked || !queued || queued.run_id !== run) return { to: seq - 1, asked: { input: data.content } }
  const { input, agent, skill, model, routing } = queued
  return {
    to: asked.seq - 1,
    asked: {
      input: (input as Json | undefined) ?? data.content,
      // What the words had found is found again.
      ...(agent === undefined ? undefined : { agent }),
      ...(skill === undefined || routing !== undefined ? undefined : { skill }),
      ...(model === undefined ? undefined : { model }),
    },
  }
}

/** The same is asked of the same; whoever names another agent or skill chooses anew. */
export function again(fields: RunFields, { asked }: Instead): RunFields {
  const { agent, skill, ...kept } = asked
  const names = fields.agent !== undefined || fields.skill !== undefined
  const who = { ...(agent === undefined ? undefined : { agent }), ...(skill === undefined ? undefined : { skill }) }
  return { ...kept, ...(names ? undefined : who), ...fields }
}

async function said(session: Session, seq: Seq): Promise<Seq> {
  const { messages } = await session.view('history', { limit: 1, before: seq + 1 })
  for await (const { seq: found, role } of messages) if (found === seq && role === 'user') return seq
  throw missing(seq)
}

async function lastSaid(session: Session): Promise<Seq> {
  let last: Seq | null = null
  const { messages } = await session.view('history', { limit: mostLooked })
  for await (const { seq, role } of messages) if (role === 'user') last = seq
  if (last === null) throw missing('last')
  return last
}

function missing(message: Seq | 'last'): DaybookError {
  const what = message === 'last' ? 'no message of a person' : `no message of a person with the seq ${message}`
  return new DaybookError('invalid', `there is ${what} that could be asked anew`, { field: 'instead_of' })
}
