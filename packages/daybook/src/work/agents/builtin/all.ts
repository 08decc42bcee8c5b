// The agents that every daybook has.

import type { AgentDefinition } from '../contract.ts'
import { architect } from './architect.ts'
import { ask } from './ask.ts'
import { coder } from './coder.ts'
import { debug } from './debug.ts'
import { orchestrator } from './orchestrator.ts'

/** The first is the one that a session begins with. */
export const builtInAgents: readonly AgentDefinition[] = Object.freeze([orchestrator, coder, architect, debug, ask])
