// Budgets: what may be spent by whom, how much of it is gone, and the calls that count.

import type { Actor } from '../../schema/ids.ts'
import type { BudgetScope } from '../../schema/states.ts'
import type { Session } from '../../session/contract.ts'
import type { Spending } from '../agents/contract.ts'
import type { Agents } from '../performer.ts'

/** What may be spent at most; null or absent: as much as wanted. */
export interface Limit {
  readonly tokens?: number | null
  /** US dollars. */
  readonly cost?: number | null
}

/** What daybook.json says: the limit of each session, each user, each agent, and of all together. */
export interface BudgetConfig {
  readonly session?: Limit
  readonly user?: Limit
  readonly agent?: Limit
  readonly day?: Limit
  /** Share of a limit from which on it is warned; default 0.8. */
  readonly warn_at?: number
}

/** Whose money it is. `day` has no name. */
export interface Account {
  readonly scope: BudgetScope
  readonly name: string
}

export interface BudgetState extends Account {
  /** The day that it counts for, as `2026-11-22`; null for a session's, which has no end. */
  readonly day: string | null
  readonly limit: Limit
  /** `set`: for this name alone; `config`: for all of its scope. */
  readonly from: 'set' | 'config' | 'none'
  /** Tokens and US dollars that are gone. */
  readonly tokens: number
  readonly cost: number
  /** Put aside for calls that are under way. */
  readonly reserved: { readonly tokens: number; readonly cost: number }
  /** Models that were asked and have no price: their tokens count, their money is not known. */
  readonly unpriced: readonly string[]
  /** Of the limit that is nearest to its end, from 0 on; null without a limit. */
  readonly share: number | null
  readonly warnAt: number
}

export interface Budgets extends Spending {
  /** The day, and every agent and user whose limit was set; of `session` where one is named. */
  list(session?: Session): Promise<readonly BudgetState[]>
  get(account: Account): Promise<BudgetState>
  /**
   * Null takes the limit back; then that of the configuration counts. Others hear of it within a second. Runs that a raised one
   * has room for again go on.
   */
  set(account: Account, limit: Limit | null, by?: Actor, key?: string): Promise<BudgetState>
  /** Lets the runs go on whose budget was raised since it left them no room, by whomever; gives how many. */
  resume(): Promise<number>
  /** The same agents, of which the programs are counted too: what they report when a prompt is over. */
  counting(agents: Agents): Agents
  /** Waits for what is being written down. */
  close(): Promise<void>
}
