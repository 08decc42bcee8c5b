// `daybook budget list`: what may be spent, and what is gone.

import type { BudgetShape } from '../../schema/wire-budgets.ts'
import { dollars } from '../../work/budgets/words.ts'
import { count } from '../format/time.ts'
import { oneLine } from '../format/width.ts'
import type { Perform } from '../grammar.ts'
import { text } from '../open.ts'
import { pick } from '../pick.ts'

export const perform: Perform = async (context, call) => {
  const { output } = context
  const backend = await context.backend()
  const [agent, user] = [text(call, 'agent'), text(call, 'user')]
  const session = call.args[0] === undefined ? null : (await pick(context, call.args[0])).session
  const { budgets } = await backend.runs.budgets({
    ...(session === null ? {} : { session_id: session.session_id }),
    ...(agent === undefined ? {} : { agent }),
    ...(user === undefined ? {} : { user }),
  })
  if (output.json) for (const budget of budgets) output.object(budget)
  else output.table(budgets.map((budget) => rowOf(budget, session?.tail)))
  return undefined
}

/** `agent coder   81 %   162,000 of 200,000 tokens   $1.31 of $5.00`. */
export function rowOf(budget: BudgetShape, tail?: string): readonly string[] {
  const { scope, name, limit, tokens, cost, share, unpriced, reserved } = budget
  const title = scope === 'day' ? 'today' : `${scope} ${scope === 'session' ? (tail ?? name) : oneLine(name)}`
  const of = (spent: string, most: string | null): string => (most === null ? spent : `${spent} of ${most}`)
  // Where nothing is limited nothing is counted.
  if (share === null && tokens === 0 && cost === 0) return [title, 'no limit', '']
  const { tokens: most = null, cost: mostCost = null } = limit
  const facts = [
    of(count(tokens), most === null ? null : count(most)).concat(' tokens'),
    of(dollars(cost), mostCost === null ? null : dollars(mostCost)),
    ...(reserved.tokens > 0 ? [`${count(reserved.tokens)} put aside`] : []),
    ...(unpriced.length > 0 ? [`no price: ${unpriced.map(oneLine).join(', ')}`] : []),
  ]
  return [title, share === null ? 'no limit' : `${Math.floor(share * 100)} %`, facts.join('   ')]
}
