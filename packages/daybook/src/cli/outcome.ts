// What a command says of the run that it started or let go on, and the exit code that follows.

import type { Json } from '../schema/json.ts'
import type { DataOf } from '../schema/kinds.ts'
import type { RunReceiptShape, RunStateShape } from '../schema/wire-runs.ts'
import { textOf } from '../work/entry.ts'
import type { Backend } from './backend.ts'
import type { Context } from './context.ts'
import { type ExitCode, exits, Refusal } from './exits.ts'
import { performerOf, shortDigest } from './format/run.ts'
import { clock } from './format/time.ts'
import { harmless, oneLine } from './format/width.ts'
import { type Settled, settle } from './settling.ts'

export interface Told {
  /** What is typed for the session. */
  readonly tail: string
  /** What is said when it went well, instead of its output. */
  readonly done?: string
}

/** Follows the run and tells how it ended: 0, 1 when it failed, 7 when it needs a person, 130 when nobody waits any more. */
export async function tellRun(
  context: Context,
  backend: Backend,
  receipt: Pick<RunReceiptShape, 'session_id' | 'run_id' | 'seq'>,
  told: Told,
): Promise<ExitCode> {
  const settled = await settle(context, backend, receipt)
  if (settled === null) return left(context, backend, told)
  const { run } = settled
  if (context.output.json) {
    context.output.object(run)
    return exitOf(run)
  }
  if (run.status === 'waiting') return waiting(context, run, told)
  if (run.status === 'done') return done(context, settled, told)
  if (settled.streamed !== '') context.output.line()
  else await lastWords(context, backend, run, receipt.seq)
  throw await failed(context, backend, run, told)
}

function exitOf({ status, reason, output }: RunStateShape): ExitCode {
  if (status === 'done') return exitCodeOf(output) === 0 ? exits.ok : exits.failed
  if (status === 'waiting') return reason === 'until' ? exits.ok : exits.needsPerson
  return exits.failed
}

function left({ output, me }: Context, { runs }: Backend, { tail }: Told): ExitCode {
  output.hint(
    runs.here
      ? `left at its next step; it goes on with ${me} serve, or with the next ${me} say ${tail} "…"`
      : `it goes on: ${me} follow ${tail}   ${me} stop ${tail}`,
  )
  return exits.interrupted
}

function done({ output }: Context, { run, streamed }: Settled, told: Told): ExitCode {
  const answer = told.done ?? textOf(run.output as Json | undefined)
  if (streamed !== '') output.line()
  // What came piece by piece is the answer, unless the run says something else in the end.
  if (streamed.trim() !== answer.trim()) output.line(harmless(answer))
  const code = exitCodeOf(run.output)
  if (code !== 0) output.hint(`exit ${code}`)
  return exitOf(run)
}

/** Of a command in a shell that lives on; 0 where there is none. */
function exitCodeOf(output: unknown): number {
  const code = typeof output === 'object' && output !== null && 'exit_code' in output ? output.exit_code : 0
  return typeof code === 'number' ? code : 0
}

function waiting({ output, me, host }: Context, run: RunStateShape, { tail }: Told): ExitCode {
  if (run.reason === 'until') {
    const until = run.until === undefined ? '' : ` until ${clock(Date.parse(run.until), host.now())}`
    output.line(`${tail} waits${until}`)
    return exits.ok
  }
  throw new Refusal(exits.needsPerson, 'needs_person', linesOf(run, `${me}`, tail, host.now()))
}

function linesOf(run: RunStateShape, me: string, tail: string, now: number) {
  const approval = run.approvals.find(({ status }) => status === 'open')
  if (approval) {
    const until = approval.until === null ? '' : `, until ${clock(Date.parse(approval.until), now)}`
    return {
      what: `${tail} needs you: ${oneLine(approval.summary)}`,
      why: `It waits for an approval, digest ${shortDigest(approval.digest)}${until}.`,
      next: `${me} approve ${tail}   or: ${me} deny ${tail}`,
    }
  }
  const question = run.questions.find(({ status }) => status === 'open')
  if (run.reason === 'budget_paused') {
    const until = run.until === undefined ? '' : ` It goes on by itself at ${clock(Date.parse(run.until), now)}.`
    return {
      what: `${tail} is paused: ${oneLine(run.summary ?? 'a budget leaves no room')}`,
      why: `A higher budget lets it go on.${until}`,
      next: `${me} budget set ${named(run.budget, tail)}   or: ${me} stop ${tail}`,
    }
  }
  if (question) return { what: `${tail} asks: ${oneLine(question.summary)}`, next: `${me} say ${tail} "…"` }
  const why = run.summary === undefined ? {} : { why: `${oneLine(run.summary)}.` }
  return { what: `${tail} cannot go on by itself (${run.reason})`, ...why, next: `${me} show ${tail} --runs` }
}

/** `session k3f9 --tokens N`, as `budget set` takes it. */
function named(budget: RunStateShape['budget'], tail: string): string {
  if (budget === undefined) return 'day --dollars N'
  const { scope, name, cost } = budget
  const what = scope === 'day' ? 'day' : `${scope} ${scope === 'session' ? tail : oneLine(name)}`
  return `${what} --${cost === undefined ? 'tokens' : 'dollars'} N`
}

/** What was said before it failed: what a program printed is mostly why. The error itself is told behind it. */
async function lastWords(
  { output }: Context,
  backend: Backend,
  { session_id, run_id, error }: RunStateShape,
  seq: number,
): Promise<void> {
  let last = ''
  for await (const entry of backend.session(session_id).stream({ kind: ['message'], after: seq })) {
    const data = entry.data as DataOf<'message'> | null
    if (entry.run_id === run_id && data?.role === 'assistant') last = data.content
  }
  if (last.trim() !== '' && last !== error?.message) output.line(harmless(last))
}

async function failed({ me }: Context, { runs }: Backend, run: RunStateShape, { tail }: Told): Promise<Refusal> {
  if (run.status === 'cancelled') {
    const what = `${tail} was stopped${run.reason === undefined ? '' : ` (${run.reason})`}`
    return new Refusal(exits.failed, 'failed', { what, next: `${me} show ${tail}` })
  }
  const what = oneLine(run.error?.message ?? `the run failed (${run.reason})`)
  if (run.error?.code !== 'nothing_fits') {
    const performer = performerOf(run)
    const why = [performer, run.reason].filter((word) => word !== undefined && word !== '').join(': ')
    const next = run.error?.code === 'forbidden' ? `${me} agent show ${performer}` : `${me} show ${tail}`
    return new Refusal(exits.failed, 'failed', { what, why: `${why}.`, next })
  }
  const near = (run.routing?.alternatives ?? []).slice(0, 3).map(({ skill }) => oneLine(skill))
  const { skills, faults } = await runs.skills()
  const broken = faults.length === 0 ? '' : ` ${faults.length} more cannot be read.`
  return new Refusal(exits.failed, 'failed', {
    what,
    why:
      near.length > 0 ? `Nearest: ${near.join(', ')}.${broken}` : `None of ${skills.length} skills is near.${broken}`,
    next: `${me} skill list   or name one: ${me} say --skill ID "…"`,
  })
}
