// What runs have taken, as their entries report it: by run, agent and model.

import type { StoredEntry } from '../../schema/entries.ts'
import type { DataOf, Kind } from '../../schema/kinds.ts'
import { totalTokens } from '../../schema/usage.ts'
import { dataOf } from '../decode.ts'

/** What one entry reports. */
export interface Spent {
  readonly run: string | undefined
  /** Whose call it was; a turn may be handed over, then it is not the agent of the run. */
  readonly agent: string | undefined
  readonly model: string | undefined
  readonly tokens: number
  /** US dollars. */
  readonly cost: number
  /** Of the question, what the provider had in its cache, and what it put there. */
  readonly cached: number
  readonly written: number
}

/** What reports it: answers, choices of who goes on, and summaries. */
export const spendingKinds = ['message', 'handoff', 'summary'] as const satisfies readonly Kind[]

/** Bodies that report nothing are passed over by their text. */
export async function* spentIn(entries: AsyncIterable<StoredEntry> | Iterable<StoredEntry>): AsyncGenerator<Spent> {
  for await (const entry of entries) {
    if (entry.body === null || !(entry.body.includes('"usage"') || entry.body.includes('"cost"'))) continue
    const data = dataOf(entry) as Partial<DataOf<'message'> & DataOf<'handoff'>> | null
    if (!data?.usage && !data?.cost) continue
    const { model, usage, cost = 0, metadata = {} } = data
    const agent = entry.kind === 'message' ? data.agent : (data.from ?? /^agent:(.+)$/.exec(entry.actor)?.[1])
    const [cached, written] = [countOf(metadata.cached_tokens), countOf(metadata.written_tokens)]
    yield { run: entry.run, agent, model, tokens: totalTokens(usage), cost, cached, written }
  }
}

/** Metadata may hold anything. */
function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0
}
