// What runs have taken, as their messages report it: by run, agent and model.

import type { StoredEntry } from '../../schema/entries.ts'
import { totalTokens } from '../../schema/usage.ts'
import { dataOf } from '../decode.ts'

/** What one message reports. */
export interface Spent {
  readonly run: string | undefined
  /** Who said it; a turn may be handed over, then it is not the agent of the run. */
  readonly agent: string | undefined
  readonly model: string | undefined
  readonly tokens: number
  /** US dollars. */
  readonly cost: number
  /** Of the question, what the provider had in its cache, and what it put there. */
  readonly cached: number
  readonly written: number
}

/** Bodies that report nothing are passed over by their text. */
export async function* spentIn(entries: AsyncIterable<StoredEntry> | Iterable<StoredEntry>): AsyncGenerator<Spent> {
  for await (const entry of entries) {
    if (entry.body === null || !(entry.body.includes('"usage"') || entry.body.includes('"cost"'))) continue
    const data = dataOf(entry, 'message')
    if (!data?.usage && !data?.cost) continue
    const { agent, model, usage, cost = 0, metadata = {} } = data
    const [cached, written] = [countOf(metadata.cached_tokens), countOf(metadata.written_tokens)]
    yield { run: entry.run, agent, model, tokens: totalTokens(usage), cost, cached, written }
  }
}

/** Metadata may hold anything. */
function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0
}
