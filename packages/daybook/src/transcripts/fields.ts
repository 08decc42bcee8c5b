// Looking into records of others, of which nothing is certain.

export type Fields = Readonly<Record<string, unknown>>

const none: Fields = Object.freeze({})

/** The members of an object; of anything else none. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : none
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A text with something in it, else undefined. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A whole number from 0 on, else undefined. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

/** Milliseconds since 1970 of an ISO text, or of a number of milliseconds (or, below 10^11, of seconds). */
export function timeOf(value: unknown): number | undefined {
  if (typeof value === 'string') {
    const at = Date.parse(value)
    return Number.isFinite(at) && at >= 0 ? at : undefined
  }
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) return undefined
  const at = Math.floor(value < 1e11 ? value * 1000 : value)
  return Number.isSafeInteger(at) ? at : undefined
}

/** A value that was written as JSON text inside of JSON; the text itself where it is none. */
export function parsedOf(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{"]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value // models write what they like
  }
}
