// What agents that ask a model need beside the turn.

import type { Models } from '../../model/contract.ts'
import type { Agent } from '../performer.ts'
import type { ApprovalPolicy } from '../policy.ts'
import type { Skills } from '../skills/contract.ts'
import type { AgentDefinition, Context, ContextSetting, Recall, Spending } from './contract.ts'

export interface AgentSetting {
  readonly models: Models
  readonly skills: Skills
  /** Those that a turn may be handed over to, as they are now. */
  readonly definition: (name: string) => AgentDefinition | undefined
  readonly context: (setting: ContextSetting) => Promise<Context>
  readonly policy?: ApprovalPolicy
  /** Default: what is spent is counted by nobody. */
  readonly spending?: Spending
  readonly blob?: (hash: string) => Promise<Uint8Array | null>
  readonly recall?: Recall
  /** Agents without a definition, such as teams, that a turn may be handed over to. */
  readonly others?: (name: string) => Agent | undefined
}
