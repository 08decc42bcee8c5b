// A complete skill from its definition: everything checked, defaults filled in, input and output held to their schemas.

import type { Json, JsonObject } from '../../schema/json.ts'
import { skillRisks } from '../../schema/states.ts'
import { checkOf } from '../../session/drafts.ts'
import { checkJson, freeze, invalid, isObject } from '../../session/values.ts'
import type { Skill, SkillContext, SkillDefinition } from './contract.ts'
import { hashOfDefinition } from './hash.ts'
import { checkFit, checkSchema } from './schemas.ts'

const form = /^[a-z0-9][a-z0-9._-]*(?:\/[a-z0-9][a-z0-9._-]*)*$/
const fields: Readonly<Record<string, true>> = Object.freeze({
  id: true,
  name: true,
  description: true,
  version: true,
  tags: true,
  input: true,
  output: true,
  roles: true,
  risk: true,
  idempotent: true,
  durable: true,
  claims: true,
  routable: true,
  programs: true,
  fromText: true,
  undo: true,
  check: true,
  run: true,
} satisfies Record<keyof SkillDefinition, true>)

export interface SkillExtra {
  /** Of its folder; default: of the definition. */
  readonly hash?: string
  /** The text of its `SKILL.md` below the head; with it, a definition may do without `run`. */
  readonly instructions?: string
}

/**
 * True for 1 to 128 of `a-z 0-9 . _ / -`, each part between slashes beginning with a letter or a digit. Not `route`: that
 * address asks for the skill of a text.
 */
export function isSkillId(id: unknown): id is string {
  return typeof id === 'string' && id.length <= 128 && form.test(id) && id !== 'route'
}

/**
 * Checks a definition, as a module of anybody may export it, and makes a skill of it. `source` is `built-in` or its folder.
 *
 * @throws DaybookError `invalid`, naming the field
 */
export function skillOf(definition: object, source: string, extra: SkillExtra = {}): Skill {
  if (!isObject(definition)) throw invalid('skill', 'is not an object')
  const given = definition as Readonly<Record<keyof SkillDefinition, unknown>>
  for (const name of Object.keys(definition)) {
    if (!Object.hasOwn(fields, name)) throw invalid(name, 'is not a field of a skill')
  }
  if (!isSkillId(given.id))
    throw invalid('id', 'has 1 to 128 of a-z 0-9 . _ / - each part begins with a-z 0-9, and it is not route')
  for (const name of ['fromText', 'undo', 'check', 'run'] as const) {
    if (given[name] !== undefined && typeof given[name] !== 'function') throw invalid(name, 'is not a function')
  }
  if (given.run === undefined && extra.instructions === undefined) throw invalid('run', 'is required')
  for (const name of ['idempotent', 'durable', 'claims', 'routable', 'programs'] as const) {
    if (given[name] !== undefined && typeof given[name] !== 'boolean') throw invalid(name, 'must be true or false')
  }
  for (const name of ['input', 'output'] as const) {
    if (given[name] !== undefined) checkSchema(given[name], name)
  }
  return complete(given as SkillDefinition, source, extra)
}

function complete(given: SkillDefinition, source: string, extra: SkillExtra): Skill {
  // A copy: a module that keeps its definition cannot change what was checked.
  const plain = {
    id: given.id,
    name: given.name,
    description: given.description,
    version: given.version ?? '',
    hash: extra.hash ?? hashOfDefinition(given),
    tags: listOf(given.tags, 'tags'),
    input: copyOf(given.input),
    output: copyOf(given.output),
    roles: listOf(given.roles, 'roles'),
    risk: given.risk ?? skillRisks[0],
    idempotent: given.idempotent ?? false,
    durable: given.durable ?? false,
    claims: given.claims ?? false,
    routable: given.routable ?? true,
    programs: given.programs ?? false,
    source,
    instructions: extra.instructions ?? null,
  }
  checkRecordable(plain)
  const { fromText, undo } = given
  const input = plain.input
  return Object.freeze({
    ...plain,
    fromText: fromText ? (text, context) => fromText(text, context) : (text) => textInput(input, text),
    undo: undo ? (done, context) => undo(structuredClone(done), withCaller(context)) : null,
    check: checking(given, plain.input),
    run: given.run === undefined ? null : checked(given, plain.input, plain.output),
  } satisfies Skill)
}

function listOf(given: unknown, field: string): readonly string[] {
  if (given === undefined) return Object.freeze([])
  if (!Array.isArray(given)) throw invalid(field, 'must be an array')
  return Object.freeze([...given])
}

function copyOf(schema: JsonObject | undefined): JsonObject | null {
  return schema === undefined ? null : freeze(structuredClone(schema))
}

/** What a skill is recorded as: the limits of its texts are those of the entry. */
export function recordOf(skill: Omit<Skill, 'fromText' | 'undo' | 'check' | 'run'>) {
  const { name, description, version, hash, tags, roles, risk, input, output } = skill
  const schemas = { ...(input ? { input } : undefined), ...(output ? { output } : undefined) }
  return { skill_id: skill.id, name, description, version, hash, tags: [...tags], roles: [...roles], risk, ...schemas }
}

function checkRecordable(plain: Parameters<typeof recordOf>[0]): void {
  for (const field of ['name', 'description'] as const) {
    if (typeof plain[field] === 'string' && plain[field].trim() === '') throw invalid(field, 'is empty')
  }
  const misfit = checkOf('skill.added')(recordOf(plain), '')
  if (misfit) throw invalid(misfit.field, misfit.why)
}

function checking({ check }: SkillDefinition, input: JsonObject | null): Skill['check'] {
  return async (given, context) => {
    await checkInput(given, input)
    await check?.(structuredClone(given), withCaller(context))
  }
}

async function checkInput(given: Json | undefined, input: JsonObject | null): Promise<void> {
  checkJson(given, 'input')
  if (given === undefined) throw invalid('input', 'is required')
  if (input) await checkFit(input, given, 'input')
}

/** The skill gets a copy of its input and nothing else; who called stands beside it, frozen. */
function checked({ run }: SkillDefinition, input: JsonObject | null, output: JsonObject | null): Skill['run'] {
  return async (given, context) => {
    await checkInput(given, input)
    const made = await run(structuredClone(given), withCaller(context))
    checkJson(made, 'output')
    if (output) await checkFit(output, made, 'output')
    return made
  }
}

function withCaller(context: SkillContext): SkillContext {
  freeze(context.caller)
  return context
}

/** The text where the input is one string, or has exactly one required string; else null. */
function textInput(schema: JsonObject | null, text: string): Json | null {
  if (schema?.type === 'string') return text
  const { properties, required } = schema ?? {}
  if (schema?.type !== 'object' || !isObject(properties) || !Array.isArray(required)) return null
  const texts = required.filter((name: string) => {
    const part = Object.hasOwn(properties, name) ? properties[name] : undefined
    return isObject(part) && part.type === 'string'
  })
  const [only] = texts
  return required.length === 1 && typeof only === 'string' ? { [only]: text } : null
}
