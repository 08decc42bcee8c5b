// Wire shapes of contexts: what the next call of an agent's model would send, and why.

import { type Static, Type } from 'typebox'
import { Count, Id, Label, OpenObject, oneOf, Part, SeqNumber } from './parts.ts'
import { roles } from './states.ts'

const closed = { additionalProperties: false } as const

/** What a context is made of, in the order in which it is sent. */
export const contextKinds = ['instructions', 'skills', 'pins', 'summary', 'state', 'recalled', 'messages'] as const

export const ContextQuery = Type.Object(
  {
    agent: Type.Optional(Label),
    model: Type.Optional(Type.String({ pattern: String.raw`^[^/\s]+/\S+$`, maxLength: 256 })),
    until: Type.Optional(SeqNumber),
  },
  closed,
)

export type ContextQuery = Static<typeof ContextQuery>

export const ContextView = Type.Object(
  {
    session_id: Id,
    agent: Label,
    model: Label,
    seq: Count,
    budget: Type.Integer({ minimum: 0, description: 'Tokens that the question may take.' }),
    tokens: Type.Integer({ minimum: 0, description: 'Those that it takes, estimated; never more.' }),
    covers_seq: Type.Integer({ minimum: 0, description: 'Up to where the summary reaches; 0 without one.' }),
    left_out: Type.Union([Type.Object({ from: SeqNumber, to: SeqNumber }, closed), Type.Null()], {
      description: 'Entries that are neither sent nor covered by the summary. A real call summarises them first.',
    }),
    parts: Type.Array(
      Type.Object(
        {
          kind: oneOf(contextKinds),
          tokens: Count,
          from: Type.Optional(SeqNumber),
          to: Type.Optional(SeqNumber),
          why: Type.String(),
        },
        { ...closed, title: 'ContextPart' },
      ),
    ),
    instructions: Type.String(),
    skills: Type.Array(
      Type.Object({ name: Label, description: Type.String(), input: OpenObject }, { ...closed, title: 'OfferedSkill' }),
    ),
    messages: Type.Array(
      Type.Object(
        { role: oneOf(roles), content: Type.String(), parts: Type.Optional(Type.Array(Part)) },
        { ...closed, title: 'ContextMessage' },
      ),
    ),
  },
  { ...closed, title: 'Context', description: 'Exactly what the next call of a model would send, and why.' },
)
export type ContextShape = Static<typeof ContextView>
