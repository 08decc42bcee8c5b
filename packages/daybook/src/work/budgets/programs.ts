// Programs count too: what they report stands in their messages, and is taken over into the ledgers when a prompt ends.

import type { Json } from '../../schema/json.ts'
import type { Agent, Agents, Turn } from '../performer.ts'
import type { BudgetsOfTenant } from './budgets.ts'
import { allReported } from './left.ts'
import type { Amount } from './page.ts'

const nothing: Amount = { tokens: 0, cost: 0 }

export function countedPrograms(agents: Agents, budgets: BudgetsOfTenant): Agents {
  const counted = (agent: Agent): Agent =>
    agent.kind === 'program' ? { ...agent, perform: (turn) => perform(agent, turn, budgets) } : agent
  return {
    list: () => agents.list().map(counted),
    get(name) {
      const agent = agents.get(name)
      return agent && counted(agent)
    },
    faults: () => agents.faults?.() ?? [],
  }
}

/**
 * Nobody knows before what a prompt takes, so it is refused only where nothing is left. Its id is that of the run: performed
 * again, after a wait or by another process, it is the same prompt.
 */
async function perform(agent: Agent, turn: Turn, budgets: BudgetsOfTenant): Promise<Json | undefined> {
  const { session, run, signal } = turn
  const counted = await budgets.counted(session, agent.name)
  if (counted.length === 0) return agent.perform(turn)
  const before = await turn.step('budget', async () => (await session.head()).seq, { idempotent: true })
  const aside = await budgets.putAside(counted, { least: nothing, most: nothing }, { session, run, signal, id: run })
  try {
    return await agent.perform(turn)
  } finally {
    await budgets.settle(aside, await allReported(session, run, before), { forGood: true })
  }
}
