// Checks a value against the part of JSON Schema that the entry kinds use, and names the first field that does not fit.

/** The keywords understood here; a test refuses schemas with others. */
export interface Schema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null'
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  /** What members have to be that `properties` does not name; false: there are none. */
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly format?: 'date-time'
  readonly minimum?: number
  readonly maximum?: number
  readonly enum?: readonly string[]
  readonly const?: string
  readonly anyOf?: readonly Schema[]
  readonly description?: string
}

export interface Misfit {
  /** For example `parts[2].text`; empty for the value itself. */
  readonly field: string
  readonly why: string
}

/** Null when the value fits. */
export type Check = (value: unknown, field: string) => Misfit | null

/** Builds the check once; calling it allocates nothing while values fit. */
export function compile(schema: Schema): Check {
  if (schema.anyOf) return union(schema.anyOf)
  if (schema.const !== undefined) return oneOf([schema.const])
  if (schema.enum) return oneOf(schema.enum)
  switch (schema.type) {
    case 'object':
      return object(schema)
    case 'array':
      return array(schema)
    case 'string':
      return text(schema)
    case 'integer':
    case 'number':
      return number(schema)
    case 'boolean':
      return (value, field) => (typeof value === 'boolean' ? null : { field, why: 'must be true or false' })
    case 'null':
      return (value, field) => (value === null ? null : { field, why: 'must be null' })
    default:
      return () => null
  }
}

function object(schema: Schema): Check {
  const checks = new Map(Object.entries(schema.properties ?? {}).map(([name, part]) => [name, compile(part)]))
  const required = schema.required ?? []
  const { additionalProperties: others = true } = schema
  const other = typeof others === 'boolean' ? undefined : compile(others)
  return (value, field) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return { field, why: 'must be an object' }
    const record = value as Readonly<Record<string, unknown>>
    for (const name of required)
      if (record[name] === undefined) return { field: under(field, name), why: 'is required' }
    for (const name of Object.keys(record)) {
      const member = record[name]
      const check = checks.get(name) ?? other
      if (check === undefined) {
        if (others === false) return { field: under(field, name), why: 'is not a known field' }
      } else if (member !== undefined) {
        const misfit = check(member, name)
        if (misfit) return { field: under(field, misfit.field), why: misfit.why }
      }
    }
    return null
  }
}

function array(schema: Schema): Check {
  const check = compile(schema.items ?? {})
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema
  return (value, field) => {
    if (!Array.isArray(value)) return { field, why: 'must be an array' }
    if (value.length < minItems) return { field, why: `must have at least ${minItems} items` }
    if (value.length > maxItems) return { field, why: `must have at most ${maxItems} items` }
    for (let index = 0; index < value.length; index += 1) {
      const misfit = check(value[index], '')
      if (misfit) return { field: under(`${field}[${index}]`, misfit.field), why: misfit.why }
    }
    return null
  }
}

/** What people can read of the patterns that callers meet. */
const inWords: Readonly<Record<string, string>> = {
  '^(?!\\.+$)[A-Za-z0-9._:-]+$': 'takes A-Z a-z 0-9 . _ : - alone, and not only dots',
  '^@?[A-Za-z0-9._:-]+$': 'takes A-Z a-z 0-9 . _ : - alone',
  '^[A-Za-z0-9_.:-]+$': 'takes A-Z a-z 0-9 _ . : - alone',
  '^[A-Za-z0-9_-]{43}$': 'must be a SHA-256 in base64url',
  '^[^/\\s]+\\/\\S+$': 'must be as provider/model',
}

function text(schema: Schema): Check {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema
  const pattern = schema.pattern === undefined ? undefined : new RegExp(schema.pattern, 'u')
  const moment = schema.format === 'date-time'
  return (value, field) => {
    if (typeof value !== 'string') return { field, why: 'must be a string' }
    if (value.length < minLength)
      return { field, why: minLength === 1 ? 'must not be empty' : `must have at least ${minLength} characters` }
    if (value.length > maxLength) return { field, why: `must have at most ${maxLength} characters` }
    if (pattern && !pattern.test(value))
      return { field, why: inWords[pattern.source] ?? `must match ${pattern.source}` }
    if (moment && !isMoment(value)) return { field, why: 'must be an RFC 3339 time' }
    return null
  }
}

const momentPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

function isMoment(value: string): boolean {
  return momentPattern.test(value) && !Number.isNaN(Date.parse(value))
}

function number(schema: Schema): Check {
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema
  const whole = schema.type === 'integer'
  return (value, field) => {
    if (typeof value !== 'number' || Number.isNaN(value)) return { field, why: 'must be a number' }
    if (whole && !Number.isInteger(value)) return { field, why: 'must be a whole number' }
    if (value < minimum) return { field, why: `must be at least ${minimum}` }
    if (value > maximum) return { field, why: `must be at most ${maximum}` }
    return null
  }
}

function oneOf(words: readonly string[]): Check {
  const known = new Set<unknown>(words)
  const why = words.length === 1 ? `must be ${words[0]}` : `must be one of ${words.join(', ')}`
  return (value, field) => (known.has(value) ? null : { field, why })
}

/** Of several shapes with a literal `type`, the one that the value names tells what is wrong. */
function union(parts: readonly Schema[]): Check {
  const checks = parts.map((part) => ({ name: part.properties?.type?.const, check: compile(part) }))
  return (value, field) => {
    const named = typeof value === 'object' && value !== null ? (value as { type?: unknown }).type : undefined
    let misfit: Misfit | null = null
    for (const { name, check } of checks) {
      const found = check(value, field)
      if (!found) return null
      if (name === undefined || name === named || misfit === null) misfit = found
      if (name !== undefined && name === named) return misfit
    }
    const names = checks.flatMap(({ name }) => name ?? [])
    return names.length > 0 && !names.includes(String(named))
      ? { field: under(field, 'type'), why: `must be one of ${names.join(', ')}` }
      : misfit
  }
}

function under(field: string, name: string): string {
  if (name === '' || field === '') return field + name
  return name.startsWith('[') ? field + name : `${field}.${name}`
}
