// Reads docs/promises.md and the citations in test names, and compares them.
import type { Source } from './sources.ts'

export interface PromiseRow {
  readonly id: string
  readonly status: string
  /** Paths of the files whose tests prove it. */
  readonly tests: readonly string[]
}

const id = /(?:S\d\.\d+|B\d+)/

export function readPromises(page: string): PromiseRow[] {
  return page
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter((cells) => new RegExp(`^${id.source}$`).test(cells[0] ?? ''))
    .map((cells) => ({
      id: cells[0] ?? '',
      status: cells[2] ?? '',
      tests: [...(cells[3] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''),
    }))
}

/** Promise id to the paths that cite it as `[id]` inside a quoted name. */
export function citations(sources: readonly Source[]): Map<string, Set<string>> {
  const cited = new Map<string, Set<string>>()
  for (const { path, uncommented } of sources) {
    for (const match of uncommented.matchAll(new RegExp(`\\[(${id.source}(?:, ?${id.source})*)\\]`, 'g'))) {
      for (const one of (match[1] ?? '').split(/, ?/)) cited.set(one, (cited.get(one) ?? new Set()).add(path))
    }
  }
  return cited
}

export function promiseFaults(rows: readonly PromiseRow[], cited: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const known = new Set(rows.map((row) => row.id))
  const faults = [...cited.keys()].filter((one) => !known.has(one)).map((one) => `${one} is cited, but is no promise`)
  if (known.size !== rows.length) faults.push('a promise stands twice in the table')
  for (const row of rows) {
    const paths = cited.get(row.id) ?? new Set()
    if (row.status !== 'open' && row.status !== 'kept') faults.push(`${row.id} is neither open nor kept`)
    if (row.status === 'kept' && paths.size === 0) faults.push(`${row.id} is kept, but no test cites it`)
    if (row.status === 'kept' && row.tests.length === 0) faults.push(`${row.id} is kept, but names no test`)
    if (row.status === 'open' && paths.size > 0) faults.push(`${row.id} is open, but cited by ${[...paths].join(', ')}`)
    for (const path of row.tests) if (!paths.has(path)) faults.push(`${row.id} names ${path}, which does not cite it`)
  }
  return faults
}
