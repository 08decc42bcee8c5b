// Which schemas a provider can hold an answer to exactly: each object closed, each of its fields required.

import type { JsonObject } from '../schema/json.ts'

/** Others are only a direction to the model; what it answers is checked here either way. */
export function isStrict(schema: JsonObject): boolean {
  return strict(schema)
}

function strict(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(strict)
  if (typeof value !== 'object' || value === null) return true
  const schema = value as Readonly<Record<string, unknown>>
  if (schema.type === 'object' || schema.properties !== undefined) {
    const names = Object.keys((schema.properties ?? {}) as object)
    const required = Array.isArray(schema.required) ? schema.required : []
    if (schema.additionalProperties !== false || names.some((name) => !required.includes(name))) return false
    return Object.values((schema.properties ?? {}) as object).every(strict)
  }
  return ['items', 'anyOf', '$defs', 'definitions'].every((key) => within(schema[key], key))
}

function within(value: unknown, key: string): boolean {
  const named = key === '$defs' || key === 'definitions'
  return strict(named && typeof value === 'object' && value !== null ? Object.values(value) : value)
}
