// A step whose end stands in the log as a message: told once, in one append with the end, and read back from there.

import type { DeltaContent } from '../schema/deltas.ts'
import type { NewEntry, StoredEntry } from '../schema/entries.ts'
import type { Seq } from '../schema/ids.ts'
import type { Message } from '../schema/parts.ts'
import type { Session } from '../session/contract.ts'
import { dataOf } from '../session/decode.ts'
import { stepStarted } from './begin.ts'
import type { StepOptions } from './contract.ts'
import { entryOf, recorded } from './entry.ts'
import { EffectLeft, Paused } from './execution.ts'
import { NoRoom, RunFailure, recordOf } from './failure.ts'
import type { StepRecord } from './journal.ts'
import type { Said, StepEnd, TellAttempt } from './performer.ts'
import type { Written } from './run-log.ts'
import type { TurnOfRun } from './turn.ts'

export interface StepNamed {
  readonly id: string
  readonly name: string
  /** Undefined: it never began. */
  readonly record: StepRecord | undefined
  readonly options: StepOptions
}

/** What stands as the output of a run or step whose output is a message. */
export interface NamedMessage {
  readonly message_seq: Seq
}

/** The seq of the message that stands for an output; null where the output stands for itself. */
export function namedMessage(output: unknown): Seq | null {
  if (typeof output !== 'object' || output === null || Object.keys(output).length !== 1) return null
  const { message_seq: seq } = output as Partial<NamedMessage>
  return typeof seq === 'number' && Number.isSafeInteger(seq) && seq > 0 ? seq : null
}

/** An erased message says nothing. */
export async function messageAt(session: Session, seq: Seq, known: readonly StoredEntry[] = []): Promise<Message> {
  const here = known.find((entry) => entry.seq === seq)
  const [entry] = here ? [here] : await session.stored({ after: seq - 1, until: seq, limit: 1 })
  const data = entry?.seq === seq && entry.kind === 'message' ? dataOf(entry, 'message') : null
  return data ?? { role: 'assistant', content: '' }
}

type Says<T> = (end: StepEnd<T>) => Said | null

export async function tell<T>(
  turn: TurnOfRun,
  name: string,
  effect: (attempt: TellAttempt) => Promise<T>,
  says: Says<T>,
  given: StepOptions,
): Promise<Message> {
  const step = turn.stepNamed(name, given)
  const { id, record, options } = step
  const { execution } = turn
  const begun = execution.begun === id
  const told = namedMessage(record?.end?.output)
  if (told !== null) {
    const message = await messageAt(turn.session, told)
    turn.told = { seq: told, content: message.content }
    return message
  }
  if (record?.end?.error !== undefined) throw failedBefore(name, record)
  if (!begun && record && !options.idempotent) return unknown(turn, step, says)
  if (!begun && options.risk === 'high') {
    try {
      await turn.approval(id, name, options)
    } catch (error) {
      return refused(turn, step, says, error)
    }
  }
  // What began with the run is the first attempt at it.
  const fresh = begun ? { ...step, record: undefined } : step
  return execution.effect(() => attempted(turn, fresh, effect, says), options.leavable)
}

function failedBefore(name: string, { end }: StepRecord): RunFailure {
  const { code, message } = (end as { error: { code: string; message: string } }).error
  return new RunFailure('error', `${name}: ${message}`, code)
}

/** It had begun, its end is not known, and it may not be done again. */
function unknown<T>(turn: TurnOfRun, { id, name }: StepNamed, says: Says<T>): Message {
  const failure = new RunFailure('outcome_unknown', `nobody knows whether "${name}" took effect`)
  return ended(turn, id, says({ failure }), { unknown: true }, failure)
}

/** Nobody approved it: it never began, and both ends of it go out with what is told of that. */
function refused<T>(turn: TurnOfRun, { id, name, options }: StepNamed, says: Says<T>, failure: unknown): Message {
  const said = says({ failure })
  if (!said) throw failure
  turn.execution.log.write(stepStarted(turn.run, id, name, inputIn(options), options.risk))
  return ended(turn, id, said, { error: recordOf(failure) }, failure)
}

async function attempted<T>(
  turn: TurnOfRun,
  { id, name, record, options }: StepNamed,
  effect: (attempt: TellAttempt) => Promise<T>,
  says: Says<T>,
): Promise<Message> {
  const { execution, run, signal, live } = turn
  const attempt = (record?.attempts ?? 0) + 1
  if (!execution.takeBegun(id)) {
    turn.goOn()
    execution.log.write(stepStarted(run, id, name, inputIn(options), options.risk, attempt))
    await execution.log.flush()
  }
  const place = { run_id: run, step: id, ...(attempt === 1 ? undefined : { attempt }) }
  const piece = (content: DeltaContent): void => {
    if (signal.aborted) return
    if ('text' in content) turn.partial += content.text
    live.piece(place, content)
  }
  turn.partial = ''
  turn.speaker = options.speaker
  let end: StepEnd<T>
  let said: Said | null
  try {
    end = { output: await effect({ key: id, attempt, signal, piece }) }
    said = checked(says(end))
  } catch (failure) {
    // Ended from outside, what came so far is kept with the run, under its status; else the next attempt does it again.
    if (signal.aborted) throw new EffectLeft()
    if (failure instanceof NoRoom) throw new Paused(failure, turn.line)
    end = { failure }
    said = checked(says(end))
  }
  const failed = 'failure' in end ? { error: recordOf(end.failure) } : {}
  return ended(turn, id, said, failed, 'failure' in end ? end.failure : undefined)
}

function inputIn({ input, inputNamed = input }: StepOptions) {
  return recorded(inputNamed, 'input')
}

/** As the log will give it back, so that what goes on from it is the same after a restart. */
function checked(said: Said | null): Said | null {
  return said && { ...said, message: recorded(said.message as never, 'message') as Message }
}

/** The end goes out with its message, or alone where it has none; then what failed is thrown. */
function ended(
  turn: TurnOfRun,
  step: string,
  said: Said | null,
  more: { readonly error?: object; readonly unknown?: true },
  failure: unknown,
): Message {
  const { execution, run, live } = turn
  const { log } = execution
  log.onDurable(() => live.end({ run_id: run, step }))
  if (!said) {
    log.write(entryOf('step.finished', run, { step, ...more }))
    execution.writeSoon()
    throw failure ?? new Error('a step told nothing')
  }
  const place = { seq: 0, content: said.message.content }
  const { metadata, ...message } = said.message
  const entry: NewEntry<'message'> = {
    kind: 'message',
    run,
    data: { ...message, metadata: { ...metadata, step } },
    ...(message.agent === undefined ? undefined : { actor: `agent:${message.agent}` }),
  }
  const written: Written[] = [
    ...(said.before ?? []),
    (seq) => {
      place.seq = seq
      return entry
    },
    (seq) => entryOf('step.finished', run, { step, output: { message_seq: seq - 1 }, ...more }),
  ]
  log.write(...written)
  execution.writeSoon()
  turn.partial = ''
  turn.told = place
  return entry.data
}
