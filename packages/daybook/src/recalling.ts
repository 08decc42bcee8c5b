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

/** Whoever holds a session may read all of it, so only that session is looked through. An index that fails has nothing. */
export function openRecall({ sessions, tenant, search, onError }: RecallSettings): Recall {
  const all = sessions.within({ tenant, subjects: 'all' })
  return async (session, { words, before, limit }) => {
    try {
      const question = { q: words, session: session.id, kinds: ['message', 'note'] as const, limit }
      const until = await timeOf(session, before)
      const { hits, complete } = await (await search()).find(all, { ...question, ...(until === null ? {} : { until }) })
      return { seqs: hits.map(({ seq }) => seq).filter((seq) => seq < before), complete }
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
