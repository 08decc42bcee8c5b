// Caller's values on their way into the log: JSON-safe numbers, bounded depth, merge patches, frozen copies.

import { DaybookError } from '../schema/errors.ts'
import { type Json, type JsonObject, limits } from '../schema/json.ts'

const forbidden = new Set(['__proto__'])

/**
 * Refuses what JSON text would not bring back equal: NaN and infinities, integers beyond 2^53 - 1, bigints, functions,
 * dates, `__proto__` keys, and nesting deeper than {@link limits.depth}. `undefined` members are left out by JSON.
 */
export function checkJson(value: unknown, field: string, depth = 0): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return
    case 'number':
      if (!Number.isFinite(value)) throw invalid(field, 'is not a finite number')
      if (Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 1e21) {
        throw invalid(field, 'is an integer beyond 2^53 - 1')
      }
      return
    case 'object':
      if (value === null) return
      if (depth >= limits.depth) throw invalid(field, `is nested deeper than ${limits.depth}`)
      checkInside(value, field, depth + 1)
      return
    default:
      throw invalid(field, `is a ${typeof value}`)
  }
}

function checkInside(value: object, field: string, depth: number): void {
  if (Array.isArray(value)) {
    if ('toJSON' in value) throw invalid(field, 'is not a plain array')
    for (let index = 0; index < value.length; index += 1) {
      if (value[index] === undefined) throw invalid(`${field}[${index}]`, 'is undefined')
      checkJson(value[index], `${field}[${index}]`, depth)
    }
    return
  }
  const proto = Object.getPrototypeOf(value)
  if (proto !== Object.prototype && proto !== null) throw invalid(field, 'is not a plain object')
  for (const key of Object.keys(value)) {
    if (forbidden.has(key)) throw invalid(`${field}.${key}`, 'is a name that is not accepted')
    const member = (value as Record<string, unknown>)[key]
    if (typeof member !== 'string') checkJson(member, `${field}.${key}`, depth)
  }
}

export function invalid(field: string, why: string): DaybookError {
  return new DaybookError('invalid', `${field} ${why}`, { field })
}

/** RFC 7396. The result shares nothing that the caller could change once it is frozen by {@link freeze}. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch
  const merged: Record<string, Json> = isObject(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key]
    else merged[key] = mergePatch(merged[key], value)
  }
  return merged
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Freezes a value of our own making, all the way down. */
export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const member of Object.values(value)) freeze(member)
  return Object.freeze(value)
}
