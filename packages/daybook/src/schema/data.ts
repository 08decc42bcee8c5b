// The shape of each kind's data, in TypeBox: the one definition from which types, JSON Schemas and checks come.
// Run-time code reads `data.generated.ts`: building these objects costs several starts of an empty process.

import { type Static, type TSchema, Type } from 'typebox'
import { processData } from './data-processes.ts'
import type { Kind } from './kinds.ts'
import { Count, HashText, Id, Label, Message, Moment, OpenObject, oneOf, SeqNumber, Text, Usage } from './parts.ts'
import { ChosenModel, MetBudget, Routed, RunCaller } from './run-parts.ts'
import { noteTypes, runReasons, skillRisks, stepResolutions } from './states.ts'

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
const Failure = Type.Object({ code: Label, message: Type.String() }, closed)
const digest = { digest: Text(256), comment: Type.Optional(Text(8192)) }

export const kindData = Object.freeze({
  message: Message,
  'foreign.recorded': Type.Object({ source: Label, type: Type.Optional(Label), record: Type.Unknown() }, closed),

  'session.opened': Type.Object(
    {
      owner: Label,
      agent: Label,
      ...labels,
      model: Type.Optional(ChosenModel),
      base: Type.Optional(Type.Object({ session_id: Id, seq: SeqNumber, hash: HashText }, closed)),
      metadata: Type.Optional(OpenObject),
      state: Type.Optional(OpenObject),
      agent_data: Type.Optional(OpenObject),
      continues: Type.Optional(
        Type.Object({ hash: HashText, seq: SeqNumber }, { ...closed, description: 'The chain this import replaces.' }),
      ),
    },
    closed,
  ),
  'session.updated': Type.Object(
    {
      ...labels,
      name: Type.Optional(Type.Union([Text(512), Type.Null()])),
      model: Type.Optional(Type.Union([ChosenModel, Type.Null()])),
      metadata: Type.Optional(Type.Unknown({ description: 'Merge patch (RFC 7396).' })),
      agent_data: Type.Optional(Type.Unknown({ description: 'Merge patch (RFC 7396).' })),
      replace: Type.Optional(Type.Boolean({ description: 'The given objects replace the stored ones.' })),
    },
    closed,
  ),
  'session.archived': Type.Object({ reason: Type.Optional(Text(256)) }, closed),
  'session.reopened': nothing,
  'session.trashed': nothing,
  'session.restored': nothing,
  'session.deleted': nothing,
  'session.rewound': Type.Object({ to: SeqNumber }, closed),
  'session.shared': Type.Object({ readers: Type.Array(Label, { maxItems: 64 }) }, closed),
  'state.changed': Type.Object(
    {
      scope: oneOf(['session', 'user', 'app'] as const),
      patch: Type.Unknown({ description: 'Merge patch (RFC 7396).' }),
      replace: Type.Optional(Type.Boolean()),
    },
    closed,
  ),
  handoff: Type.Object(
    {
      from: Label,
      to: Label,
      reason: Text(4096),
      confidence: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
      model: Type.Optional(Label),
      usage: Type.Optional(Usage),
      cost: Type.Optional(Type.Number({ minimum: 0, description: 'US dollars.' })),
    },
    { ...closed, description: 'Where a model chose: how sure it was, which one, and what asking it took.' },
  ),
  note: Type.Object(
    { type: oneOf(noteTypes), text: Type.String({ minLength: 1 }), links: Type.Optional(Type.Array(Text(1024))) },
    closed,
  ),
  pin: Type.Object({ path: Type.Optional(Text(4096)), on: Type.Boolean() }, closed),
  summary: Type.Object(
    {
      covers_seq: SeqNumber,
      text: Type.String(),
      model: Type.Optional(Label),
      usage: Type.Optional(Usage),
      cost: Type.Optional(Type.Number({ minimum: 0 })),
    },
    { ...closed, description: 'Made by `model`; without one it was made from the log alone, or given.' },
  ),
  'entry.erased': Type.Object(
    {
      seqs: Type.Array(SeqNumber, { minItems: 1, maxItems: 512 }),
      tokens: Type.Optional(Type.Array(Count, { maxItems: 512 })),
      cost: Type.Optional(Type.Array(Type.Number({ minimum: 0 }), { maxItems: 512 })),
    },
    {
      ...closed,
      description: 'tokens and cost, one of each per seq, are what those entries had reported; they stay counted.',
    },
  ),

  'run.queued': Type.Object(
    {
      ...run,
      input: Type.Optional(Type.Unknown()),
      agent: Type.Optional(Label),
      skill: Type.Optional(Label),
      workflow: Type.Optional(Label),
      model: Type.Optional(ChosenModel),
      parent: Type.Optional(Id),
      caller: Type.Optional(RunCaller),
      routing: Type.Optional(Routed),
      undoes: Type.Optional(
        Type.String({ minLength: 1, maxLength: 128, description: 'The run whose steps are undone.' }),
      ),
      deadline: Type.Optional(Moment),
      reason: Type.Optional(oneOf(runReasons.queued)),
      until: Type.Optional(Moment),
    },
    closed,
  ),
  'run.started': Type.Object(
    {
      ...run,
      agent: Type.Optional(Label),
      fence: Type.Optional(Count),
      skill: Type.Optional(Label),
      version: Type.Optional(Text(128)),
    },
    closed,
  ),
  'run.waiting': Type.Object(
    {
      ...run,
      reason: oneOf(runReasons.waiting),
      until: Type.Optional(Moment),
      summary: Type.Optional(Text(512)),
      budget: Type.Optional(MetBudget),
    },
    closed,
  ),
  'run.finished': Type.Object(
    {
      ...run,
      status: oneOf(['done', 'failed'] as const),
      reason: Type.Optional(oneOf(runReasons.failed)),
      output: Type.Optional(Type.Unknown()),
      error: Type.Optional(Failure),
      model: Type.Optional(Label),
      usage: Type.Optional(Usage),
      cost: Type.Optional(Type.Number({ minimum: 0 })),
      duration_ms: Type.Optional(Count),
    },
    closed,
  ),
  'run.cancelled': Type.Object({ ...run, reason: oneOf(runReasons.cancelled) }, closed),
  'run.withdrawn': Type.Object(run, closed),
  'run.edited': Type.Object(
    { ...run, input: Type.Unknown(), skill: Type.Optional(Label), routing: Type.Optional(Routed) },
    closed,
  ),
  'run.moved': Type.Object(
    {
      ...run,
      before: Type.Union([Id, Type.Null()], { description: 'The run it now stands in front of; null: last.' }),
    },
    closed,
  ),
  'run.steered': Type.Object({ ...run, input: Type.Unknown() }, closed),
  'run.resumed': Type.Object(run, { ...closed, description: 'The budget that it waited for has room again.' }),
  'step.started': Type.Object(
    {
      ...run,
      step: Id,
      name: Label,
      input: Type.Optional(Type.Unknown()),
      risk: Type.Optional(Label),
      attempt: Type.Optional(Count),
      undo: Type.Optional(Type.Boolean({ description: 'Its skill can undo it.' })),
    },
    closed,
  ),
  'step.finished': Type.Object(
    {
      ...run,
      step: Id,
      output: Type.Optional(Type.Unknown()),
      error: Type.Optional(Type.Unknown()),
      unknown: Type.Optional(Type.Boolean({ description: 'Nobody knows whether it took effect.' })),
      replayable: Type.Optional(Type.Boolean({ description: 'False: a secret was masked in the output.' })),
    },
    closed,
  ),
  'step.resolved': Type.Object(
    {
      ...run,
      step: Id,
      resolution: oneOf(stepResolutions),
      output: Type.Optional(Type.Unknown()),
      reason: Text(4096),
      by: Label,
    },
    closed,
  ),
  'step.undo_started': Type.Object({ ...run, of: Id, step: Id, name: Label }, closed),
  'step.undone': Type.Object({ ...run, of: Id, step: Id, error: Type.Optional(Failure) }, closed),
  'approval.requested': Type.Object(
    {
      ...run,
      approval_id: Id,
      summary: Text(512),
      digest: Text(256),
      input: Type.Optional(Type.Unknown()),
      deciders: Type.Optional(Type.Array(Label, { maxItems: 64 })),
      until: Type.Optional(Moment),
    },
    closed,
  ),
  'approval.decided': Type.Object(
    { ...run, approval_id: Id, decision: oneOf(['approved', 'denied'] as const), by: Label, ...digest },
    closed,
  ),
  'approval.expired': Type.Object({ ...run, approval_id: Id }, closed),
  'question.asked': Type.Object({ ...run, question_id: Id, summary: Text(512), until: Type.Optional(Moment) }, closed),
  'question.answered': Type.Object({ ...run, question_id: Id, answer: Type.Unknown() }, closed),
  'wait.started': Type.Object({ ...run, wait_id: Id, name: Type.Optional(Label), until: Moment }, closed),
  'wait.ended': Type.Object({ ...run, wait_id: Id }, closed),
  'skill.added': Type.Object(
    {
      skill_id: Label,
      name: Text(512),
      description: Text(8192),
      version: Text(128),
      hash: HashText,
      tags: Type.Array(Label, { maxItems: 256 }),
      roles: Type.Array(Label, { maxItems: 64 }),
      risk: oneOf(skillRisks),
      input: Type.Optional(OpenObject),
      output: Type.Optional(OpenObject),
    },
    closed,
  ),
  'skill.retired': Type.Object({ skill_id: Label, reason: Type.Optional(Text(4096)) }, closed),
  'transcript.adopted': Type.Object(
    {
      source: Label,
      path: Text(4096),
      from: Count,
      to: Count,
      records: Count,
      foreign: Type.Optional(Type.Integer({ minimum: 0, description: 'Records that nobody here understands.' })),
      masked: Type.Optional(Type.Integer({ minimum: 0, description: 'Secrets that were replaced.' })),
      mark: Text(256),
      proof: Type.Optional(Text(256)),
      memo: Type.Optional(Type.Unknown({ description: 'What the reader has to remember between records.' })),
      blob: Type.Optional(HashText),
      encoding: Type.Optional(oneOf(['zstd', 'keys'] as const)),
    },
    {
      ...closed,
      description:
        "How far another agent's transcript was adopted, in the same append as what was made of its records. `from` and `to` are places in the transcript (bytes of a file of lines, records of others); `blob` holds the records as they stood there, secrets masked, one a line (`zstd`), or what they are known again by, once an erasure took them (`keys`); the number `record` in the metadata of a message counts these lines from 0.",
    },
  ),
  ...processData,
}) satisfies Readonly<Record<Kind, TSchema>>

export type DataOf<K extends Kind> = Static<(typeof kindData)[K]>
