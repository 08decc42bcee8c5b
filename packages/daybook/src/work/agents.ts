// The agents that need no model: the orchestrator, which hands a text to the skill that was found for it.

import { firstAgent } from '../schema/states.ts'
import { RunFailure } from './failure.ts'
import type { Agent, Agents } from './performer.ts'

/** Performs what no skill was found for: it says so. Runs for which one was found are performed by that skill. */
const orchestrator: Agent = {
  name: firstAgent,
  kind: 'skills',
  description: 'Finds the skill that a text asks for, and says so when none fits.',
  async perform() {
    throw new RunFailure('refused', 'No skill fits this request.', 'nothing_fits')
  },
}

/** A fixed set of agents, the orchestrator always among them. */
export function agentsOf(others: readonly Agent[] = []): Agents {
  const byName = new Map([orchestrator, ...others].map((agent) => [agent.name, agent]))
  return { list: () => [...byName.values()], get: (name) => byName.get(name) }
}
