// Conversations as people have them, in three languages, and what is looked for in them: read from two plain texts.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NewEntry } from '../schema/entries.ts'
import { noteTypes } from '../schema/states.ts'
import type { ScopedSessions, Sessions } from '../session/contract.ts'
import type { Search } from './search.ts'

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8')
const day = 24 * 3_600_000
export const goldenStart = Date.UTC(2026, 0, 1)

export interface Golden {
  readonly q: string
  /** Labels of the entries that have to be found, the best one first. */
  readonly expected: readonly string[]
}

export function goldenQueries(): readonly Golden[] {
  return fixture('golden-queries.txt')
    .trim()
    .split('\n')
    .map((line) => {
      const [q = '', expected = ''] = line.split(' => ')
      return { q, expected: expected.split(' ') }
    })
}

function entryOf(speaker: string, text: string): NewEntry {
  const type = noteTypes.find((each) => each === speaker)
  if (type !== undefined) return { kind: 'note', data: { type, text } }
  const role = speaker === 'user' || speaker === 'tool' ? speaker : 'assistant'
  return { kind: 'message', data: { role, content: text, ...(role === 'assistant' ? { agent: speaker } : {}) } }
}

/**
 * Writes every conversation as a session, one a day; gives the label of each address `session@seq`. `tell` is called with the
 * time of what comes next.
 */
export async function writeGolden(sessions: Sessions, tell: (now: number) => void): Promise<Map<string, string>> {
  const labels = new Map<string, string>()
  const mine = sessions.within({ tenant: 'acme', subjects: ['user:anna'] })
  const blocks = fixture('golden.txt')
    .trim()
    .split(/^# /m)
    .filter((block) => block !== '')
  for (const [index, block] of blocks.entries()) {
    const [title = '', ...lines] = block.trim().split('\n')
    const [name = '', agent = '', branch = '', repository = ''] = title.split(' ')
    tell(goldenStart + index * day)
    const session = await mine.open({ id: `golden-${index}`, name, agent, branch, repository })
    for (const [at, line] of lines.entries()) {
      const [, label = '', speaker = '', text = ''] = /^(\w+) (\w+): (.*)$/.exec(line) ?? []
      await session.append(entryOf(speaker, text))
      labels.set(`golden-${index}@${at + 2}`, label)
    }
  }
  return labels
}

export interface GoldenAnswers {
  /** The share of what should be found that stands among the first five, and of the best ones among the first three. */
  readonly recall: number
  readonly best: number
  /** What is missing, as sentences. */
  readonly faults: readonly string[]
  /** The first five of each query, as labels. */
  readonly found: readonly (readonly string[])[]
}

/** Asks every query as whoever wrote the conversations. */
export async function askGolden(
  search: Search,
  mine: ScopedSessions,
  labels: ReadonlyMap<string, string>,
): Promise<GoldenAnswers> {
  const queries = goldenQueries()
  const faults: string[] = []
  const all: string[][] = []
  let recall = 0
  let best = 0
  for (const { q, expected } of queries) {
    const { hits } = await search.find(mine, { q, limit: 5 })
    const found = hits.map(({ session, seq }) => labels.get(`${session}@${seq}`) ?? `${session}@${seq}`)
    all.push(found)
    const some = expected.filter((label) => found.includes(label))
    recall += some.length / expected.length
    if (found.slice(0, 3).includes(expected[0] ?? '')) best += 1
    else faults.push(`${q}: ${expected[0]} is not among the first three of ${found.join(' ')}`)
    if (some.length < expected.length) faults.push(`${q}: expected ${expected.join(' ')}, found ${found.join(' ')}`)
  }
  return { recall: recall / queries.length, best: best / queries.length, faults, found: all }
}
