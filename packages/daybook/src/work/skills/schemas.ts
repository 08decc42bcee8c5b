// The JSON Schemas of skills: whether one is sound, and whether a value fits one; the guilty field is named.

import { DaybookError } from '../../schema/errors.ts'
import type { Json, JsonObject } from '../../schema/json.ts'
import { checkJson, invalid, isObject } from '../../session/values.ts'

const types = new Set<unknown>(['object', 'array', 'string', 'integer', 'number', 'boolean', 'null'])
const single = ['not', 'if', 'then', 'else', 'contains', 'propertyNames', 'additionalProperties', 'additionalItems']
const keywords = {
  schema: new Set([...single, 'unevaluatedProperties', 'unevaluatedItems', 'items']),
  list: new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items']),
  map: new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']),
  count: /^(?:min|max)(?:Length|Items|Properties|Contains)$/,
  number: /^(?:exclusiveM|m)(?:inimum|aximum)$/,
  text: new Set(['$schema', '$anchor', '$dynamicAnchor', 'format', 'pattern', 'title', 'description']),
  reference: new Set(['$ref', '$dynamicRef']),
}

/** What a walk through one schema collects. */
interface Seen {
  readonly root: JsonObject
  readonly anchors: Set<string>
  readonly references: { readonly field: string; readonly to: string }[]
}

/**
 * Refuses what no value could ever be checked by: an unknown type, a pattern that is none, a reference that leads nowhere.
 * Keywords that JSON Schema does not define are notes for others and stay.
 *
 * @throws DaybookError `invalid`, naming the field
 */
export function checkSchema(schema: unknown, field: string): asserts schema is JsonObject {
  if (!isObject(schema)) throw invalid(field, 'is not a JSON Schema object')
  checkJson(schema, field)
  const seen: Seen = { root: schema, anchors: new Set(), references: [] }
  walk(schema, field, seen)
  for (const { field: place, to } of seen.references) {
    if (!leads(to, seen)) throw invalid(place, `leads nowhere inside this schema: ${to}`)
  }
}

function walk(schema: Json, field: string, seen: Seen): void {
  if (typeof schema === 'boolean') return
  if (!isObject(schema)) throw invalid(field, 'is neither an object nor true or false')
  for (const [name, value] of Object.entries(schema)) checkKeyword(name, value, `${field}.${name}`, seen)
}

function checkKeyword(name: string, value: Json, field: string, seen: Seen): void {
  if (keywords.list.has(name) && Array.isArray(value)) {
    if (value.length === 0 && name !== 'prefixItems' && name !== 'items') throw invalid(field, 'is empty')
    value.forEach((each: Json, index) => {
      walk(each, `${field}[${index}]`, seen)
    })
  } else if (keywords.schema.has(name)) walk(value, field, seen)
  else if (keywords.list.has(name)) throw invalid(field, 'is not an array of schemas')
  else if (keywords.map.has(name)) {
    if (!isObject(value)) throw invalid(field, 'is not an object of schemas')
    for (const [key, each] of Object.entries(value)) {
      if (name === 'patternProperties') checkPattern(key, field)
      walk(each, `${field}.${key}`, seen)
    }
  } else checkPlain(name, value, field, seen)
}

/** Keywords without schemas in them. */
function checkPlain(name: string, value: Json, field: string, seen: Seen): void {
  if (name === 'type') {
    const named = Array.isArray(value) ? value : [value]
    if (named.length === 0 || !named.every((each) => types.has(each))) {
      throw invalid(field, `is not one of ${[...types].join(', ')}`)
    }
  } else if (name === 'required') {
    const all = Array.isArray(value) && value.every((each) => typeof each === 'string')
    if (!all) throw invalid(field, 'is not an array of names')
  } else if (name === 'enum') {
    if (!Array.isArray(value) || value.length === 0) throw invalid(field, 'is not an array of values')
  } else if (name === 'uniqueItems') {
    if (typeof value !== 'boolean') throw invalid(field, 'is neither true nor false')
  } else if (keywords.count.test(name)) {
    if (!Number.isInteger(value) || (value as number) < 0) throw invalid(field, 'is not a count')
  } else if (keywords.number.test(name)) {
    if (typeof value !== 'number') throw invalid(field, 'is not a number')
  } else if (name === 'multipleOf') {
    if (typeof value !== 'number' || value <= 0) throw invalid(field, 'is not a number above 0')
  } else if (keywords.text.has(name) || keywords.reference.has(name)) {
    if (typeof value !== 'string') throw invalid(field, 'is not a string')
    if (name === 'pattern') checkPattern(value, field)
    if (name === '$anchor' || name === '$dynamicAnchor') seen.anchors.add(value)
    if (keywords.reference.has(name)) seen.references.push({ field, to: value })
  }
}

function checkPattern(pattern: string, field: string): void {
  try {
    new RegExp(pattern, 'u')
  } catch (cause) {
    throw new DaybookError('invalid', `${field} is not a regular expression: ${pattern}`, { field, cause })
  }
}

/** Nothing is fetched: a reference stays inside its schema, and does not lead back to itself without a value in between. */
function leads(to: string, seen: Seen): boolean {
  const passed = new Set<string>()
  for (let next: Json | undefined = to; typeof next === 'string'; ) {
    if (passed.has(next) || !next.startsWith('#')) return false
    passed.add(next)
    if (next !== '#' && !next.startsWith('#/')) return seen.anchors.has(next.slice(1))
    const target = targetOf(next, seen.root)
    if (typeof target !== 'boolean' && !isObject(target)) return false
    next = typeof target === 'boolean' ? undefined : target.$ref
  }
  return true
}

function targetOf(reference: string, root: JsonObject): Json | undefined {
  let at: Json | undefined = root
  for (const name of namesOf(reference.slice(1))) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined
    at = (at as Readonly<Record<string, Json>>)[name]
  }
  return at
}

/** The names of a JSON pointer (RFC 6901). */
function namesOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/**
 * Whether a value fits a schema that {@link checkSchema} has passed. Interprets it: no code is made from texts.
 *
 * @throws DaybookError `invalid`, naming the field
 */
export async function checkFit(schema: JsonObject, value: unknown, field: string): Promise<void> {
  // Loaded by the first check: reading a list of skills costs nothing of it.
  const { Errors } = await import('typebox/schema')
  const [fits, errors] = Errors(schema, value)
  if (fits) return
  const worst = decisive(errors)
  const place = worst ? fieldOf(field, value, worst) : field
  throw invalid(place, worst ? whyOf(worst, errors) : 'does not fit its schema')
}

interface Misfit {
  readonly keyword: string
  readonly schemaPath: string
  readonly instancePath: string
  readonly params: object
  readonly message: string
}

/** The first one, unless it is only one of several shapes that the value might have had. */
function decisive(errors: readonly Misfit[]): Misfit | undefined {
  const first = errors.find(({ keyword }) => keyword !== 'boolean') ?? errors[0]
  const choice = errors.find(
    ({ keyword, schemaPath, instancePath }) =>
      (keyword === 'anyOf' || keyword === 'oneOf') &&
      instancePath === first?.instancePath &&
      first.schemaPath.startsWith(`${schemaPath}/`),
  )
  return choice ?? first
}

function whyOf(worst: Misfit, errors: readonly Misfit[]): string {
  if (worst.keyword === 'required') return 'is required'
  if (worst.keyword === 'additionalProperties') return 'is not a known field'
  if (worst.keyword !== 'anyOf' && worst.keyword !== 'oneOf') return worst.message
  const shapes = errors
    .filter((each) => each !== worst && each.schemaPath.startsWith(`${worst.schemaPath}/`))
    .map(({ message }) => message)
  return [...new Set(shapes.length > 0 ? shapes : [worst.message])].join(', or ')
}

/** `/list/0/name` of a value as `input.list[0].name`. */
function fieldOf(field: string, value: unknown, { instancePath, params }: Misfit): string {
  const { requiredProperties, additionalProperties } = params as Readonly<Record<string, string[] | undefined>>
  const last = requiredProperties?.[0] ?? additionalProperties?.[0]
  const names = [...namesOf(instancePath), ...(last === undefined ? [] : [last])]
  let path = field
  let at: unknown = value
  for (const name of names) {
    path += Array.isArray(at) ? `[${name}]` : `.${name}`
    at = typeof at === 'object' && at !== null ? (at as Readonly<Record<string, unknown>>)[name] : undefined
  }
  return path
}
