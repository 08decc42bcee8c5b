// What a search index is told of the feed: entries with their texts, and the sessions that they belong to.

import type { Head } from '../schema/heads.ts'
import { type Hash, isSystemId, type Seq, type SessionId, type Subject, type Tenant } from '../schema/ids.ts'
import type { Kind } from '../schema/kinds.ts'
import type { Place } from '../schema/states.ts'
import type { Cursor, FeedItem } from '../store/store.ts'
import type { Batch, Witness } from './contract.ts'

export interface FeedEntry {
  readonly tenant: Tenant
  readonly session: SessionId
  readonly seq: Seq
  readonly kind: Kind
  readonly v: number
  /** Milliseconds since 1970. */
  readonly at: number
  readonly body: string | null
  readonly hash: Hash
}

/** A session by what its entries are filtered by. */
export interface SessionRow {
  readonly tenant: Tenant
  readonly session: SessionId
  readonly place: Place
  readonly owner: Subject
  readonly readers: readonly Subject[]
  readonly agent: string | null
  readonly currentAgent: string
  readonly user: string | null
  readonly branch: string | null
  readonly repository: string | null
  /** What a fork goes on from. */
  readonly base: { readonly session: SessionId; readonly seq: Seq } | null
}

/** Entries by which an index recognises its store, at most. */
const mostWitnesses = 8

/** System sessions are left out: they are registries, and nobody's conversation. */
export function batchOf(items: readonly FeedItem[], from: Cursor | null, to: Cursor, at: number): Batch {
  const own = items.filter(({ session }) => !isSystemId(session))
  const witnesses = new Map<string, Witness>()
  for (const { tenant, session, entry } of own.toReversed()) {
    const name = `${tenant}\u0000${session}`
    if (witnesses.size < mostWitnesses && !witnesses.has(name)) {
      witnesses.set(name, { tenant, session, seq: entry.seq, hash: entry.hash })
    }
  }
  return {
    from,
    to,
    at,
    entries: own.map(entryOf),
    sessions: own.flatMap(({ tenant, head }) => (head ? [rowOf(tenant, head)] : [])),
    witnesses: [...witnesses.values()],
  }
}

function entryOf({ tenant, session, entry }: FeedItem): FeedEntry {
  const { seq, kind, v, at, body, hash } = entry
  return { tenant, session, seq, kind, v, at, body, hash }
}

function rowOf(tenant: Tenant, head: Head): SessionRow {
  const { session, place, owner, readers, agent, currentAgent, user, branch, repository, base } = head
  return { tenant, session, place, owner, readers, agent, currentAgent, user, branch, repository, base }
}
