// Skills that a program brings along: a set that never changes.

import { DaybookError } from '../../schema/errors.ts'
import type { SkillContext, SkillDefinition, Skills } from './contract.ts'
import { skillOf } from './skill.ts'

/** Whatever its input is: that it fits is checked at each call. */
type AnyDefinition = Pick<SkillDefinition, 'id' | 'name' | 'description'> & {
  readonly run: (input: never, context: SkillContext) => unknown
}

/** @throws DaybookError `invalid` with the field for a definition that is none, or an id that is taken */
export function fixedSkills(...definitions: readonly SkillDefinition[]): Skills
export function fixedSkills(...definitions: readonly AnyDefinition[]): Skills
export function fixedSkills(...definitions: readonly AnyDefinition[]): Skills {
  const skills = new Map(definitions.map((one) => [one.id, skillOf(one, 'program')]))
  if (skills.size < definitions.length) {
    throw new DaybookError('invalid', 'two skills have the same id', { field: 'id' })
  }
  const list = Object.freeze([...skills.values()])
  return { list: () => list, get: (id) => skills.get(id), onChange: () => () => {} }
}
