// The shapes of the views on the wire: history, agents, files, notes, metrics. Runs are in wire-shapes.ts.

import { type Static, Type } from 'typebox'
import { Count, HashText, Id, Label, OpenObject, oneOf, Part, SeqNumber, Usage } from './parts.ts'
import { driverNames, noteTypes, roles } from './states.ts'
import { closed, RunShape, Time } from './wire-shapes.ts'

export const HistoryMessage = Type.Object(
  {
    role: oneOf(roles),
    content: Type.String({ description: 'Always text; structure is in parts.' }),
    name: Type.Optional(Type.String()),
    parts: Type.Optional(Type.Array(Part)),
    agent: Type.Optional(Type.String()),
    model: Type.Optional(Type.String()),
    usage: Type.Optional(Usage),
    cost: Type.Optional(Type.Number({ minimum: 0, description: 'US dollars.' })),
    metadata: Type.Optional(OpenObject),
    seq: SeqNumber,
    at: Time,
  },
  { ...closed, title: 'HistoryMessage' },
)
export type HistoryMessageShape = Static<typeof HistoryMessage>

const AgentHandoff = Type.Object(
  { from: Type.String(), to: Type.String(), reason: Type.String(), timestamp: Time },
  { ...closed, title: 'AgentHandoff' },
)
export type AgentHandoffShape = Static<typeof AgentHandoff>

const handoffs = Type.Array(AgentHandoff)

export const History = Type.Object(
  {
    session_id: Id,
    messages: Type.Array(HistoryMessage),
    message_count: Count,
    last_activity: Time,
    current_agent: Type.String(),
    agent_history: handoffs,
    context: Type.Unsafe<Readonly<Record<string, unknown>>>({
      ...OpenObject,
      description: 'The state of the session.',
    }),
  },
  { ...closed, title: 'History' },
)
export type HistoryShape = Static<typeof History>

export const Agents = Type.Object(
  {
    session_id: Id,
    current_agent: Type.String(),
    agent_history: handoffs,
    switch_count: Count,
    context_metadata: OpenObject,
    created_at: Time,
    last_switch_at: Type.Union([Time, Type.Null()]),
  },
  { ...closed, title: 'Agents' },
)
export type AgentsShape = Static<typeof Agents>

export const CurrentAgent = Type.Object(
  { session_id: Id, current_agent: Type.String(), agent_history: handoffs, switch_count: Count },
  { ...closed, title: 'CurrentAgent' },
)

export const Runs = Type.Object(
  { session_id: Id, runs: Type.Array(RunShape, { description: 'Oldest first.' }) },
  { ...closed, title: 'Runs' },
)

export const FileShape = Type.Object(
  {
    path: Type.String(),
    operation: oneOf(['create', 'update', 'delete', 'rename', 'pin', 'unpin'] as const),
    before: Type.Optional(HashText),
    after: Type.Optional(HashText),
    to: Type.Optional(Type.String()),
    added: Type.Optional(Count),
    removed: Type.Optional(Count),
    seq: SeqNumber,
    at: Time,
  },
  { ...closed, title: 'FileChange' },
)
export const Files = Type.Object(
  { session_id: Id, files: Type.Array(FileShape), pinned: Type.Array(Type.String()) },
  { ...closed, title: 'Files' },
)
export type FilesShape = Static<typeof Files>

export const NoteShape = Type.Object(
  {
    type: oneOf(noteTypes),
    text: Type.String(),
    links: Type.Optional(Type.Array(Type.String())),
    by: Type.String(),
    at: Time,
    seq: SeqNumber,
  },
  { ...closed, title: 'Note' },
)
export const Notes = Type.Object({ session_id: Id, notes: Type.Array(NoteShape) }, { ...closed, title: 'Notes' })
export type NotesShape = Static<typeof Notes>

export const ProcessShape = Type.Object(
  {
    process_id: Id,
    run_id: Type.Optional(Id),
    program: Label,
    driver: oneOf(driverNames),
    pid: Count,
    host: Type.String({ description: 'The machine that it runs on.' }),
    args: Type.Array(Type.String()),
    workdir: Type.String(),
    version: Type.Optional(Type.String()),
    resumed: Type.Boolean({ description: 'It was told to go on from a token.' }),
    status: oneOf(['running', 'exited', 'lost'] as const, 'lost: nobody saw how it ended.'),
    exit_code: Type.Optional(Count),
    signal: Type.Optional(Type.String()),
    started_at: Time,
    exited_at: Type.Union([Time, Type.Null()]),
    bytes: Type.Integer({ minimum: 0, description: 'Of standard output, as far as they are in the log.' }),
    seq: SeqNumber,
  },
  { ...closed, title: 'Process' },
)
export const Processes = Type.Object(
  { session_id: Id, processes: Type.Array(ProcessShape) },
  { ...closed, title: 'Processes' },
)
export type ProcessesShape = Static<typeof Processes>

const Tally = Type.Object(
  {
    runs: Count,
    tokens: Count,
    cost: Type.Number(),
    cached_tokens: Type.Optional(
      Type.Unsafe<number>({ ...Count, description: 'Of the questions, what the provider had in its cache.' }),
    ),
    written_tokens: Type.Optional(Type.Unsafe<number>({ ...Count, description: 'What it put there.' })),
  },
  { ...closed, title: 'Tally' },
)
/** An object whose names are agents or models. */
const tallies = Type.Unsafe<Readonly<Record<string, Static<typeof Tally>>>>({
  type: 'object',
  additionalProperties: Tally,
})
const NumberOrNull = Type.Union([Type.Number({ minimum: 0 }), Type.Null()])

export const Metrics = Type.Object(
  {
    session_id: Id,
    total_runs: Count,
    total_tokens: Count,
    cost: Type.Number(),
    avg_response_time_ms: NumberOrNull,
    p95_response_time_ms: NumberOrNull,
    success_rate: NumberOrNull,
    by_agent: tallies,
    by_model: tallies,
  },
  {
    ...closed,
    title: 'Metrics',
    description: 'Times and success_rate are null while no run has finished.',
  },
)
export type MetricsShape = Static<typeof Metrics>
