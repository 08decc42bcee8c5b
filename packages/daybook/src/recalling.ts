// Composes recalling: entries of one session, found by their words in the search index of its store.

import type { Tenant } from './schema/ids.ts'
import type { Search } from './search/search.ts'
import type { Session, Sessions } from './session/contract.ts'
import type { Recall } from './work/agents/contract.ts'

export interface RecallSettings {
  readonly sessions: Sessions
  readonly tenant: Tenant
  /** Asked when something is looked up first. */
  readonly search: () => Promise<Search>
  readonly onError: (error: unknown) => void
}

/** Questions that are remembered: the calls of one turn ask the same, and what stands before an entry grows no more. */
const mostKnown = 256

/** Whoever holds a session may read all of it, so only that session is looked through. An index that fails has nothing. */
export function openRecall({ sessions, tenant, search, onError }: RecallSettings): Recall {
  const all = sessions.within({ tenant, subjects: 'all' })
  const known = new Map<string, Awaited<ReturnType<Recall>>>()
  return async (session, { words, before, limit }) => {
    const name = JSON.stringify([session.id, words, before, limit])
    const answered = known.get(name)
    if (answered) return answered
    try {
      const question = { q: words, session: session.id, kinds: ['message', 'note'] as const, limit }
      const until = await timeOf(session, before)
      const { hits, complete } = await (await search()).find(all, { ...question, ...(until === null ? {} : { until }) })
      const found = { seqs: hits.map(({ seq }) => seq).filter((seq) => seq < before), complete }
      const [oldest] = known.keys()
      if (oldest !== undefined && known.size >= mostKnown) known.delete(oldest)
      // What is looked up up to the end of a session may have more behind it the next time.
      if (complete && until !== null) known.set(name, found)
      return found
    } catch (error) {
      onError(error)
      return { seqs: [], complete: false }
    }
  }
}

/** What came later must not take the places of what is looked for. Entries of one moment are told apart by their seq. */
async function timeOf(session: Session, before: number): Promise<number | null> {
  const [entry] = await session.stored({ after: before - 1, until: before })
  return entry ? entry.at + 1 : null
}
