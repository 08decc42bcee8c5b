// Checks requests: bodies strictly as sent, queries after their texts became numbers, booleans and lists.

import type { FastifyRouteSchemaDef, FastifySchema } from 'fastify/types/schema.js'
import { type Check, compile, type Schema } from '../schema/check.ts'
import { DaybookError } from '../schema/errors.ts'

const optionalBodies = new WeakSet<object>()

/** The same shape for a body that may be left out: handlers then get an empty object. */
export function optionalBody(schema: object): object {
  const copy = { ...schema }
  optionalBodies.add(copy)
  return copy
}

type Outcome = { value: unknown } | { error: Error }

/** One compiler for each part of a request; bodies are never changed on the way in. */
export function validatorCompiler({
  schema,
  httpPart,
}: FastifyRouteSchemaDef<FastifySchema>): (value: unknown) => Outcome {
  const plain = schema as Schema
  return httpPart === 'body' ? bodyValidator(plain) : textValidator(plain)
}

function bodyValidator(schema: Schema): (value: unknown) => Outcome {
  const check = shaped(schema)
  const optional = optionalBodies.has(schema)
  return (value) =>
    optional && (value === undefined || value === null) ? { value: {} } : checked(check, value, 'body')
}

/**
 * A union of shapes is told apart by what the value is before it is checked, so that the answer names the field that is
 * wrong and not three ways of being wrong: an array, an object with the first shape's fields, an object with a list.
 */
function shaped(schema: Schema): Check {
  if (!schema.anyOf) return compile(schema)
  const list = schema.anyOf.find(({ type }) => type === 'array')
  const objects = schema.anyOf.filter(({ type }) => type === 'object')
  if (!list || objects.length !== 2) return compile(schema)
  const [one, many] = objects.map(compile) as [Check, Check]
  const listed = compile(list)
  return (value, field) => {
    if (Array.isArray(value)) return listed(value, 'entries')
    const wrapped = typeof value === 'object' && value !== null && 'entries' in value
    return wrapped ? many(value, field) : one(value, field)
  }
}

function textValidator(schema: Schema): (value: unknown) => Outcome {
  const check = compile(schema)
  const properties = Object.entries(schema.properties ?? {}).filter(([, { type }]) => readTypes.has(type))
  return (value) => {
    // Texts are what they are, and copying a request's names costs it.
    if (properties.length === 0) return checked(check, value, 'query')
    const given = value as Readonly<Record<string, string | string[]>>
    const read: Record<string, unknown> = { ...given }
    for (const [name, part] of properties) {
      const text = given[name]
      if (text !== undefined) read[name] = coerce(text, part)
    }
    return checked(check, read, 'query')
  }
}

/** What {@link coerce} makes something else of. */
const readTypes: ReadonlySet<Schema['type']> = new Set(['array', 'integer', 'number', 'boolean'])

/** What cannot be read stays text, and the check says what it should have been. */
function coerce(text: string | string[], schema: Schema): unknown {
  if (schema.type === 'array') return (Array.isArray(text) ? text : [text]).flatMap((one) => one.split(','))
  if (Array.isArray(text)) return text
  switch (schema.type) {
    case 'integer':
    case 'number':
      return /^-?\d{1,16}(\.\d{1,16})?$/.test(text) ? Number(text) : text
    case 'boolean':
      return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text
    default:
      return text
  }
}

function checked(check: Check, value: unknown, whole: string): Outcome {
  const misfit = check(value, '')
  if (!misfit) return { value }
  const field = misfit.field === '' ? whole : misfit.field
  return { error: new DaybookError('invalid', `${field} ${misfit.why}`, { field }) }
}
