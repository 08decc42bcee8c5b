// A team's definition from what its file says: everything checked, the guilty field named, what is left out filled in.

import { compile, type Misfit, type Schema } from '../../schema/check.ts'
import { agentName } from '../agents/definition.ts'
import { type TeamDefinition, type TeamMode, teamModes } from './contract.ts'

/** What a module of a team exports; a file of YAML says the same. */
export interface TeamFields {
  /** 1 to 63 of `a-z 0-9 _ -`, a letter first. Default: the name of its file. */
  readonly name?: string
  readonly description: string
  readonly mode: TeamMode
  /** Names of agents, or `skill:` and the id of a skill. */
  readonly members: readonly string[]
  readonly lead?: string
  readonly instructions?: string
  readonly limits?: { readonly rounds?: number; readonly cost?: number; readonly tokens?: number }
}

const name: Schema = { type: 'string', pattern: agentName }
const member: Schema = { type: 'string', pattern: `${agentName}|^skill:[a-z0-9][a-z0-9._/-]{0,127}$` }
const shape: Schema = {
  type: 'object',
  additionalProperties: false,
  required: ['description', 'mode', 'members'],
  properties: {
    name,
    description: { type: 'string', minLength: 1, maxLength: 1024 },
    mode: { type: 'string', enum: [...teamModes] },
    members: { type: 'array', items: member, minItems: 1, maxItems: 32 },
    lead: name,
    instructions: { type: 'string', minLength: 1, maxLength: 65_536 },
    limits: {
      type: 'object',
      additionalProperties: false,
      properties: {
        rounds: { type: 'integer', minimum: 1, maximum: 32 },
        cost: { type: 'number', minimum: 0 },
        tokens: { type: 'integer', minimum: 1 },
      },
    },
  },
}
const check = compile(shape)

/** The definition, or the first thing that is wrong with it. */
export function teamOf(
  given: unknown,
  file: { readonly name: string; readonly source: string },
): TeamDefinition | Misfit {
  const misfit = check(given, '')
  if (misfit) return misfit
  const fields = given as TeamFields
  const own = fields.name ?? file.name
  const twice = fields.members.findIndex((each, at) => fields.members.indexOf(each) !== at)
  if (twice >= 0) return { field: `members[${twice}]`, why: 'stands twice' }
  if (fields.members.includes(own)) {
    return { field: `members[${fields.members.indexOf(own)}]`, why: 'is the team itself' }
  }
  if (fields.lead === own) return { field: 'lead', why: 'is the team itself' }
  if (fields.mode === 'lead' && fields.lead === undefined) return { field: 'lead', why: 'is required in the mode lead' }
  if (!new RegExp(agentName).test(own)) return { field: 'name', why: 'is no name of a team' }
  return Object.freeze({
    ...fields,
    name: own,
    limits: { ...fields.limits, rounds: fields.limits?.rounds ?? (fields.mode === 'lead' ? 3 : 1) },
    source: file.source,
  })
}

/** A team that is made in code. @throws Error that names the field which does not fit */
export function defineTeam(fields: TeamFields & { readonly name: string }): TeamDefinition {
  const made = teamOf(fields, { name: fields.name, source: 'code' })
  if ('why' in made) throw new TypeError(`team ${fields.name}: ${made.field} ${made.why}`)
  return made
}
