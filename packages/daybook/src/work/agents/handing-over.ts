// Handing a turn over: once in the log, at most so often in one turn, and never round in a ring.

import type { NewEntry } from '../../schema/entries.ts'
import type { DataOf } from '../../schema/kinds.ts'
import type { Turn } from '../performer.ts'

/** Hand-offs in one turn, whoever makes them, unless the agent that began it says otherwise. */
export const mostHandoffs = 4

export interface HandingOver extends Omit<DataOf<'handoff'>, 'from' | 'to'> {
  readonly from: string
  readonly to: string
  /** Of the agent that hands over; what counts is the limit of the first one in the turn. */
  readonly most?: number | undefined
}

interface Line {
  readonly most: number
  readonly made: string[]
}

/** What was handed over in each turn so far; a turn that is performed again begins anew, and comes by the same places. */
const lines = new WeakMap<Turn, Line>()

/**
 * Writes the hand-off as one step of the turn, and gives null; whoever called goes on with the other agent's part. Where it is
 * one too many, or was made in this turn before, nothing is written: the answer says why, for the model that asked.
 */
export async function handOver(turn: Turn, { from, to, reason, most, ...more }: HandingOver): Promise<string | null> {
  const line = lines.get(turn) ?? { most: most ?? mostHandoffs, made: [] }
  lines.set(turn, line)
  if (to === from) return `${to} has this turn already.`
  if (line.made.length >= line.most) {
    return `This turn was handed over ${line.made.length} times, which is the most: finish it, or tell the person what is missing.`
  }
  const name = `hand over from ${from} to ${to}`
  if (line.made.includes(name)) {
    return `${from} has handed this turn to ${to} before: finish it, or tell the person what is missing.`
  }
  line.made.push(name)
  const data = { from, to, reason: reason.slice(0, 4096), ...more }
  const entry: NewEntry<'handoff'> = { kind: 'handoff', run: turn.run, actor: `agent:${from}`, data }
  await turn.step(
    name,
    async ({ key }) => {
      await turn.session.append(entry, { key })
      return undefined
    },
    { idempotent: true },
  )
  return null
}
