// `daybook attach`: the screen of a process that lives in a session, with its keyboard; else a talk with the session's agent.

import type { ViewShapes } from '../../client/client.ts'
import { attachTo, processesOf, screenFor } from '../attaching.ts'
import { chooseOne } from '../choose.ts'
import { exits, Refusal } from '../exits.ts'
import { ago } from '../format/time.ts'
import { oneLine } from '../format/width.ts'
import type { Perform } from '../grammar.ts'
import { livingIn } from '../living.ts'
import { pick } from '../pick.ts'

type ProcessShape = ViewShapes['processes']['processes'][number]

export const perform: Perform = async (context, call) => {
  const screen = screenFor(context)
  const { session } = await pick(context, call.args[0])
  const backend = await context.backend()
  const living = (await livingIn(backend, session.session_id)).filter(({ driver }) => driver === 'pty')
  const agent = (await backend.runs.agents()).find(({ name }) => name === session.current_agent)
  if (living.length === 0 && agent?.kind !== 'program') {
    return (await import('../talk/talk.ts')).talk(context, screen, { session })
  }
  await processesOf(context)
  if (living.length === 0) {
    throw new Refusal(exits.notFound, 'not_found', {
      what: `no process with a screen lives in ${session.tail}`,
      next: `${context.me} start bash   opens one in a session of its own`,
    })
  }
  const rows = living.map((process) => rowOf(process, context.host.now()))
  const { process_id, program } = await chooseOne(context, `several processes live in ${session.tail}`, living, rows)
  return attachTo(context, { session, process: process_id, program })
}

function rowOf({ program, pid, started_at }: ProcessShape, now: number): readonly string[] {
  return [String(pid), oneLine(program), ago(Date.parse(started_at), now)]
}
