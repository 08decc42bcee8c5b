// Reads through the escapes of JSON that stands inside a string, and keeps for each character where it came from.

// Only visible ASCII is read through: an escaped space or line end stays as it is, so that words keep their borders.
const ESCAPE = /\\{1,16}(?:u00(2[1-9a-f]|[3-6][0-9a-f]|7[0-9a-e])|\/)/gi

export interface Projected {
  readonly text: string
  /** Start in the source of each character of `text`, and of its end; null when both are the same. */
  readonly source: Int32Array | null
}

/** `text` with escaped visible ASCII replaced by itself, whatever the number of backslashes. */
export function project(text: string): Projected {
  if (!text.includes('\\/') && !text.includes('\\u00')) return { text, source: null }
  const parts: string[] = []
  const source = new Int32Array(text.length + 1)
  let length = 0
  let done = 0
  for (const match of text.matchAll(ESCAPE)) {
    parts.push(text.slice(done, match.index))
    while (done < match.index) source[length++] = done++
    parts.push(match[1] === undefined ? '/' : String.fromCharCode(Number.parseInt(match[1], 16)))
    source[length++] = done
    done += match[0].length
  }
  if (done === 0) return { text, source: null }
  parts.push(text.slice(done))
  while (done <= text.length) source[length++] = done++
  return { text: parts.join(''), source: source.subarray(0, length) }
}

/** Index in the projected text of the first character that comes from `at` or later in the source. */
export function projected({ text, source }: Projected, at: number): number {
  if (source === null) return at
  let low = 0
  let high = text.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((source[middle] ?? 0) < at) low = middle + 1
    else high = middle
  }
  return low
}

/** Index in the source of `at` in the projected text. */
export const sourceOf = ({ source }: Projected, at: number): number => (source === null ? at : (source[at] ?? 0))
