// Runs, skills and receipts as they stand on the wire: the names of clients over the types of the run engine.

import { moment, momentOrNull } from '../schema/wire.ts'
import type {
  AgentListShape,
  QueueShape,
  RunReceiptShape,
  RunStateShape,
  SkillListShape,
  SkillShape,
} from '../schema/wire-runs.ts'
import { runOf } from '../session/views/wire.ts'
import type { ApprovalView, QuestionView, QueuedRun, RunReceipt, RunState } from './contract.ts'
import type { Agents } from './performer.ts'
import type { Skill, Skills } from './skills/contract.ts'

export function runStateOf(state: RunState): RunStateShape {
  return {
    ...runOf(state.session, state),
    approvals: state.approvals.map(approvalOf),
    questions: state.questions.map(questionOf),
  }
}

export function approvalOf({ id, until, deciders, ...approval }: ApprovalView): RunStateShape['approvals'][number] {
  return { approval_id: id, ...approval, deciders: [...deciders], until: momentOrNull(until) }
}

export function questionOf({ id, until, ...question }: QuestionView): RunStateShape['questions'][number] {
  return { question_id: id, ...question, until: momentOrNull(until) }
}

export function receiptOf({ run, session, seq, position, steered }: RunReceipt): RunReceiptShape {
  return { run_id: run, session_id: session, seq, position, steered }
}

export function queueShape(session: string, queue: readonly QueuedRun[]): QueueShape {
  const runs = queue.map(({ run, queuedAt, ...queued }) => ({ run_id: run, ...queued, queued_at: moment(queuedAt) }))
  return { session_id: session, runs }
}

export function agentList(agents: Agents): AgentListShape {
  const shapes = agents.list().map(({ name, kind, description, unusable, models = [], handoffs = [], source }) => ({
    ...{ name, kind, description, usable: unusable === undefined, why: unusable ?? null },
    ...{ models: [...models], handoffs: [...handoffs], source: source ?? null },
  }))
  const faults = agents.faults?.() ?? []
  return {
    agents: shapes,
    faults: faults.map(({ path, message, since }) => ({ path, message, since: moment(since) })),
  }
}

export function skillShape(skill: Skill): SkillShape {
  const { id, name, description, version, hash, tags, roles, risk, source, durable, idempotent } = skill
  return {
    skill_id: id,
    name,
    description,
    version,
    hash,
    tags: [...tags],
    roles: [...roles],
    risk,
    source,
    durable,
    idempotent,
    undoable: skill.undo !== null,
    runnable: skill.run !== null,
    input: skill.input,
    output: skill.output,
    instructions: skill.instructions,
  }
}

export function skillList(skills: Skills): SkillListShape {
  const faults = skills.faults?.() ?? []
  return {
    skills: skills.list().map(skillShape),
    faults: faults.map(({ folder, message, since }) => ({ folder, message, since: moment(since) })),
  }
}
