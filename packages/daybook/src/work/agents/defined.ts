// The agents of definitions: each made once, and again when its definition is another one.

import { firstAgent } from '../../schema/states.ts'
import type { Agent, Agents } from '../performer.ts'
import type { AgentDefinition, AgentDefinitions } from './contract.ts'

export interface DefinedOptions {
  readonly definitions: AgentDefinitions
  /** Of the one that finds who fits, whose name is {@link firstAgent}. */
  readonly orchestrator: (definition: AgentDefinition) => Agent
  /** Of every other one. */
  readonly agent: (definition: AgentDefinition) => Agent
}

/** Made when they are first asked for: a list of many costs nothing before. */
export function definedAgents({ definitions, orchestrator, agent }: DefinedOptions): Agents {
  const made = new WeakMap<AgentDefinition, Agent>()
  const agentOf = (definition: AgentDefinition): Agent => {
    const known = made.get(definition)
    if (known) return known
    const fresh = definition.name === firstAgent ? orchestrator(definition) : agent(definition)
    made.set(definition, fresh)
    return fresh
  }
  return {
    list: () => definitions.list().map(agentOf),
    get(name) {
      const definition = definitions.get(name)
      return definition && agentOf(definition)
    },
    faults: () => definitions.faults(),
  }
}
