// Which run of a session is performed next, and what is known of one that is taken.

import type { Head, OpenRun } from '../schema/heads.ts'
import type { RunId, Seq } from '../schema/ids.ts'
import type { Journal } from './journal.ts'
import type { Begun } from './performing.ts'

/** A run whose turn it is, as the head tells it. */
export interface Taken {
  readonly head: Head
  readonly run: RunId
  /** Where its journal begins. */
  readonly from: Seq
}

/** A run that the append which asked for it has begun. */
export interface Claimed extends Begun {
  /** That it was written on. */
  readonly head: Head
  readonly run: RunId
  readonly fence: number
  /** Seq of the last entry that the journal has. */
  readonly last: Seq
  readonly journal: Journal
}

export interface Claim {
  /** What the append takes the lease with. */
  readonly acquire: { readonly holder: string; readonly ttl: number }
  /** Called once: with what was begun, or null when nothing was. */
  readonly settle: (claimed: Claimed | null) => void
}

/** What is to be done now: what was under way, what waited and may go on, or the first of the queue. */
export function dueRun({ openRuns, place }: Head, now: number): OpenRun | null {
  if (place !== 'open') return null
  const roots = openRuns.filter(({ parent }) => parent === undefined)
  const running = roots.find(({ status }) => status === 'running')
  if (running) return running
  const waiting = roots.find(({ status }) => status === 'waiting')
  if (waiting) return openRuns.some(({ status, due = Infinity }) => status === 'waiting' && due <= now) ? waiting : null
  const first = roots[0]
  return first && (first.due ?? now) <= now ? first : null
}
