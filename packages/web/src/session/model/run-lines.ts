// Which runs say in the timeline how they went: those that just worked are told by what they left.

import type { Item, Row } from './items.ts'

/** Milliseconds in the queue from which on waiting is worth a line. */
const longWait = 1000

export interface RunFacts {
  readonly state: 'queued' | 'under way' | 'done' | 'failed' | 'cancelled'
  /** It stood in the queue for longer than a second. */
  readonly waited: boolean
  /** Something else of it stands in the timeline. */
  readonly left: boolean
}

/** Whether the lines of a run (queued, began, done) are shown. */
export function saysHowItWent({ state, waited, left }: RunFacts): boolean {
  switch (state) {
    case 'queued':
    case 'failed':
    case 'cancelled':
      return true
    case 'under way':
      return waited
    case 'done':
      return waited || !left
  }
}

/** What is waited for stands in a card of its own. */
const carded: ReadonlySet<string | undefined> = new Set(['approval', 'question'])
const folding: ReadonlySet<string> = new Set(['queued', 'started', 'done', 'failed', 'cancelled'])

/** What is known of each run, from items in their order. */
export class RunLines {
  readonly #runs = new Map<string, RunFacts & { readonly queuedAt?: number }>()

  see(item: Item): void {
    if (item.run === undefined) return
    const before = this.#runs.get(item.run) ?? { state: 'under way', waited: false, left: false }
    const at = Date.parse(item.at)
    if (item.type !== 'run') this.#runs.set(item.run, { ...before, left: true })
    else if (item.state === 'queued') this.#runs.set(item.run, { ...before, state: 'queued', queuedAt: at })
    else if (item.state === 'started') {
      const waited = before.state === 'queued' && at - (before.queuedAt ?? at) > longWait
      this.#runs.set(item.run, { ...before, state: 'under way', waited: before.waited || waited })
    } else if (item.state === 'done' || item.state === 'failed' || item.state === 'cancelled') {
      this.#runs.set(item.run, { ...before, state: item.state })
    }
  }

  folds(item: Item): boolean {
    if (item.type === 'run' && item.state === 'waiting' && carded.has(item.reason)) return true
    if (item.type !== 'run' || !folding.has(item.state) || item.run === undefined) return false
    const facts = this.#runs.get(item.run)
    return facts !== undefined && !saysHowItWent(facts)
  }
}

/**
 * Rows without what is folded away, none without an entry between them: each reaches to where the next begins, so that every entry
 * has its place. `known`: rows of before, by key; they stay the same objects where they say the same.
 */
export function shownRows(
  rows: readonly Row[],
  last: number,
  folded: (item: Item) => boolean,
  known: ReadonlyMap<string, Row>,
): readonly Row[] {
  const kept = rows.flatMap((row) => {
    const items = row.items.filter((item) => !folded(item))
    const [first] = items
    if (!first) return []
    return items.length === row.items.length ? [row] : [{ ...row, from: first.seq, items }]
  })
  return kept.map((row, at) => {
    const to = Math.max(row.to, (kept[at + 1]?.from ?? last + 1) - 1)
    const made = to === row.to ? row : { ...row, to }
    const before = known.get(row.key)
    return before && sameRow(before, made) ? before : made
  })
}

/** Whether two rows show the same. */
function sameRow(one: Row, other: Row): boolean {
  return (
    one.from === other.from &&
    one.to === other.to &&
    one.group === other.group &&
    one.items.length === other.items.length &&
    one.items.every((item, at) => item === other.items[at])
  )
}
