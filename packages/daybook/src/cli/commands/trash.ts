// `daybook trash`: thirty days before a session is gone; `--now` forgets it at once, after a person said so.

import { confirm } from '../ask.ts'
import { misuse } from '../exits.ts'
import { titleOf } from '../format/session.ts'
import type { Perform } from '../grammar.ts'
import { pickWhole } from '../pick.ts'

export const perform: Perform = async (context, call) => {
  const off = call.options.off === true
  const now = call.options.now === true
  if (off && now) throw misuse('--off and --now exclude each other')
  const session = await pickWhole(context, 'trash', call.args[0], { trash: off || now })
  const remote = (await context.backend()).session(session.session_id)
  const { output, me } = context
  if (now) {
    await confirm(context, `forget ${session.tail} "${titleOf(session)}" for ever, all ${session.seq} entries?`)
    await remote.delete({ now: true })
    if (output.json) output.object({ session_id: session.session_id, deleted: true, forgotten: true })
    else output.line(`${session.tail} is gone`)
    return undefined
  }
  const after = off ? await remote.restore() : await remote.trash()
  if (output.json) output.object(after)
  else {
    output.line(`${session.tail} is ${off ? 'open again' : 'in the trash for 30 days'}`)
    if (!off) output.hint(`undo: ${me} trash ${session.tail} --off`)
  }
  return undefined
}
