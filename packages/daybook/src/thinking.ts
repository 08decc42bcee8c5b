// Composes what thinks: models, agents as they are defined, what their calls are made of, and who counts what they spend.

import { openEstimates } from './estimates.ts'
import type { Models } from './model/contract.ts'
import type { ModelSettings } from './model/settings.ts'
import { openModels } from './open-models.ts'
import type { Tenant } from './schema/ids.ts'
import { firstAgent } from './schema/states.ts'
import type { Sessions } from './session/contract.ts'
import { type Ahead, openAhead } from './work/agents/ahead.ts'
import { builtInAgents } from './work/agents/builtin/all.ts'
import type { AgentDefinition, AgentFault, Contexts, Recall } from './work/agents/contract.ts'
import { definedAgents } from './work/agents/defined.ts'
import { openDefinitions } from './work/agents/definitions.ts'
import { orchestratorOf } from './work/agents/orchestrator/orchestrator.ts'
import { modelAgent } from './work/agents/performer.ts'
import type { AgentSetting } from './work/agents/turn-setting.ts'
import { openBudgets } from './work/budgets/budgets.ts'
import type { BudgetConfig, Budgets } from './work/budgets/contract.ts'
import { keepResuming } from './work/budgets/paused.ts'
import type { Agents } from './work/performer.ts'
import type { ApprovalPolicy } from './work/policy.ts'
import type { Skills } from './work/skills/contract.ts'
import { openContexts, type SummarySettings } from './work/summaries/contexts.ts'
import { summaryAgent } from './work/summaries/writing.ts'
import type { TeamDefinitions } from './work/teams/contract.ts'
import { openTeams } from './work/teams/definitions.ts'
import { withTeams } from './work/teams/team.ts'

export interface ThinkingSettings {
  readonly tenant: Tenant
  readonly models: ModelSettings
  readonly skills: Skills
  /** Folders with files of agents and teams. */
  readonly folders: readonly string[]
  readonly watch: boolean
  readonly policy: ApprovalPolicy | undefined
  readonly budgets?: BudgetConfig | undefined
  readonly recall?: Recall | undefined
  readonly summaries?: SummarySettings | undefined
  readonly onError: (error: unknown) => void
  readonly onFault: (fault: AgentFault) => void
}

export interface Thinking extends AsyncDisposable {
  readonly models: Models
  readonly budgets: Budgets
  readonly ahead: Ahead
  /** To be told of runs that ended. */
  readonly contexts: Contexts
  readonly agents: Agents
  readonly teams: TeamDefinitions
  /** These agents, and the teams of them: a team's members are among them. */
  inTeams(agents: Agents): Agents
  /** All agents there are, programs too: those that turns are handed over to. Told once they are known. */
  among(all: Agents): void
}

export async function openThinking(sessions: Sessions, settings: ThinkingSettings): Promise<Thinking> {
  const { tenant, skills, folders, watch, policy, recall, onFault, onError } = settings
  const learning = await openEstimates(sessions, tenant, onError)
  const models = openModels(settings.models, { learning })
  const budgets = openBudgets({ sessions, tenant, ...(settings.budgets ? { config: settings.budgets } : {}) })
  const { blobs } = sessions.store.within({ tenant, subjects: 'all' })
  const definitions = await openDefinitions({ folders, builtIn: builtInAgents, watch, onFault })
  const teams = await openTeams({ folders, watch, onFault })
  const contexts = openContexts({
    ...settings.summaries,
    models,
    onError,
    unleased: (id) =>
      sessions.within({ tenant, subjects: 'all' }, { actor: `agent:${summaryAgent}`, writer: 'R' }).session(id),
  })
  const resuming = watch ? keepResuming(budgets, onError) : null
  let all: Agents | null = null
  const setting: AgentSetting = {
    models,
    skills,
    // The one that chooses asks no model in a loop of its own: it is an agent like any other.
    definition: (name) => (name === firstAgent ? undefined : definitions.get(name)),
    others: (name) => all?.get(name),
    context: (given) => contexts.make(given),
    spending: budgets,
    blob: (hash) => blobs.get(hash),
    ...(policy ? { policy } : {}),
    ...(recall ? { recall } : {}),
  }
  const defined: Agents = definedAgents({
    definitions,
    agent: (definition) => modelAgent(definition, setting),
    orchestrator: (definition: AgentDefinition) =>
      orchestratorOf({ definition, models, skills, policy, spending: budgets, agents: () => all ?? defined }),
  })
  return {
    models,
    budgets,
    contexts,
    ahead: openAhead(setting, () => all ?? defined),
    agents: defined,
    teams,
    inTeams: (agents) => withTeams(agents, teams),
    among: (agents) => {
      all = agents
    },
    async [Symbol.asyncDispose]() {
      await resuming?.[Symbol.asyncDispose]()
      await contexts.close()
      await definitions[Symbol.asyncDispose]()
      await teams[Symbol.asyncDispose]()
      await budgets.close()
      await learning.settled()
    },
  }
}
