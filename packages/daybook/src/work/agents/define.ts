// `defineAgent`: what an agent's module exports, with its types checked where it is written.

import type { AgentFields } from './definition.ts'

/** Gives the definition back; only for its types. */
export function defineAgent(definition: AgentFields): AgentFields {
  return definition
}
