// `daybook archive`: hides a session until something is written to it, or brings it back.

import type { Perform } from '../grammar.ts'
import { pickWhole } from '../pick.ts'

export const perform: Perform = async (context, call) => {
  const off = call.options.off === true
  const session = await pickWhole(context, 'archive', call.args[0])
  const remote = (await context.backend()).session(session.session_id)
  const after = off ? await remote.restore() : await remote.archive()
  const { output, me } = context
  if (output.json) output.object(after)
  else {
    output.line(`${session.tail} is ${off ? 'open again' : 'archived'}`)
    if (!off) output.hint(`undo: ${me} archive ${session.tail} --off`)
  }
  return undefined
}
