// The shapes of finding on the wire: what is looked for, and what a hit says.

import { type Static, Type } from 'typebox'
import { limits } from './json.ts'
import { kindNames } from './kinds.ts'
import { Count, Id, Label, oneOf, SeqNumber, Text } from './parts.ts'
import { SessionIdText } from './wire-requests.ts'
import { closed, Session, Time } from './wire-shapes.ts'

export const FindQuery = Type.Object(
  {
    q: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1024,
        description: 'Words, "phrases", beginnings* and names of code. May be left out where file asks.',
      }),
    ),
    agent_id: Type.Optional(
      Type.String({ ...Label, description: 'The session began with this agent, or has it now.' }),
    ),
    user_id: Type.Optional(Label),
    owner: Type.Optional(Label),
    repository: Type.Optional(Text(1024)),
    branch: Type.Optional(Label),
    session_id: Type.Optional(SessionIdText),
    kind: Type.Optional(
      Type.Array(oneOf(kindNames), {
        maxItems: kindNames.length,
        description: 'Several: joined by commas or repeated.',
      }),
    ),
    since: Type.Optional(Type.String({ format: 'date-time', description: 'Entries from this moment on.' })),
    until: Type.Optional(Type.String({ format: 'date-time', description: 'Entries before this moment.' })),
    file: Type.Optional(
      Type.String({
        minLength: 3,
        maxLength: 1024,
        description: 'Part of a path: only sessions that changed, pinned or named such a file.',
      }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'Default 20; at most 100.' })),
    cursor: Type.Optional(Text(1024)),
  },
  closed,
)
export type FindQuery = Static<typeof FindQuery>

const place = { start: Count, end: Count }

export const Hit = Type.Object(
  {
    session_id: Id,
    seq: SeqNumber,
    kind: oneOf(kindNames),
    at: Time,
    actor: Type.String({ description: 'Who caused the entry.' }),
    score: Type.Number({ description: 'Higher is better; comparable within one answer only.' }),
    snippet: Type.Object(
      {
        field: Type.String({ description: 'Where the text stands in the data: content, parts.0.output.' }),
        text: Type.String(),
        start: Type.Integer({ minimum: 0, description: 'Where text begins in the whole text of the field.' }),
        length: Type.Integer({ minimum: 0, description: 'Length of the whole text.' }),
        marks: Type.Array(Type.Object(place, closed), {
          description: 'What was found, at its places in the whole text of the field, in UTF-16 units.',
        }),
      },
      closed,
    ),
  },
  { ...closed, title: 'Hit', description: 'An entry that was found; its address is session and seq.' },
)
export type HitShape = Static<typeof Hit>

export const HitList = Type.Object(
  {
    hits: Type.Array(Hit),
    sessions: Type.Array(Session, { description: 'The sessions of these hits, each once.' }),
    total: Type.Integer({ minimum: 0, maximum: limits.pageItems * 1000 }),
    total_is: oneOf(['exact', 'at_least'] as const, 'Beyond 10,000 only the newest are weighed and counted.'),
    matched: oneOf(
      ['all', 'parts', 'some'] as const,
      'all: every word, in any of its forms. parts: also as parts of others. some: at least one of them.',
    ),
    complete: Type.Boolean({ description: 'Everything stored before the call was looked through.' }),
    cursor: Type.Union([Type.String(), Type.Null()], {
      description: 'Opaque; give it back to go on. null at the end.',
    }),
  },
  { ...closed, title: 'HitList', description: 'Best first.' },
)
export type HitListShape = Static<typeof HitList>
