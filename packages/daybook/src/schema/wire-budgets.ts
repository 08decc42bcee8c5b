// The shapes of budgets and teams on the wire.

import { type Static, Type } from 'typebox'
import { Count, Label, oneOf } from './parts.ts'
import { closed } from './wire-shapes.ts'

const Dollars = Type.Number({ minimum: 0, description: 'US dollars.' })
const scope = oneOf(
  ['session', 'user', 'agent', 'day'] as const,
  'A session for its whole life, a user or an agent on one day (UTC), or all together on one day.',
)
const amount = { tokens: Count, cost: Dollars }
const Limit = Type.Object(
  {
    tokens: Type.Optional(Type.Union([Count, Type.Null()])),
    cost: Type.Optional(Type.Union([Dollars, Type.Null()])),
  },
  { ...closed, title: 'Limit', description: 'null or absent: as much as wanted.' },
)

export const Budget = Type.Object(
  {
    scope,
    name: Type.String({ description: 'Id of the session, name of the user or agent; all for the day.' }),
    day: Type.Union([Type.String(), Type.Null()], { description: 'That it counts for; null: it has no end.' }),
    limit: Limit,
    from: oneOf(['set', 'config', 'none'] as const, 'Set for this name alone, or for all of its scope.'),
    ...amount,
    reserved: Type.Object(amount, { ...closed, description: 'Put aside for calls that are under way.' }),
    unpriced: Type.Array(Type.String(), {
      description: 'Models that were asked and have no price: their tokens count, their money is not known.',
    }),
    share: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
      description: 'Used of the limit that is nearest to its end; null without one.',
    }),
    warn_at: Type.Number({ minimum: 0, description: 'Share from which on it is warned.' }),
  },
  { ...closed, title: 'Budget', description: 'What may be spent, and what is gone.' },
)
export type BudgetShape = Static<typeof Budget>
export const BudgetList = Type.Object({ budgets: Type.Array(Budget) }, { ...closed, title: 'BudgetList' })
export type BudgetListShape = Static<typeof BudgetList>

export const BudgetsQuery = Type.Object(
  {
    session_id: Type.Optional(Type.String({ minLength: 1, maxLength: 128, description: 'Its budget as well.' })),
    agent: Type.Optional(Label),
    user: Type.Optional(Label),
  },
  { ...closed, title: 'BudgetsQuery' },
)
export const NewBudget = Type.Object(
  {
    scope,
    name: Type.Optional(Type.Unsafe<string>({ ...Label, description: 'Of a day there is none.' })),
    limit: Type.Union([Limit, Type.Null()], { description: 'null: what the configuration says counts again.' }),
  },
  { ...closed, title: 'NewBudget' },
)
export type NewBudget = Static<typeof NewBudget>

export const Team = Type.Object(
  {
    name: Label,
    description: Type.String(),
    mode: oneOf(['route', 'broadcast', 'lead', 'hand-round'] as const),
    members: Type.Array(Type.String(), { description: 'Names of agents, or skill: and the id of a skill.' }),
    lead: Type.Optional(Type.String({ description: 'Who chooses, merges or leads.' })),
    limits: Type.Object(
      { rounds: Count, cost: Type.Optional(Dollars), tokens: Type.Optional(Count) },
      { ...closed, description: 'Of one turn.' },
    ),
    source: Type.String({ description: 'The path of its file.' }),
    unusable: Type.Optional(Type.String({ description: 'Why it cannot take a turn; absent: it can.' })),
  },
  { ...closed, title: 'Team' },
)
export const TeamList = Type.Object(
  { teams: Type.Array(Team) },
  { ...closed, title: 'TeamList', description: 'A run whose agent is the name of a team is performed by it.' },
)
export type TeamListShape = Static<typeof TeamList>
