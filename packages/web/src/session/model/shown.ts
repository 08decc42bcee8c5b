// Parts of a timeline that are looked at alone, each with an address.

import type { Item } from './items.ts'

export const parts = ['messages', 'tools', 'edits', 'runs', 'output', 'notes'] as const
export type ShownPart = (typeof parts)[number]

/** Total: where each item belongs. What waits for somebody belongs everywhere. */
const byType: Readonly<Record<Item['type'], readonly ShownPart[] | 'all'>> = {
  message: ['messages'],
  reasoning: ['messages'],
  file: ['messages'],
  tool: ['tools'],
  edit: ['edits'],
  run: ['runs'],
  rule: ['runs'],
  process: ['output'],
  output: ['output'],
  summary: ['notes'],
  note: ['notes'],
  approval: 'all',
  question: 'all',
  outcome: 'all',
  quiet: [],
  erased: [],
}

/** From an address; null: everything is shown. */
export function partOf(view: unknown): ShownPart | null {
  return parts.find((each) => each === view) ?? null
}

export function belongs(item: Item, part: ShownPart | null): boolean {
  if (part === null) return true
  const where = byType[item.type]
  if (where !== 'all') return where.includes(part)
  // Decided ones are what was said about it.
  return 'state' in item && item.state === 'open' ? true : part === 'messages'
}

/** The entry that somebody looks for, which is shown whatever it is, and the part that is shown alone; null: none, everything. */
export interface Look {
  readonly named: number | null
  readonly part: ShownPart | null
}
