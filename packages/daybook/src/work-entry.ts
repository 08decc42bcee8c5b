// The package's entry `daybook/work`: the run engine, with skills and agents of the program's own.

export { agentsOf } from './work/agents.ts'
export type {
  Decision,
  EndedRun,
  QueuedRun,
  Resolution,
  Route,
  RunChange,
  RunFields,
  RunReceipt,
  RunState,
  ScopedWork,
  StartOptions,
  StepOptions,
  Work,
} from './work/contract.ts'
export { type FailureReason, RunFailure } from './work/failure.ts'
export type { Agent, Agents, Performer, Turn } from './work/performer.ts'
export type { ApprovalPolicy } from './work/policy.ts'
export type { Skill, Skills } from './work/skills/contract.ts'
export { fixedSkills } from './work/skills/fixed.ts'
export { openSkills } from './work/skills/skills.ts'
export type { TeamDefinition, TeamMode } from './work/teams/contract.ts'
export { defineTeam, type TeamFields } from './work/teams/definition.ts'
export { teamsAmong } from './work/teams/team.ts'
export { openWork, type WorkOptions } from './work/work.ts'
