// The shapes that several entry kinds share: usage, message parts, references to blobs.

import { type Static, Type } from 'typebox'
import { roles } from './states.ts'

/** One of a closed list of words, as JSON Schema `enum`. */
export function oneOf<const T extends readonly string[]>(words: T, description?: string) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...words], ...(description ? { description } : {}) })
}

export const OpenObject = Type.Unsafe<Readonly<Record<string, unknown>>>({
  type: 'object',
  additionalProperties: true,
  description: 'Any JSON object, kept as sent.',
})

export const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
export const SeqNumber = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
export const Text = (maxLength: number) => Type.String({ maxLength })
export const Label = Type.String({ minLength: 1, maxLength: 256 })
export const HashText = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$', description: 'SHA-256 in base64url.' })
export const Id = Type.String({ minLength: 1, maxLength: 128, pattern: '^@?[A-Za-z0-9._:-]+$' })
/** ISO 8601 UTC with milliseconds, as every surface writes it. */
export const Moment = Type.String({ format: 'date-time' })

export const Usage = Type.Object(
  { input_tokens: Type.Optional(Count), output_tokens: Type.Optional(Count), total_tokens: Type.Optional(Count) },
  { additionalProperties: false, description: 'Tokens; total_tokens defaults to the sum of both.' },
)
export type Usage = Static<typeof Usage>

const provider = { provider: Type.Optional(OpenObject) }

export const Part = Type.Union([
  Type.Object({ type: Type.Literal('text'), text: Type.String(), ...provider }, { additionalProperties: false }),
  Type.Object(
    { type: Type.Literal('reasoning'), text: Type.String(), duration_ms: Type.Optional(Count), ...provider },
    { additionalProperties: false },
  ),
  Type.Object(
    { type: Type.Literal('call'), call_id: Label, name: Label, input: Type.Optional(Type.Unknown()), ...provider },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      type: Type.Literal('result'),
      call_id: Label,
      output: Type.Optional(Type.Unknown()),
      error: Type.Optional(Type.Boolean()),
      ...provider,
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      type: Type.Literal('file'),
      blob: Type.Optional(HashText),
      url: Type.Optional(Text(4096)),
      name: Type.Optional(Text(1024)),
      media_type: Type.Optional(Text(256)),
      size: Type.Optional(Count),
      ...provider,
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      type: Type.Literal('edit'),
      path: Type.String({ minLength: 1, maxLength: 4096 }),
      operation: oneOf(['create', 'update', 'delete', 'rename'] as const),
      before: Type.Optional(HashText),
      after: Type.Optional(HashText),
      to: Type.Optional(Text(4096)),
      added: Type.Optional(Count),
      removed: Type.Optional(Count),
      diff: Type.Optional(Type.String()),
      ...provider,
    },
    { additionalProperties: false },
  ),
])
export type Part = Static<typeof Part>

export const Message = Type.Object(
  {
    role: oneOf(roles, 'Who speaks.'),
    content: Type.String({ description: 'The text; structure is in parts.' }),
    name: Type.Optional(Text(256)),
    parts: Type.Optional(Type.Array(Part, { maxItems: 4096 })),
    agent: Type.Optional(Label),
    model: Type.Optional(Label),
    usage: Type.Optional(Usage),
    cost: Type.Optional(Type.Number({ minimum: 0, description: 'US dollars.' })),
    metadata: Type.Optional(OpenObject),
  },
  { additionalProperties: false },
)
export type Message = Static<typeof Message>
