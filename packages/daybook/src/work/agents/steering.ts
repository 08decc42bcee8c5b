// What was steered into a run under way: told as messages before the next call of the model, each once.

import type { Json } from '../../schema/json.ts'
import { dataOf } from '../../session/decode.ts'
import { textOf } from '../entry.ts'
import type { Turn } from '../performer.ts'

/** So many of a session are looked at from the end. */
const mostSteered = 256

interface Steered {
  readonly seq: number
  readonly actor: string
  readonly input: Json
}

/** Oldest first. */
export async function steeredInto(turn: Turn): Promise<readonly Steered[]> {
  const { session, run } = turn
  // Nobody wrote but the run itself: that is worth no reading.
  if (turn.untouched && turn.steered().length === 0) return []
  const entries = await session.stored({ kinds: ['run.steered'], order: 'desc', limit: mostSteered })
  return entries
    .filter((entry) => entry.run === run)
    .flatMap((entry) => {
      const data = dataOf(entry, 'run.steered')
      return data ? [{ seq: entry.seq, actor: entry.actor, input: data.input as Json }] : []
    })
    .reverse()
}

/** Tells all that came so far; gives how many that are. */
export async function hear(turn: Turn): Promise<number> {
  const steered = await steeredInto(turn)
  for (const { seq, actor, input } of steered) {
    const content = textOf(input)
    if (content === '') continue
    const data = { role: 'user', content } as const
    await turn.session.append(
      { kind: 'message', run: turn.run, cause: seq, actor, data },
      { key: `${turn.run} steered ${seq}` },
    )
  }
  return steered.length
}
