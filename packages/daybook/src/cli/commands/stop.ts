// `daybook stop`: ends the run under way, with `--all` what is queued behind it, and with `--close` the processes that live on.

import type { ViewShapes } from '../../client/client.ts'
import { isDaybookError } from '../../schema/errors.ts'
import type { RunShape, SessionShape } from '../../schema/wire-shapes.ts'
import { processesOf } from '../attaching.ts'
import type { Backend } from '../backend.ts'
import type { Context } from '../context.ts'
import { inputOf, performerOf } from '../format/run.ts'
import { many } from '../format/time.ts'
import { oneLine } from '../format/width.ts'
import type { Perform } from '../grammar.ts'
import { livingIn } from '../living.ts'
import { pick } from '../pick.ts'

type ProcessShape = ViewShapes['processes']['processes'][number]

export const perform: Perform = async (context, call) => {
  const { session } = await pick(context, call.args[0])
  const backend = await context.backend()
  // The queue first: else its next run would begin the moment the present one ends.
  const { runs: queued } = await backend.runs.queue(session.session_id)
  const withdrawn: string[] = []
  if (call.options.all === true) {
    for (const { run_id } of queued) if (await ended(backend.runs.withdraw(run_id))) withdrawn.push(run_id)
  }
  const stopped: string[] = []
  for (const run of await underWay(backend, session.session_id)) {
    if (!(await ended(backend.runs.cancel(run.run_id)))) continue
    stopped.push(run.run_id)
    if (!context.output.json) context.output.line(`stopped ${wordsOf(run)}`)
  }
  const { output, me } = context
  const living = backend.processes ? await livingIn(backend, session.session_id) : []
  const nothing = stopped.length + withdrawn.length === 0
  const closes = call.options.close === true || (nothing && (await wantsThemClosed(context, session, living)))
  const closed = closes ? await close(context, session, living) : []
  if (output.json) {
    output.object({ session_id: session.session_id, stopped, withdrawn, closed })
    return undefined
  }
  if (withdrawn.length > 0) output.line(`took ${many(withdrawn.length, 'queued run')} out`)
  if (nothing && closed.length === 0) output.line(`nothing is under way in ${session.tail}`)
  const left = queued.length - withdrawn.length
  if (left > 0) output.hint(`${many(left, 'run')} in the queue: ${me} stop ${session.tail} --all`)
  const lives = living.length - closed.length
  if (lives > 0) output.hint(`${many(lives, 'process lives', 'processes live')} on: ${me} stop ${session.tail} --close`)
  return undefined
}

/** Whoever stops where nothing is under way mostly means what still lives there. */
async function wantsThemClosed(
  { output, host, yes }: Context,
  { tail }: SessionShape,
  living: readonly ProcessShape[],
): Promise<boolean> {
  if (living.length === 0 || output.json || !output.person || yes) return false
  const names = living.map(({ program, pid }) => `${oneLine(program)} (process ${pid})`).join(', ')
  const answer = await host.ask(`nothing is under way in ${tail}. Close ${names}? [y/N] `)
  return /^\s*y(es)?\s*$/i.test(answer ?? '')
}

async function close(
  context: Context,
  { session_id }: SessionShape,
  living: readonly ProcessShape[],
): Promise<readonly string[]> {
  const processes = await processesOf(context)
  const { output } = context
  for (const { process_id, program } of living) {
    const { by } = await processes.close(session_id, process_id)
    if (!output.json) output.line(`closed ${oneLine(program)}${by === null ? '' : ` (${by})`}`)
  }
  return living.map(({ process_id }) => process_id)
}

function wordsOf(run: RunShape): string {
  return [performerOf(run), inputOf(run)].filter((word) => word !== '').join(': ')
}

async function underWay(backend: Backend, session: string): Promise<readonly RunShape[]> {
  const { runs } = await backend.session(session).view('runs')
  return runs.filter(({ status, parent }) => parent === undefined && (status === 'running' || status === 'waiting'))
}

/** False where it was over, or had begun, a moment before. */
async function ended(call: Promise<unknown>): Promise<boolean> {
  try {
    await call
    return true
  } catch (error) {
    if (isDaybookError(error) && error.code === 'invalid_state') return false
    throw error
  }
}
