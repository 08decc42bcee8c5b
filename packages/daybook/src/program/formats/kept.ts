// What of a record goes into messages: no value that the log would refuse, and no text without measure.

/** Characters of a text, of a value written as JSON, of a diff. All that was printed is kept beside. */
export const longestText = 128 * 1024
const longestValue = 32 * 1024
export const longestDiff = 16 * 1024
const deepest = 32

/** The beginning and the end of a text, and how much is missing between. */
export function cut(text: string, most = longestText): string {
  if (text.length <= most) return text
  const head = text.slice(0, Math.floor(most * 0.75)).replace(/[\uD800-\uDBFF]$/, '')
  const tail = text.slice(-Math.floor(most * 0.25)).replace(/^[\uDC00-\uDFFF]/, '')
  return `${head}\n… ${text.length - head.length - tail.length} characters left out …\n${tail}`
}

/** A value as it is; as JSON text where it is large, deep, or holds what other readers of JSON take for something else. */
export function kept(value: unknown): unknown {
  if (typeof value === 'string') return cut(value, longestValue)
  if (value === undefined) return undefined
  const text = JSON.stringify(value)
  return text.length <= longestValue && isPlain(value, 0) ? value : cut(text, longestValue)
}

function isPlain(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return !Number.isInteger(value) || Number.isSafeInteger(value)
  if (typeof value !== 'object' || value === null) return true
  if (depth >= deepest || Object.hasOwn(value, '__proto__')) return false
  return Object.values(value).every((one) => isPlain(one, depth + 1))
}
