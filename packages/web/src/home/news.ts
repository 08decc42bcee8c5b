// What came of the entries that a reader has not seen, counted.

import type { EntryShape } from 'daybook/client'

export interface News {
  readonly turns: number
  readonly files: number
  /** The last run failed. */
  readonly failed: boolean
  /** US dollars. */
  readonly cost: number
}

type Fields = Readonly<Record<string, unknown>>

function fieldsOf(data: unknown): Fields {
  return typeof data === 'object' && data !== null ? (data as Fields) : {}
}

/** Paths that a message changed. */
function editedBy(data: Fields): readonly string[] {
  const parts: readonly unknown[] = Array.isArray(data.parts) ? data.parts : []
  return parts.map(fieldsOf).flatMap(({ type, path }) => (type === 'edit' && typeof path === 'string' ? [path] : []))
}

/** What a run cost stands with its messages, and once more at its end. */
const counted: ReadonlySet<string> = new Set(['message', 'handoff', 'summary'])

/** Newest first. */
export function newsIn(entries: readonly EntryShape[]): News {
  const end = entries.find(({ kind }) => kind === 'run.finished')
  const files = new Set<string>()
  let [turns, cost] = [0, 0]
  for (const { kind, data } of entries) {
    const fields = fieldsOf(data)
    if (kind === 'message') {
      if (fields.role !== 'tool') turns += 1
      for (const path of editedBy(fields)) files.add(path)
    }
    if (counted.has(kind) && typeof fields.cost === 'number') cost += fields.cost
  }
  return { turns, files: files.size, failed: fieldsOf(end?.data).status === 'failed', cost }
}
