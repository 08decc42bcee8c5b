// Budgets: what may be spent, what is gone, and setting a limit; and the teams that spend together.

import { DaybookError } from '../../schema/errors.ts'
import {
  Budget,
  BudgetList,
  type BudgetListShape,
  type BudgetShape,
  BudgetsQuery,
  NewBudget,
  TeamList,
  type TeamListShape,
} from '../../schema/wire-budgets.ts'
import type { Budgets } from '../../work/budgets/contract.ts'
import { budgetList, budgetShape } from '../../work/budgets/wire.ts'
import { teamList } from '../../work/teams/wire.ts'
import type { Context } from '../context.ts'
import { type Route, route } from '../route.ts'

const day = {
  ...{ scope: 'day', name: 'all', day: '2026-03-02', from: 'config', limit: { tokens: null, cost: 5 } },
  ...{ tokens: 81_200, cost: 1.31, reserved: { tokens: 2400, cost: 0.04 }, unpriced: [], share: 0.262, warn_at: 0.8 },
} satisfies BudgetShape

const team = {
  name: 'review',
  description: 'Reviews a change from three sides.',
  mode: 'broadcast',
  members: ['coder', 'architect', 'debug'],
  lead: 'architect',
  limits: { rounds: 1, cost: 0.5 },
  source: '/home/anna/agents/review.yaml',
} satisfies TeamListShape['teams'][number]

function budgetsOf({ budgets }: Context): Budgets {
  if (budgets) return budgets
  throw new DaybookError('invalid_state', 'nothing is spent here: no models are configured')
}

const list = route(
  {
    method: 'GET',
    path: '/budgets',
    operation: 'listBudgets',
    tag: 'runs',
    summary: 'What may be spent, and what is gone',
    details:
      'That of the day, those that were set for an agent or a user, and those that are asked for; none where no model is ' +
      'configured. A run that would pass a limit is paused: it waits with the reason budget_paused, and its budget says which.',
    query: BudgetsQuery,
    answers: {
      200: { description: 'As it is now.', schema: BudgetList, example: { budgets: [day] } satisfies BudgetListShape },
    },
    errors: ['not_found', 'gone'],
  },
  async (call) => {
    const { budgets } = call.context
    const { session_id, agent, user } = call.query
    const session = session_id === undefined ? undefined : (await call.seen(session_id)).session
    // Where no model is configured nobody spends.
    if (!budgets) return { body: JSON.stringify({ budgets: [] } satisfies BudgetListShape) }
    return { body: JSON.stringify(await budgetList(budgets, session, { agent, user })) }
  },
)

const set = route(
  {
    method: 'PUT',
    path: '/budgets',
    operation: 'setBudget',
    tag: 'runs',
    summary: 'Set what may be spent',
    details:
      'Of one session, user or agent, or of the day. It takes the key of the user: whoever spends does not raise its own ' +
      'limit. Other servers on the same store hear of it within a second. Runs that a raised one has room for again go on.',
    body: NewBudget,
    example: { scope: 'agent', name: 'coder', limit: { cost: 2 } },
    answers: { 200: { description: 'As it is now.', schema: Budget, example: day } },
    errors: ['invalid_state', 'not_found', 'gone', 'unauthenticated', 'forbidden'],
    writes: true,
  },
  async (call) => {
    call.mustBeOwner()
    const { scope, limit, name = scope === 'day' ? 'all' : undefined } = call.body
    if (name === undefined || (scope === 'day' && name !== 'all')) {
      throw new DaybookError('invalid', 'a session, user or agent has a name, a day has none', { field: 'name' })
    }
    if (scope === 'session') await call.seen(name)
    const { actor } = call.mine.caller
    const made = await budgetsOf(call.context).set({ scope, name }, limit, actor, call.key?.id)
    return { body: JSON.stringify(budgetShape(made)) }
  },
)

const teams = route(
  {
    method: 'GET',
    path: '/teams',
    operation: 'listTeams',
    tag: 'runs',
    summary: 'The teams: agents that work together on one turn',
    details: 'Each is an agent as well: a run whose agent it is, and POST /agents/{agent_id}/run, go to it.',
    answers: { 200: { description: 'All of them.', schema: TeamList, example: { teams: [team] } } },
  },
  async ({ context }) => ({ body: JSON.stringify(teamList(context.teams, context.agents)) }),
)

export const budgetRoutes: readonly Route[] = [list, set, teams]
