// `daybook agent show`: one agent, and which sessions it works in.

import { exits, Refusal } from '../exits.ts'
import { titleOf } from '../format/session.ts'
import { ago, many } from '../format/time.ts'
import { oneLine } from '../format/width.ts'
import { nearest, type Perform } from '../grammar.ts'

/** Sessions that are listed. */
const room = 8

export const perform: Perform = async (context, call) => {
  const name = call.args[0] ?? ''
  const backend = await context.backend()
  const agents = await backend.runs.agents()
  const agent = agents.find((each) => each.name === name)
  const { output, me, host } = context
  if (agent === undefined) {
    const near = nearest(
      name,
      agents.map((each) => each.name),
    )
    throw new Refusal(exits.notFound, 'not_found', {
      what: `there is no agent ${name}`,
      why: `There are: ${agents.map((each) => oneLine(each.name)).join(', ')}.`,
      next: near === undefined ? `${me} agent list` : `${me} agent show ${near}`,
    })
  }
  if (output.json) {
    output.object(agent)
    return undefined
  }
  output.line(output.style('bold', `${oneLine(agent.name)}   ${agent.kind}`))
  output.line(oneLine(agent.description))
  const { sessions, total } = await backend.list({ agent_id: name, limit: context.limit ?? room })
  if (sessions.length === 0) return undefined
  output.line(many(total, 'session'))
  output.table(
    sessions.map((session) => [session.tail, titleOf(session), ago(Date.parse(session.last_activity), host.now())]),
    { indent: 2, columns: [{}, { flexible: true }, { right: true }], styles: ['cyan', undefined, 'dim'] },
  )
  return undefined
}
