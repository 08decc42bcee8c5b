// The shapes of adopting through a server: what is asked, and how it stands.

import { type Static, Type } from 'typebox'
import { Count, Id, Label, oneOf } from './parts.ts'
import { closed, Time } from './wire-shapes.ts'

export const NewAdoption = Type.Object(
  {
    agents: Type.Optional(
      Type.Array(Label, {
        minItems: 1,
        maxItems: 32,
        description: 'Whose sessions are copied. Default: those of all.',
      }),
    ),
    follow: Type.Optional(Type.Boolean({ description: 'Copy their new turns from then on, too. Default: false.' })),
  },
  { ...closed, title: 'NewAdoption' },
)
export type NewAdoption = Static<typeof NewAdoption>

const AdoptionProblem = Type.Object(
  {
    agent: Label,
    name: Type.String({ description: "The file, below the agent's own folder." }),
    code: Type.String(),
    message: Type.String(),
  },
  { ...closed, title: 'AdoptionProblem' },
)

const AdoptionReport = Type.Object(
  {
    bytes_read: Count,
    added: Type.Integer({ minimum: 0, description: 'Sessions that began here.' }),
    grown: Count,
    unchanged: Count,
    messages: Count,
    calls: Type.Integer({ minimum: 0, description: 'Of tools.' }),
    edits: Count,
    foreign: Type.Integer({ minimum: 0, description: 'Records that nobody here understands, kept as they are.' }),
    repositories: Count,
    branches: Count,
    masked: Type.Array(Type.Object({ shape: Type.String(), count: Count }, closed), {
      description: 'Secrets that were masked, by their shapes.',
    }),
    partial: Type.Integer({ minimum: 0, description: 'Files that end within a record: adopted up to there.' }),
    left_alone: Type.Integer({ minimum: 0, description: 'Sessions that were deleted or put into the trash here.' }),
    problems: Type.Array(AdoptionProblem, { description: 'What kept files from being adopted; the first 50.' }),
    problem_count: Count,
  },
  { ...closed, title: 'AdoptionReport' },
)

export const Adoption = Type.Object(
  {
    adoption_id: Id,
    agents: Type.Array(Label),
    follow: Type.Boolean(),
    status: oneOf(['running', 'done', 'failed'] as const),
    started_at: Time,
    ended_at: Type.Union([Time, Type.Null()]),
    files: Type.Integer({ minimum: 0, description: '0 until they were found.' }),
    files_done: Count,
    bytes: Count,
    bytes_done: Count,
    report: Type.Union([AdoptionReport, Type.Null()], { description: 'Once it is done.' }),
    error: Type.Union([Type.Object({ code: Type.String(), message: Type.String() }, closed), Type.Null()], {
      description: 'Why it failed. What is here stays; asked for again under the same key, it goes on behind it.',
    }),
  },
  { ...closed, title: 'Adoption' },
)
export type AdoptionShape = Static<typeof Adoption>
