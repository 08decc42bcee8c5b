// The shapes of models on the wire: what is known of those that can be asked, and why others cannot. Never a key.

import { type Static, Type } from 'typebox'
import { Count } from './parts.ts'
import { closed } from './wire-shapes.ts'

const Dollars = (description: string) => Type.Number({ minimum: 0, description })

export const ModelShape = Type.Object(
  {
    name: Type.String({ description: '`provider/model`.' }),
    provider: Type.String(),
    context_tokens: Type.Integer({ minimum: 0, description: 'Question and answer together.' }),
    max_output_tokens: Count,
    images: Type.Boolean(),
    pdf: Type.Boolean(),
    price: Type.Union(
      [
        Type.Object(
          {
            input: Dollars('US dollars for a million tokens.'),
            output: Dollars('US dollars for a million tokens.'),
            cached_input: Type.Optional(Dollars('US dollars for a million tokens that the provider had in its cache.')),
          },
          closed,
        ),
        Type.Null(),
      ],
      { description: 'Null: unknown.' },
    ),
  },
  { ...closed, title: 'Model', description: 'A model that can be asked.' },
)
export type ModelShape = Static<typeof ModelShape>

export const ModelList = Type.Object(
  {
    standard: Type.Union([Type.String(), Type.Null()], {
      description: 'What agents use that name none; null: nothing is configured, and `why` says what to do.',
    }),
    why: Type.Optional(Type.String({ description: 'Why the standard model cannot be asked, and what to set.' })),
    models: Type.Array(ModelShape),
    others: Type.Array(Type.Object({ name: Type.String(), why: Type.String() }, closed), {
      description: 'Configured ones that cannot be asked.',
    }),
  },
  { ...closed, title: 'ModelList' },
)
export type ModelList = Static<typeof ModelList>
