// `daybook stop`: ends the run under way, and with `--all` takes out what is queued behind it.

import { isDaybookError } from '../../schema/errors.ts'
import type { RunShape } from '../../schema/wire-shapes.ts'
import type { Backend } from '../backend.ts'
import { inputOf, performerOf } from '../format/run.ts'
import { many } from '../format/time.ts'
import type { Perform } from '../grammar.ts'
import { pick } from '../pick.ts'

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
  if (output.json) {
    output.object({ session_id: session.session_id, stopped, withdrawn })
    return undefined
  }
  if (withdrawn.length > 0) output.line(`took ${many(withdrawn.length, 'queued run')} out`)
  if (stopped.length + withdrawn.length === 0) output.line(`nothing is under way in ${session.tail}`)
  const left = queued.length - withdrawn.length
  if (left > 0) output.hint(`${many(left, 'run')} in the queue: ${me} stop ${session.tail} --all`)
  return undefined
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
