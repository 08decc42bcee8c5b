// The backend that is the engine on a store in this process, in the shapes of the wire.

import type { FeedItemShape, FollowOptions, SessionQuery } from '../client/client.ts'
import { facetFields, facets, type Head } from '../schema/heads.ts'
import { uniqueTail } from '../schema/ids.ts'
import { sessionOf } from '../schema/wire.ts'
import type { Opening } from '../schema/wire-requests.ts'
import type { SessionListShape } from '../schema/wire-shapes.ts'
import type { ScopedSessions, Session } from '../session/contract.ts'
import { openFieldsOf } from '../session/open-fields.ts'
import type { Query } from '../store/store.ts'
import type { Backend } from './backend.ts'
import { entryShape } from './entry-shapes.ts'
import { localFind } from './local-find.ts'
import { type LocalRunsOptions, type Looking, localRuns } from './local-runs.ts'
import { localSession, presentShape } from './local-session.ts'
import type { OpenedStore } from './storage.ts'

/** Disposing ends the work that was begun here; the store is left to whoever opened it. */
export function localBackend(store: OpenedStore, options: LocalRunsOptions): Backend {
  const { mine, place } = store
  const runs = localRuns(store, options)
  const finding = localFind(store, options.parts)
  async function list(query: SessionQuery = {}): Promise<SessionListShape> {
    const page = await mine.list(queryOf(query, subjectOf(mine)))
    const ids = page.items.map(({ session }) => session)
    return {
      sessions: page.items.map((head) => sessionOf(head, uniqueTail(head.session, ids))),
      total: page.total,
      total_is: page.totalIs,
      cursor: page.cursor,
    }
  }
  return {
    ...{ place, runs, processes: null },
    list,
    async *all(query = {}) {
      let cursor = query.cursor
      do {
        const page = await list(cursor === undefined ? query : { ...query, cursor })
        yield* page.sessions
        cursor = page.cursor ?? undefined
      } while (cursor !== undefined)
    },
    find: finding.find,
    followFeed: (cursor, options) => followFeed(cursor, options),
    session: (id) => localSession(mine, id, store.store, runs),
    create: async (fields) => presentShape(mine, await opened(mine, fields, runs)),
    async locate(type, value) {
      const id = await mine.locate({ type, value })
      if (id !== null) return presentShape(mine, mine.session(id))
      if (type !== 'branch') return null
      const { splitBranch } = await import('./branch.ts')
      const { sessions } = await list({ ...splitBranch(value), limit: 1 })
      return sessions[0] ?? null
    },
    async [Symbol.asyncDispose]() {
      await runs[Symbol.asyncDispose]()
      await finding[Symbol.asyncDispose]()
    },
  }

  async function* followFeed(cursor: string | null, options: FollowOptions = {}): AsyncGenerator<FeedItemShape> {
    const signal = options.signal ?? new AbortController().signal
    for await (const item of mine.followFeed(cursor ?? (await mine.tip()), signal)) {
      yield {
        cursor: item.cursor,
        session_id: item.session,
        entry: entryShape(item.entry),
        session: sessionOf(item.head ?? (await headOf(item.session))),
      }
    }
  }

  function headOf(id: string): Promise<Head> {
    return mine.session(id).head()
  }
}

async function opened(mine: ScopedSessions, fields: Opening, looking: Looking): Promise<Session> {
  if (fields.model) await looking.checkModel(fields.model)
  return mine.open(openFieldsOf(fields))
}

/** Whose marks count. */
function subjectOf({ scope, caller }: ScopedSessions): string {
  return scope.subjects === 'all' ? caller.actor : (scope.subjects[0] ?? caller.actor)
}

function queryOf(query: SessionQuery, subject: string): Query {
  const where = facets.flatMap((facet) => {
    const value = query[facetFields[facet]]
    return value === undefined ? [] : [[facet, value] as const]
  })
  return {
    place: query.archived ? 'archived' : query.trashed ? 'trash' : 'open',
    limit: query.limit ?? 50,
    ...(where.length > 0 ? { where: Object.fromEntries(where) } : {}),
    ...(query.parent === undefined ? {} : { base: query.parent }),
    ...(query.status === undefined ? {} : { status: query.status }),
    ...(query.attention ? { attention: true as const } : {}),
    ...(query.pinned ? { pinned: subject } : {}),
    ...(query.tail === undefined ? {} : { tail: query.tail }),
    ...(query.q === undefined ? {} : { text: query.q }),
    ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
  }
}
