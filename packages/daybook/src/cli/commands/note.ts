// `daybook note`: a line of the worklog.

import { noteTypes } from '../../schema/states.ts'
import { misuse } from '../exits.ts'
import type { Perform } from '../grammar.ts'
import { readAll } from '../input.ts'
import { choice } from '../open.ts'
import { pick } from '../pick.ts'

export const perform: Perform = async (context, call) => {
  const type = choice(call, 'type', noteTypes) ?? 'insight'
  const [session, given] = call.args.length > 1 ? call.args : [undefined, call.args[0]]
  const said = (given === '-' ? await readAll(context.host) : (given ?? '')).trim()
  if (said === '') throw misuse('there is nothing to note', `${context.me} note [session] "…"`)
  const target = await pick(context, session)
  const remote = (await context.backend()).session(target.session.session_id)
  const cause = target.seq === undefined ? {} : { cause: target.seq }
  const receipt = await remote.append({ kind: 'note', data: { type, text: said }, ...cause })
  if (context.output.json) context.output.object(receipt)
  else context.output.line(`stored #${receipt.last} in ${target.session.tail}`)
  return undefined
}
