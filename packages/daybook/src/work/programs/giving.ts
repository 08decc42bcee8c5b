// One prompt given to a program through one driver: its process found or begun, and what becomes of it told to the log.

import type { Asks, LiveProgram, LivePrograms, ProgramDriver, PromptEvent, Reply } from '../../program/contract.ts'
import { isDaybookError } from '../../schema/errors.ts'
import type { Hash } from '../../schema/ids.ts'
import { RunFailure, recordOf } from '../failure.ts'
import type { Turn } from '../performer.ts'
import { type Bound, boundTo, tokenOf, totalBefore } from './bound.ts'
import { BranchWatch } from './branch.ts'
import { introduced } from './introduction.ts'
import { hostName, type Place, promptKey } from './known.ts'
import { Patience } from './patience.ts'
import { placeOf } from './place.ts'
import type { Asked } from './prompt.ts'
import { Telling } from './telling.ts'
import { usableToken } from './token.ts'
import { difference } from './usage.ts'
import { type Outcome, Verdict } from './verdict.ts'

/** Raw output that is kept beside the messages that were made of it, in bytes. */
const capturedBytes = 8_388_608

/** Keeps what a program printed, without its secrets; gives the hash of the blob. */
export type Keep = (printed: Uint8Array) => Promise<Hash>

/** Told of a process, by its name at the host, that lives on behind a prompt. */
export type Lives = (name: string) => void

/** How a prompt ended, what the program asks before it goes on, or why nothing can have happened. */
export type Told =
  | Outcome
  | { readonly asks: Asks }
  | { readonly fell_back: { readonly code: string; readonly message: string } }

export interface Giving {
  readonly turn: Turn
  readonly program: LiveProgram
  readonly programs: LivePrograms
  readonly driver: ProgramDriver
  readonly keep: Keep
  readonly lives: Lives
  readonly replies: readonly Reply[]
  /** This step was never attempted before. */
  readonly first: boolean
}

export async function give(giving: Giving, asked: Asked): Promise<Told> {
  const { turn, program, programs, driver, replies, first } = giving
  const { session, run } = turn
  const bound = await boundTo(session, program.name)
  const workdir = await program.workdir(bound.workdir)
  const images = await Promise.all(asked.images.map((path) => program.image(path)))
  const home = program.home(session.id, workdir)
  const fresh = first && replies.length === 0
  const wanted = { session, run, program: program.name, driver: driver.name, keeps: driver.keeps, first: fresh }
  const place = await placeOf(wanted, programs)
  const of = { session, run, program: program.name, driver: driver.name, workdir, home }
  const token = place.started ? await tokenOf(session, program.name, driver.name) : await usableToken(of, program)
  const text = asked.text === null ? null : await introduced(turn, program, asked.text)
  await bind(giving, bound)
  const telling = new Telling(of, place, token)
  const name = hostName(session.id, place.process)
  if (!place.started) await driver.tidy(session.id, name)
  const prompt = {
    ...{ key: promptKey(run, driver.name), process: name, text, images, workdir, session: session.id },
    ...{ token, started: place.started, given: place.given, before: place.before, from: place.out, replies },
  }
  const watch = new BranchWatch({ session, run, workdir }, programs.git)
  try {
    return await told(giving, place, telling, (signal) => driver.prompt(prompt, signal))
  } finally {
    if (turn.signal.aborted) watch.leave()
    else await watch.end()
  }
}

/** What prompts to this program go to from here on, where that is not what the log says already. */
async function bind({ turn, program, driver }: Giving, { binding, workdir }: Bound): Promise<void> {
  if (binding?.config_hash === program.hash && binding.driver === driver.name) return
  const data = { program: program.name, driver: driver.name, workdir, config_hash: program.hash }
  const key = `${turn.run} bound ${driver.name} ${program.hash}`
  await turn.session.append({ kind: 'program.bound', data, run: turn.run }, { key })
}

async function told(
  giving: Giving,
  { process }: Place,
  telling: Telling,
  events: (end: AbortSignal) => AsyncIterable<PromptEvent>,
): Promise<Told> {
  const { turn, program, driver } = giving
  const patience = new Patience(turn.signal, program)
  const verdict = new Verdict(program.name, driver.keeps)
  try {
    for await (const event of events(patience.signal)) {
      patience.heard()
      await tell(event, telling, verdict)
      if (event.type === 'asks') {
        // What it said before stands before the question.
        if (verdict.last) telling.message(verdict.last)
        await telling.settle()
        return { asks: event.asks }
      }
      if (event.type === 'exited') await end(giving, telling, verdict, event)
    }
    if (verdict.done && !verdict.exited) {
      await answered(giving, telling, verdict)
      await telling.settle()
    }
    telling.leave()
    if (driver.keeps && !verdict.exited) giving.lives(telling.name)
    if (verdict.refused === 'token') await telling.tokenRefused()
    return verdict.result(patience.over, process)
  } catch (error) {
    telling.leave()
    return given(error, verdict, program)
  } finally {
    patience.end()
  }
}

/** Where nothing can have happened, another driver may try. */
function given(error: unknown, verdict: Verdict, { name }: LiveProgram): Told {
  if (verdict.refused === 'arguments' && error instanceof RunFailure) return { fell_back: recordOf(error) }
  if (!isDaybookError(error)) throw error
  if (error.code === 'not_found') throw new RunFailure('lost', `${name}: ${error.message}`)
  if (error.code === 'invalid' && !verdict.started) {
    return { fell_back: { code: error.code, message: `${name}: ${error.message}` } }
  }
  throw error
}

async function end(
  giving: Giving,
  telling: Telling,
  verdict: Verdict,
  event: Extract<PromptEvent, { type: 'exited' }>,
): Promise<void> {
  await answered(giving, telling, verdict)
  const printed = verdict.structured ? await giving.driver.printed(telling.name, capturedBytes) : null
  const captured = printed && printed.length > 0 ? { blob: await giving.keep(printed), bytes: printed.length } : null
  await telling.end(event, captured)
}

/** The last message, with what the prompt has cost. */
async function answered({ turn, program }: Giving, telling: Telling, verdict: Verdict): Promise<void> {
  const { last, used, total } = verdict
  if (!last) return
  const before = total ? await totalBefore(turn.session, program.name, turn.run) : null
  telling.message(last, total ? { usage: difference(total, before), total } : used ? { usage: used } : {})
}

async function tell(event: PromptEvent, telling: Telling, verdict: Verdict): Promise<void> {
  const before = verdict.see(event)
  if (before) telling.message(before)
  switch (event.type) {
    case 'started':
      return telling.start(event.start)
    case 'ready':
      return telling.ready(event)
    case 'token':
      return telling.token(event.token, event.printed ? 'output' : 'protocol')
    case 'output':
      return telling.output(event)
    case 'foreign':
      return telling.foreign(event.kind, event.record)
    case 'auto_command':
    case 'activity':
    case 'interrupted':
      return telling.sign(event)
    default:
  }
}
