// `daybook say`: a turn in a session, or the answer to what it asks; follows the run to its end.

import type { RunReceiptShape } from '../../schema/wire-runs.ts'
import type { SessionShape } from '../../schema/wire-shapes.ts'
import type { OnBusy } from '../../work/contract.ts'
import { type Asked, questionsIn } from '../asked.ts'
import type { Backend } from '../backend.ts'
import { boundSession } from '../bound.ts'
import { chooseOne } from '../choose.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exits, misuse, Refusal } from '../exits.ts'
import { ordinal } from '../format/run.ts'
import { agentOf } from '../format/session.ts'
import { oneLine } from '../format/width.ts'
import type { Call, Perform } from '../grammar.ts'
import { readAll } from '../input.ts'
import { text, wholeNumber } from '../open.ts'
import { openingHere } from '../open-here.ts'
import { tellRun } from '../outcome.ts'
import { pick } from '../pick.ts'
import type { QuestionShape, Runs } from '../runs.ts'

type Turn = Parameters<Runs['start']>[1]

const ways = ['steer', 'interrupt', 'reject'] as const satisfies readonly OnBusy[]

export const perform: Perform = async (context, call) => {
  if (call.options.again === true) return again(context, call)
  const [named, given] = call.args.length > 1 ? call.args : [undefined, call.args[0]]
  if (given === undefined) {
    if (call.options.at !== undefined)
      throw misuse('what is to be said there?', `${context.me} say [session] "…" --at SEQ`)
    return talking(context, call)
  }
  const said = (given === '-' ? await readAll(context.host) : (given ?? '')).trim()
  if (said === '') throw misuse('there is nothing to say', `${context.me} say [session] "…"`)
  const fields = fieldsOf(call, said)
  const backend = await context.backend()
  const session = named === undefined ? await boundSession(context) : await sessionNamed(context, named)
  const isTurn = Object.keys(fields).length > 1
  if (session === null && fields.instead_of !== undefined) throw nowhere(context, '--at')
  const questions = session === null || isTurn ? [] : await questionsIn(backend, session)
  if (questions.length > 0) return answer(context, call, backend, questions, said)
  // A program works in some folder: that of whoever asks for it.
  const opening = session === null && fields.agent !== undefined ? { opens: await openingHere(context) } : {}
  const receipt = await backend.runs.start(session?.session_id ?? null, { ...fields, ...opening })
  return follow(context, call, backend, receipt, session)
}

/** The last message once more: what answered it has no place in the history any more. */
async function again(context: Context, call: Call): Promise<ExitCode | undefined> {
  if (call.args.length > 1) throw misuse('--again takes no text', `${context.me} say [session] "…" --at SEQ`)
  const [named] = call.args
  const fields = fieldsOf(call)
  const backend = await context.backend()
  const session = named === undefined ? await boundSession(context) : await sessionNamed(context, named)
  if (session === null) throw nowhere(context, '--again')
  const receipt = await backend.runs.start(session.session_id, fields)
  return follow(context, call, backend, receipt, session)
}

function nowhere({ me }: Context, option: string): Refusal {
  return misuse('no session is bound to this branch', `${me} say SESSION … ${option}`)
}

/** Without a text: a person talks, or each line of standard input is said. */
async function talking(context: Context, call: Call): Promise<ExitCode | undefined> {
  const agent = text(call, 'agent')
  const session = agent === undefined ? await boundSession(context) : null
  const model = text(call, 'model')
  if (model !== undefined && session)
    throw misuse('--model goes with a text', `${context.me} model set ${session.tail} ${model}`)
  const start = {
    session,
    opens: { ...(await openingHere(context, agent)), ...(model === undefined ? {} : { model }) },
  }
  const { host, output } = context
  if (host.screen && !output.json) return (await import('../talk/talk.ts')).talk(context, host.screen, start)
  return (await import('../talk/piped.ts')).talkPiped(context, start)
}

/** Whoever names a session that is not there mostly wants a new one, which has no name to give. */
async function sessionNamed(context: Context, named: string): Promise<SessionShape> {
  try {
    return (await pick(context, named)).session
  } catch (error) {
    if (!(error instanceof Refusal) || error.lines.next !== context.me) throw error
    const next = `${context.me} say "…"   begins a new one`
    throw new Refusal(error.exit, error.code, { ...error.lines, next })
  }
}

function fieldsOf(call: Call, input?: string): Turn {
  const given = ways.filter((way) => call.options[way] === true)
  const at = wholeNumber(call, 'at', 1)
  const instead_of = call.options.again === true ? 'last' : at
  if (instead_of === 'last' && at !== undefined) throw misuse('--at and --again exclude each other')
  if (instead_of !== undefined && given.length > 0) {
    throw misuse(`--${given[0]} and --${at === undefined ? 'again' : 'at'} exclude each other`)
  }
  if (given.length > 1) throw misuse(`--${given[0]} and --${given[1]} exclude each other`)
  const [on_busy] = given
  const skill = text(call, 'skill')
  const agent = text(call, 'agent')
  const model = text(call, 'model')
  if (skill !== undefined && agent !== undefined) throw misuse('--skill and --agent exclude each other')
  return {
    ...(input === undefined ? {} : { input }),
    ...(skill === undefined ? {} : { skill }),
    ...(agent === undefined ? {} : { agent }),
    ...(model === undefined ? {} : { model }),
    ...(on_busy === undefined ? {} : { on_busy }),
    ...(instead_of === undefined ? {} : { instead_of }),
  }
}

async function answer(
  context: Context,
  call: Call,
  backend: Backend,
  questions: readonly Asked<QuestionShape>[],
  said: string,
): Promise<ExitCode | undefined> {
  const rows = questions.map(({ ask }) => [oneLine(ask.summary)])
  const { session, run, ask } = await chooseOne(
    context,
    `${questions[0]?.session.tail} asks several things`,
    questions,
    rows,
  )
  // Behind what stands there now, so that nothing of what the answer brings about is missed.
  const { seq } = await backend.session(session.session_id).get()
  await backend.runs.answer(run.run_id, ask.question_id, said)
  const { output } = context
  if (call.options['no-wait'] === true) {
    if (output.json) output.object(await backend.runs.get(run.run_id))
    else output.line(`answered in ${session.tail}: ${oneLine(ask.summary)}`)
    return undefined
  }
  output.hint(`answered: ${oneLine(ask.summary)}`)
  return tellRun(context, backend, { session_id: session.session_id, run_id: run.run_id, seq }, session)
}

async function follow(
  context: Context,
  call: Call,
  backend: Backend,
  receipt: RunReceiptShape,
  before: SessionShape | null,
): Promise<ExitCode | undefined> {
  const { output, me } = context
  const session = await backend.session(receipt.session_id).get()
  const { tail } = session
  const stays = call.options['no-wait'] === true || (receipt.position > 0 && (!backend.runs.here || needs(session)))
  if (!stays) {
    output.hint(`${tail}  stored #${receipt.seq}${receipt.steered ? ' · goes into the run under way' : ''}`)
    return tellRun(context, backend, receipt, { tail })
  }
  if (output.json) output.object(receipt)
  else {
    const facts = [`stored #${receipt.seq}${before === null ? ` in ${tail}` : ''}`, placeOf(receipt, session)]
    output.line(facts.filter((fact) => fact !== '').join(' · '))
    output.hint(receipt.position > 0 ? `${me} show ${tail} --queue` : `${me} follow ${tail}`)
  }
  return exits.ok
}

/** Something under way waits for a person: nobody knows how long. */
function needs({ attention, status }: SessionShape): boolean {
  return attention !== undefined && (status === 'waiting' || status === 'blocked')
}

function placeOf({ position, steered }: RunReceiptShape, session: SessionShape): string {
  if (steered) return 'goes into the run under way'
  if (position === 0) return ''
  const who = agentOf(session) || 'what is under way'
  const why = needs(session)
    ? `${who} is waiting for ${session.attention?.kind === 'question' ? 'an answer' : 'an approval'}`
    : `${who} is ${session.status}`
  return `${ordinal(position + 1)} in the queue (${why})`
}
