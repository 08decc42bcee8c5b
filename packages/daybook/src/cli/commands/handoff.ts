// `daybook handoff`: another agent works in a session from its next turn on, with the reason.

import { agentNamed } from '../agents.ts'
import { misuse } from '../exits.ts'
import { oneLine } from '../format/width.ts'
import type { Perform } from '../grammar.ts'
import { text } from '../open.ts'
import { pickWhole } from '../pick.ts'

export const perform: Perform = async (context, call) => {
  const { me, output } = context
  const name = text(call, 'with')
  if (name === undefined) throw misuse('with which agent?', `${me} handoff [session] --with coder`)
  const session = await pickWhole(context, 'handoff', call.args[0])
  const backend = await context.backend()
  const agent = await agentNamed(context, backend, name)
  const reason = (text(call, 'reason') ?? '').trim()
  const receipt = await backend.session(session.session_id).handoff(agent.name, reason)
  if (output.json) output.object(receipt)
  else {
    const from = oneLine(session.current_agent)
    output.line(`${session.tail}  ${from} → ${oneLine(agent.name)}${reason === '' ? '' : `   ${oneLine(reason)}`}`)
    output.hint(agent.why === null ? `${me} say ${session.tail} "…"` : `it cannot take a turn: ${oneLine(agent.why)}`)
  }
  return undefined
}
