// `defineSkill`: what a skill's module exports, with its types inferred.

import type { Json } from '../../schema/json.ts'
import type { SkillDefinition } from './contract.ts'

/** Gives the definition back; only for its types. */
export function defineSkill<Input extends Json, Output extends Json | undefined>(
  definition: SkillDefinition<Input, Output>,
): SkillDefinition<Input, Output> {
  return definition
}
