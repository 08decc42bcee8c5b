// The closed table of entry kinds: number, version, who may write them, and the shape of their data.

import { type Static, type TSchema, Type } from 'typebox'
import { Count, HashText, Id, Label, Message, Moment, OpenObject, oneOf, SeqNumber, Text, Usage } from './parts.ts'
import { noteTypes, runReasons } from './states.ts'

/** Client, engine, run engine, process host, administrator, import. */
export type Writer = 'C' | 'E' | 'R' | 'P' | 'A' | 'I'

export interface KindRow<T extends TSchema = TSchema> {
  /** Stored in place of the name. Numbers below {@link firstRareKind} are bulky kinds outside the index of rare ones. */
  readonly number: number
  /** Version of the data's shape; older ones are lifted at read by `upcasters.ts`. */
  readonly version: number
  readonly writers: readonly Writer[]
  readonly data: T
}

export const firstRareKind = 16

const closed = { additionalProperties: false } as const
const labels = {
  name: Type.Optional(Text(512)),
  agent_id: Type.Optional(Label),
  user_id: Type.Optional(Label),
  team_id: Type.Optional(Label),
  workflow_id: Type.Optional(Label),
  branch: Type.Optional(Label),
  repository: Type.Optional(Text(1024)),
}
const run = { run_id: Id }
const nothing = Type.Object({}, closed)
const digest = { digest: Text(256), comment: Type.Optional(Text(8192)) }

function kind<T extends TSchema>(number: number, writers: string, data: T): KindRow<T> {
  return Object.freeze({ number, version: 1, writers: Object.freeze([...writers]) as readonly Writer[], data })
}

export const kinds = Object.freeze({
  message: kind(1, 'CERP', Message),
  'foreign.recorded': kind(
    3,
    'CIP',
    Type.Object({ source: Label, type: Type.Optional(Label), record: Type.Unknown() }, closed),
  ),

  'session.opened': kind(
    16,
    'E',
    Type.Object(
      {
        owner: Label,
        agent: Label,
        ...labels,
        base: Type.Optional(Type.Object({ session_id: Id, seq: SeqNumber, hash: HashText }, closed)),
        metadata: Type.Optional(OpenObject),
        state: Type.Optional(OpenObject),
        agent_data: Type.Optional(OpenObject),
        continues: Type.Optional(
          Type.Object(
            { hash: HashText, seq: SeqNumber },
            { ...closed, description: 'The chain this import replaces.' },
          ),
        ),
      },
      closed,
    ),
  ),
  'session.updated': kind(
    17,
    'E',
    Type.Object(
      {
        ...labels,
        name: Type.Optional(Type.Union([Text(512), Type.Null()])),
        metadata: Type.Optional(Type.Unknown({ description: 'Merge patch (RFC 7396).' })),
        agent_data: Type.Optional(Type.Unknown({ description: 'Merge patch (RFC 7396).' })),
        replace: Type.Optional(Type.Boolean({ description: 'The given objects replace the stored ones.' })),
      },
      closed,
    ),
  ),
  'session.archived': kind(18, 'E', Type.Object({ reason: Type.Optional(Text(256)) }, closed)),
  'session.reopened': kind(19, 'E', nothing),
  'session.trashed': kind(20, 'E', nothing),
  'session.restored': kind(21, 'E', nothing),
  'session.deleted': kind(22, 'E', nothing),
  'session.rewound': kind(23, 'E', Type.Object({ to: SeqNumber }, closed)),
  'session.shared': kind(24, 'E', Type.Object({ readers: Type.Array(Label, { maxItems: 64 }) }, closed)),
  'state.changed': kind(
    25,
    'CR',
    Type.Object(
      {
        scope: oneOf(['session', 'user', 'app'] as const),
        patch: Type.Unknown({ description: 'Merge patch (RFC 7396).' }),
        replace: Type.Optional(Type.Boolean()),
      },
      closed,
    ),
  ),
  handoff: kind(26, 'ER', Type.Object({ from: Label, to: Label, reason: Text(4096) }, closed)),
  note: kind(
    27,
    'CR',
    Type.Object(
      { type: oneOf(noteTypes), text: Type.String({ minLength: 1 }), links: Type.Optional(Type.Array(Text(1024))) },
      closed,
    ),
  ),
  pin: kind(28, 'C', Type.Object({ path: Type.Optional(Text(4096)), on: Type.Boolean() }, closed)),
  summary: kind(
    29,
    'R',
    Type.Object({ covers_seq: SeqNumber, text: Type.String(), usage: Type.Optional(Usage) }, closed),
  ),
  'entry.erased': kind(
    30,
    'E',
    Type.Object(
      {
        seqs: Type.Array(SeqNumber, { minItems: 1, maxItems: 512 }),
        tokens: Type.Optional(Count),
        cost: Type.Optional(Type.Number({ minimum: 0 })),
      },
      { ...closed, description: 'tokens and cost are what the erased entries had reported; they stay counted.' },
    ),
  ),

  'run.queued': kind(
    32,
    'R',
    Type.Object(
      {
        ...run,
        input: Type.Optional(Type.Unknown()),
        agent: Type.Optional(Label),
        skill: Type.Optional(Label),
        workflow: Type.Optional(Label),
        parent: Type.Optional(Id),
        reason: Type.Optional(oneOf(runReasons.queued)),
      },
      closed,
    ),
  ),
  'run.started': kind(
    33,
    'R',
    Type.Object({ ...run, agent: Type.Optional(Label), fence: Type.Optional(Count) }, closed),
  ),
  'run.waiting': kind(
    34,
    'R',
    Type.Object(
      { ...run, reason: oneOf(runReasons.waiting), until: Type.Optional(Moment), summary: Type.Optional(Text(512)) },
      closed,
    ),
  ),
  'run.finished': kind(
    35,
    'R',
    Type.Object(
      {
        ...run,
        status: oneOf(['done', 'failed'] as const),
        reason: Type.Optional(oneOf(runReasons.failed)),
        output: Type.Optional(Type.Unknown()),
        error: Type.Optional(Type.Object({ code: Label, message: Type.String() }, closed)),
        model: Type.Optional(Label),
        usage: Type.Optional(Usage),
        cost: Type.Optional(Type.Number({ minimum: 0 })),
        duration_ms: Type.Optional(Count),
      },
      closed,
    ),
  ),
  'run.cancelled': kind(36, 'R', Type.Object({ ...run, reason: oneOf(runReasons.cancelled) }, closed)),
  'step.started': kind(
    48,
    'R',
    Type.Object(
      { ...run, step: Id, name: Label, input: Type.Optional(Type.Unknown()), risk: Type.Optional(Label) },
      closed,
    ),
  ),
  'step.finished': kind(
    49,
    'R',
    Type.Object(
      {
        ...run,
        step: Id,
        output: Type.Optional(Type.Unknown()),
        error: Type.Optional(Type.Unknown()),
        unknown: Type.Optional(Type.Boolean()),
      },
      closed,
    ),
  ),
  'approval.requested': kind(
    56,
    'R',
    Type.Object(
      { ...run, approval_id: Id, summary: Text(512), digest: Text(256), until: Type.Optional(Moment) },
      closed,
    ),
  ),
  'approval.decided': kind(
    57,
    'R',
    Type.Object(
      { ...run, approval_id: Id, decision: oneOf(['approved', 'denied'] as const), by: Label, ...digest },
      closed,
    ),
  ),
  'approval.expired': kind(58, 'R', Type.Object({ ...run, approval_id: Id }, closed)),
  'question.asked': kind(59, 'RP', Type.Object({ ...run, question_id: Id, summary: Text(512) }, closed)),
  'question.answered': kind(60, 'RP', Type.Object({ ...run, question_id: Id, answer: Type.Unknown() }, closed)),
}) satisfies Readonly<Record<string, KindRow>>

export type Kind = keyof typeof kinds
export type DataOf<K extends Kind> = Static<(typeof kinds)[K]['data']>

export const kindNames = Object.freeze(Object.keys(kinds)) as readonly Kind[]
const byNumber = new Map<number, Kind>(kindNames.map((name) => [kinds[name].number, name]))

export function isKind(name: string): name is Kind {
  return Object.hasOwn(kinds, name)
}

/** The kind a stored number stands for; undefined for numbers of a newer format. */
export function kindOfNumber(number: number): Kind | undefined {
  return byNumber.get(number)
}

export function mayWrite(name: Kind, writer: Writer): boolean {
  return (kinds[name].writers as readonly Writer[]).includes(writer)
}

/** The highest kind number this version knows; a file with higher ones is too new. */
export const lastKindNumber = Math.max(...kindNames.map((name) => kinds[name].number))
