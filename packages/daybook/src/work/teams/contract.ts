// Teams: agents that work together on one turn, each with child runs of its own in the log.

import type { AgentFault } from '../agents/contract.ts'

export const teamModes = ['route', 'broadcast', 'lead', 'hand-round'] as const
/**
 * `route`: the one that fits does it. `broadcast`: all do it at once, and the answers are merged. `lead`: one gives work to the
 * others until it has the answer. `hand-round`: each goes on from the answer of the one before.
 */
export type TeamMode = (typeof teamModes)[number]

export interface TeamLimits {
  /** Rounds of `lead` and `hand-round`; default 3 and 1. Then the team ends with what it has. */
  readonly rounds: number
  /** US dollars of one turn, all members together: no round begins behind them. */
  readonly cost?: number
  /** Tokens, likewise. */
  readonly tokens?: number
}

export interface TeamDefinition {
  readonly name: string
  readonly description: string
  readonly mode: TeamMode
  /** Names of agents, or `skill:` and the id of a skill. */
  readonly members: readonly string[]
  /** Who chooses, merges or leads; required for `lead`. */
  readonly lead?: string
  /** What the lead is told besides. */
  readonly instructions?: string
  readonly limits: TeamLimits
  /** The path of its file, or `code`. */
  readonly source: string
}

export interface TeamDefinitions {
  list(): readonly TeamDefinition[]
  get(name: string): TeamDefinition | undefined
  faults(): readonly AgentFault[]
  onChange(listener: () => void): () => void
}

/** What became of a member's part. */
export type Part =
  | { readonly member: string; readonly text: string }
  | { readonly member: string; readonly failure: string }

/** A team at work on one turn: all that a mode needs. */
export interface TeamTurn {
  readonly team: TeamDefinition
  /** What the team was asked. */
  readonly input: string
  /** One child run. A failure is told, not thrown, but for a budget that is used up: that ends the team. */
  ask(member: string, input: string): Promise<Part>
  /** Whether the limits leave room for another round. */
  hasRoom(): Promise<boolean>
  /** Members in the order in which their descriptions fit the input. */
  fitting(): Promise<readonly string[]>
}
