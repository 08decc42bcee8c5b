// `daybook undo`: takes back what the last run did whose skill knows how to.

import type { RunShape } from '../../schema/wire-shapes.ts'
import { confirm } from '../ask.ts'
import type { Backend } from '../backend.ts'
import { exits, Refusal } from '../exits.ts'
import { inputOf, performerOf } from '../format/run.ts'
import { ago } from '../format/time.ts'
import type { Perform } from '../grammar.ts'
import { tellRun } from '../outcome.ts'
import { pick } from '../pick.ts'

export const perform: Perform = async (context, call) => {
  const { session } = await pick(context, call.args[0])
  const backend = await context.backend()
  const run = await lastUndoable(backend, session.session_id)
  const { tail } = session
  if (run === undefined) {
    throw new Refusal(exits.conflict, 'invalid_state', {
      what: `there is nothing to undo in ${tail}`,
      why: 'No run that ended well was made by a skill that knows how to take it back.',
      next: `${context.me} show ${tail} --runs`,
    })
  }
  const when = ago(Date.parse(run.finished_at ?? run.queued_at), context.host.now())
  await confirm(context, `undo ${performerOf(run)}: ${inputOf(run)} (#${run.seq}, ${when} ago)?`)
  const receipt = await backend.runs.undo(run.run_id)
  return tellRun(context, backend, receipt, { tail, done: `undone: ${performerOf(run)}: ${inputOf(run)}` })
}

async function lastUndoable(backend: Backend, session: string): Promise<RunShape | undefined> {
  const [{ runs }, { skills }] = await Promise.all([backend.session(session).view('runs'), backend.runs.skills()])
  const undoable = new Set(skills.filter((skill) => skill.undoable).map(({ skill_id }) => skill_id))
  return runs.findLast(
    ({ status, skill, undoes, parent, steps }) =>
      status === 'done' &&
      parent === undefined &&
      undoes === undefined &&
      skill !== undefined &&
      undoable.has(skill) &&
      !steps.some((step) => step.status === 'undone'),
  )
}
