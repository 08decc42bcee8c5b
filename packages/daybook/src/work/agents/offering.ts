// Skills as a model is offered them: which an agent may use, and the names under which models call them.

import type { OfferedSkill } from '../../model/contract.ts'
import type { JsonObject } from '../../schema/json.ts'
import { sha256 } from '../../store/hash.ts'
import { mayCall } from '../skill-performer.ts'
import type { RunCaller, Skill, Skills } from '../skills/contract.ts'
import { calledName } from './call-names.ts'
import type { AgentDefinition } from './contract.ts'

/** How a model hands its turn over; no skill is offered under this name. */
export const handOverName = 'hand_over'

const longestName = 64
/** Of the hash that tells long or doubtful ids apart. */
const hashLength = 12

/**
 * The same for the same id, whatever else there is, and no two ids share one: where it could be read as another id, or is too
 * long, a hash of the id stands behind it.
 */
export function offeredName(id: string): string {
  const plain = calledName(id)
  const clear = /^[a-z0-9]+(?:[_.-][a-z0-9]+|\/[a-z0-9]+)*$/.test(id) && !/_-|-_/.test(id)
  if (clear && plain.length <= longestName && plain !== handOverName) return plain
  const safe = plain.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, longestName - hashLength - 2)
  return `${safe}-x${sha256(id)
    .replace(/[^A-Za-z0-9]/g, '0')
    .slice(0, hashLength)}`
}

/** Skills of an agent that this caller may call, those that are only instructions among them. */
export function skillsOf(skills: Skills, agent: AgentDefinition, caller: RunCaller): readonly Skill[] {
  const wanted = wantedOf(agent)
  if (wanted.length === 0) return []
  return skills.list().filter((skill) => {
    if (skill.run === null && skill.instructions === null) return false
    return wanted.some((one) => fits(one, skill.id)) && mayCall(skill, caller)
  })
}

/** What an agent names, its MCP servers too, whose tools are skills below `mcp/<name>/`. */
export function wantedOf({ skills = [], mcp = [] }: Pick<AgentDefinition, 'skills' | 'mcp'>): readonly string[] {
  return [...skills, ...mcp.map((name) => `mcp/${name}/*`)]
}

function fits(wanted: string, id: string): boolean {
  return wanted.endsWith('*') ? id.startsWith(wanted.slice(0, -1)) : wanted === id
}

const anything: JsonObject = { type: 'object', additionalProperties: true }
const nothing: JsonObject = { type: 'object', properties: {}, additionalProperties: false }

export function offered(skill: Skill): OfferedSkill {
  const { id, name, description, instructions, run, input } = skill
  const titled = name === id ? description : `${name}: ${description}`
  if (run === null) return { name: offeredName(id), description: `${titled} Gives its instructions.`, input: nothing }
  const more = instructions === null || instructions.trim() === '' ? '' : `\n\n${instructions.trim()}`
  return { name: offeredName(id), description: `${titled}${more}`, input: objectOf(input) }
}

/** Providers take objects only: any other input is its field `input`. */
function objectOf(input: JsonObject | null): JsonObject {
  if (input === null) return anything
  if (isObjectSchema(input)) return input
  return { type: 'object', properties: { input }, required: ['input'], additionalProperties: false }
}

function isObjectSchema({ type, properties }: JsonObject): boolean {
  return type === 'object' || (type === undefined && properties !== undefined)
}

/** What a model wrote as the input of this skill. */
export function inputFor({ input }: Skill, given: unknown): unknown {
  if (input === null || isObjectSchema(input)) return given ?? {}
  return (given as { input?: unknown } | null | undefined)?.input
}

export function handOverOffer(to: readonly { readonly name: string; readonly description: string }[]): OfferedSkill {
  const who = to.map(({ name, description }) => `- ${name}: ${description}`).join('\n')
  return {
    name: handOverName,
    description:
      'Hands this turn over to another agent, who then has the conversation and answers in your place. Only when the other ' +
      `is better suited; say why, and what the other is to do, in words that the other needs besides the conversation.\n${who}`,
    input: {
      type: 'object',
      properties: {
        to: { type: 'string', enum: to.map(({ name }) => name) },
        reason: { type: 'string', minLength: 1, maxLength: 4000 },
      },
      required: ['to', 'reason'],
      additionalProperties: false,
    },
  }
}
