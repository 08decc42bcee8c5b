// `daybook budget set`: what a session, a user, an agent or everybody together may spend.

import type { Context } from '../context.ts'
import { misuse } from '../exits.ts'
import type { Call, Perform } from '../grammar.ts'
import { text, wholeNumber } from '../open.ts'
import { pick } from '../pick.ts'
import { rowOf } from './budget-list.ts'

type Scope = 'session' | 'user' | 'agent' | 'day'

export const perform: Perform = async (context, call) => {
  const { output } = context
  const scope = (call.args[0] ?? 'day') as Scope
  const limit = limitOf(context, call)
  const session = scope === 'session' ? (await pick(context, call.args[1])).session : null
  const name = session?.session_id ?? call.args[1]
  if (scope === 'day' ? name !== undefined : name === undefined) {
    throw misuse(
      scope === 'day' ? 'a day has no name' : `which ${scope}?`,
      `${context.me} budget set ${scope === 'day' ? 'day' : `${scope} NAME`} --dollars 5`,
    )
  }
  const backend = await context.backend()
  const made = await backend.runs.setBudget({ scope, limit, ...(name === undefined ? {} : { name }) })
  if (output.json) output.object(made)
  else output.table([rowOf(made, session?.tail)])
  return undefined
}

function limitOf({ me }: Context, call: Call) {
  const tokens = wholeNumber(call, 'tokens', 0)
  const given = text(call, 'dollars')
  const cost = given === undefined ? undefined : Number(given.replace(/^\$/, ''))
  if (cost !== undefined && !(Number.isFinite(cost) && cost >= 0)) throw misuse(`--dollars is no amount: ${given}`)
  const off = call.options.off === true
  if (off === (tokens !== undefined || cost !== undefined)) {
    throw misuse(off ? '--off stands alone' : 'nothing is set', `${me} budget set day --dollars 5`)
  }
  return off ? null : { ...(tokens === undefined ? {} : { tokens }), ...(cost === undefined ? {} : { cost }) }
}
