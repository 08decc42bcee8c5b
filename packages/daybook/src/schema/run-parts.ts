// The shapes that entries of runs share: who asks, how a skill was found, which model was chosen, which budget was met.

import { Type } from 'typebox'
import { Count, Label, OpenObject, oneOf } from './parts.ts'
import { budgetScopes } from './states.ts'

const closed = { additionalProperties: false } as const

export const ChosenModel = Type.String({
  ...Label,
  description: 'A person chose it, in the place of what agents name.',
})

export const RunCaller = Type.Object(
  {
    role: Type.Optional(Label),
    attributes: Type.Optional(OpenObject),
    programs: Type.Optional(
      Type.Boolean({
        description: 'Whoever asked may give prompts to programs: the engine says so, no request.',
      }),
    ),
  },
  { ...closed, description: 'Who asked, beside the input: no input can set or read it.' },
)

export const Routed = Type.Object(
  {
    confidence: Type.Number({ minimum: 0, maximum: 1 }),
    alternatives: Type.Array(
      Type.Object({ skill: Label, confidence: Type.Number({ minimum: 0, maximum: 1 }) }, closed),
      {
        maxItems: 16,
      },
    ),
  },
  { ...closed, description: 'How the skill was found from free text.' },
)

/** The budget that leaves a run no room, and its limit. */
export const MetBudget = Type.Object(
  {
    scope: oneOf(budgetScopes),
    name: Label,
    tokens: Type.Optional(Count),
    cost: Type.Optional(Type.Number({ minimum: 0 })),
  },
  { ...closed, description: 'With `budget_paused`: the one that leaves no room, and its limit.' },
)
