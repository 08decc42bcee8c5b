// `daybook fork`: a session that goes on from an entry of another.

import { titleOf } from '../format/session.ts'
import type { Perform } from '../grammar.ts'
import { text } from '../open.ts'
import { mustHave, pick } from '../pick.ts'

export const perform: Perform = async (context, call) => {
  const { session, seq } = await pick(context, call.args[0])
  if (seq !== undefined) mustHave(session, seq, `${context.me} fork`)
  const name = text(call, 'name')
  const remote = (await context.backend()).session(session.session_id)
  const fork = await remote.fork({ ...(seq === undefined ? {} : { at: seq }), ...(name === undefined ? {} : { name }) })
  const { output, me } = context
  if (output.json) output.object(fork)
  else {
    output.line(`${fork.tail}  ${titleOf(fork)}   fork of ${session.tail} at #${fork.parent?.seq ?? session.seq}`)
    output.hint(`${me} show ${fork.tail}`)
  }
  return undefined
}
