// An agent's definition from what its file says: everything checked, the guilty field named, what is left out filled in.

import { compile, type Misfit, type Schema } from '../../schema/check.ts'
import type { AgentDefinition, AgentLimits } from './contract.ts'

/** What a module of an agent exports; a file of YAML says the same, with `call_ms` for `callMs`. */
export interface AgentFields {
  /** 1 to 63 of `a-z 0-9 _ -`, a letter first. Default: the name of its file. */
  readonly name?: string
  /** Another agent, built in, whose fields count where this one says nothing. */
  readonly extends?: string
  /** One or two sentences: people read it, and the agent that chooses among others. Required without `extends`. */
  readonly description?: string
  /** What the model is told of itself. Required without `extends`. */
  readonly instructions?: string
  /** `provider/model`; default: the standard model. */
  readonly model?: string
  /** Several, tried in this order; instead of `model`. */
  readonly models?: readonly string[]
  /** Ids of skills that it may call, `*` at the end stands for any ending. Default: none. */
  readonly skills?: readonly string[]
  /** Names of configured MCP servers. Default: none. */
  readonly mcp?: readonly string[]
  /** Agents that it may hand over to. Default: none. */
  readonly handoffs?: readonly string[]
  readonly limits?: AgentLimits
  /** 0 to 2; default: that of the model. */
  readonly temperature?: number
  readonly reasoning?: 'none' | 'low' | 'medium' | 'high'
  /** Words that a text may name it by, in any language. */
  readonly tags?: readonly string[]
}

export const agentName = '^[a-z][a-z0-9_-]{0,62}$'
const name: Schema = { type: 'string', pattern: agentName }
const model: Schema = { type: 'string', maxLength: 256, pattern: '^[^/\\s]+/\\S+$' }
const skillPattern: Schema = { type: 'string', maxLength: 128, pattern: '^(?:[a-z0-9][a-z0-9._/-]*\\*?|\\*)$' }
const list = (items: Schema, maxItems = 256): Schema => ({ type: 'array', items, maxItems })
const text = (maxLength: number): Schema => ({ type: 'string', minLength: 1, maxLength })

/** Of `call_ms` in YAML and `callMs` in code. */
function shapeOf(callMs: string): Schema {
  return {
    type: 'object',
    additionalProperties: false,
    properties: {
      name,
      extends: name,
      description: text(1024),
      instructions: text(65_536),
      model,
      models: { ...list(model, 16), minItems: 1 },
      skills: list(skillPattern),
      mcp: list({ type: 'string', pattern: '^[a-z0-9][a-z0-9_-]{0,62}$' }, 32),
      handoffs: list(name, 64),
      limits: {
        type: 'object',
        additionalProperties: false,
        properties: {
          calls: { type: 'integer', minimum: 1, maximum: 1000 },
          handoffs: { type: 'integer', minimum: 0, maximum: 64 },
          tokens: { type: 'integer', minimum: 1 },
          cost: { type: 'number', minimum: 0 },
          [callMs]: { type: 'integer', minimum: 1000, maximum: 3_600_000 },
        },
      },
      temperature: { type: 'number', minimum: 0, maximum: 2 },
      reasoning: { type: 'string', enum: ['none', 'low', 'medium', 'high'] },
      tags: list(text(64)),
    },
  }
}

const checkWritten = compile(shapeOf('call_ms'))
const checkCoded = compile(shapeOf('callMs'))

export interface DefinitionSetting {
  /** Default of its name: that of its file, without ending. */
  readonly name: string
  readonly source: string
  /** From YAML, where names have underscores. */
  readonly written: boolean
  /** What `extends` may name. */
  readonly bases: ReadonlyMap<string, AgentDefinition>
}

/** The definition, or the first thing that is wrong with it. */
export function definitionOf(given: unknown, setting: DefinitionSetting): AgentDefinition | Misfit {
  const misfit = (setting.written ? checkWritten : checkCoded)(given, '')
  if (misfit) return misfit
  const fields = (setting.written ? coded(given as object) : given) as AgentFields
  const base = fields.extends === undefined ? undefined : setting.bases.get(fields.extends)
  if (fields.extends !== undefined && !base) {
    return { field: 'extends', why: `is not one of ${[...setting.bases.keys()].join(', ')}` }
  }
  const own = fields.name ?? setting.name
  if (!new RegExp(agentName).test(own)) return { field: 'name', why: `must fit ${agentName}, and its file is ${own}` }
  return blankIn(fields, base, own) ?? complete(fields, base, setting)
}

function coded(given: object): object {
  const { limits, ...rest } = given as { readonly limits?: { readonly call_ms?: number } }
  if (limits === undefined) return rest
  const { call_ms, ...others } = limits
  return { ...rest, limits: { ...others, ...(call_ms === undefined ? undefined : { callMs: call_ms }) } }
}

function blankIn(fields: AgentFields, base: AgentDefinition | undefined, own: string): Misfit | null {
  for (const field of ['description', 'instructions'] as const) {
    const said = fields[field]
    if (said === undefined && !base) return { field, why: 'is required' }
    if (said?.trim() === '') return { field, why: 'is empty' }
  }
  if (fields.model !== undefined && fields.models !== undefined) return { field: 'models', why: 'stands beside model' }
  return fields.handoffs?.includes(own)
    ? { field: `handoffs[${fields.handoffs.indexOf(own)}]`, why: 'is the agent itself' }
    : null
}

function complete(fields: AgentFields, base: AgentDefinition | undefined, setting: DefinitionSetting) {
  const { extends: _, model: single, models = single === undefined ? undefined : [single], ...said } = fields
  const { limits } = said
  return Object.freeze({
    ...base,
    ...said,
    ...(models === undefined ? undefined : { models: [...models] }),
    ...(limits === undefined ? undefined : { limits: { ...base?.limits, ...limits } }),
    name: fields.name ?? setting.name,
    description: (fields.description ?? base?.description ?? '').trim(),
    instructions: (fields.instructions ?? base?.instructions ?? '').trim(),
    source: setting.source,
  }) satisfies AgentDefinition
}
