// `daybook rewind`: the active history ends at an entry; nothing is removed.

import { misuse } from '../exits.ts'
import type { Perform } from '../grammar.ts'
import { mustHave, pick } from '../pick.ts'

export const perform: Perform = async (context, call) => {
  const { session, seq } = await pick(context, call.args[0])
  const { output, me } = context
  if (seq === undefined) {
    throw misuse(
      'to which entry?',
      `${me} rewind ${session.tail}@${Math.max(1, session.seq - 1)}`,
      `${session.tail} has ${session.seq} entries.`,
    )
  }
  mustHave(session, seq, `${me} rewind`)
  const after = await (await context.backend()).session(session.session_id).rewind(seq)
  if (output.json) output.object(after)
  else {
    output.line(`the history of ${session.tail} ends at #${seq}   stored #${after.seq}, nothing removed`)
    output.hint(`undo: ${me} fork ${session.tail}@${session.seq}`)
  }
  return undefined
}
