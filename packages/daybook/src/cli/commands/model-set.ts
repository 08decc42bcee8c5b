// `daybook model set`: which model a session asks from its next turn on.

import { misuse } from '../exits.ts'
import { oneLine } from '../format/width.ts'
import type { Perform } from '../grammar.ts'
import { pick } from '../pick.ts'

export const perform: Perform = async (context, call) => {
  const { me, output } = context
  const off = call.options.off === true
  const names = call.args.filter((given) => given.includes('/'))
  const [given, ...more] = call.args.filter((given) => !given.includes('/'))
  if (more.length > 0) throw misuse(`${more[0]} is no model: write provider/model`, `${me} model list`)
  if (off === names.length > 0 || names.length > 1) {
    throw misuse(off ? '--off stands without a model' : 'which model?', `${me} model set [session] provider/model`)
  }
  const { session } = await pick(context, given)
  const backend = await context.backend()
  const changed = await backend.session(session.session_id).update({ model: names[0] ?? null })
  if (output.json) output.object(changed)
  else {
    const what = changed.model === undefined ? 'asks the models of its agents again' : `asks ${oneLine(changed.model)}`
    output.line(`${session.tail}  ${what} from the next turn on`)
    output.hint(`${me} say ${session.tail} "…"`)
  }
  return undefined
}
