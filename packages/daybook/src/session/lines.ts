// One line of a text: what lists show as title and as the last thing that was said.

import type { StoredEntry } from '../schema/entries.ts'
import type { LastLine } from '../schema/heads.ts'

const lineLength = 200

export function line(text: string, entry: StoredEntry, by: string): LastLine | null {
  const first = firstLine(text)
  return first === null ? null : { text: first, at: entry.at, by }
}

/** The first line that says something, cut at a whole character; null for blank text. */
export function firstLine(text: string): string | null {
  const from = (text.length > 4096 ? text.slice(0, 4096) : text).trimStart()
  if (from === '') return null
  const found = from.slice(0, endOfLine(from)).trimEnd()
  if (found.length <= lineLength) return itself(found.slice(0, 1), found.slice(1))
  const cut = found.slice(0, lineLength)
  return itself(/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut, '…')
}

/** Joined into characters of its own: as a slice, or added up, it would keep the whole text in memory as long as the head. */
function itself(text: string, rest: string): string {
  return [text, rest].join('')
}

function endOfLine(text: string): number {
  const feed = text.indexOf('\n')
  const end = feed < 0 ? text.length : feed
  const back = text.indexOf('\r')
  return back < 0 ? end : Math.min(back, end)
}
