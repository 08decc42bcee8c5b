// Builds well-formed appends and deletions, the way an engine would, without one.

import { hash } from 'node:crypto'
import type { StoredEntry } from '../../schema/entries.ts'
import type { Head } from '../../schema/heads.ts'
import type { Hash, Seq, SessionId } from '../../schema/ids.ts'
import { type Kind, kinds } from '../../schema/kinds.ts'
import type { Append, Deletion, Key } from '../store.ts'
import { anna } from './suite.ts'

/** What a test wants to say about an append; all else is made up. */
export interface Draft
  extends Partial<
    Pick<Append, 'cell' | 'key' | 'refs' | 'blobs' | 'named' | 'fence' | 'acquire' | 'release' | 'erase'>
  > {
  /** Of each entry; default one message. */
  readonly kinds?: readonly Kind[]
  /** Data as JSON text, one entry each; default `{"n":<seq>}`. */
  readonly bodies?: readonly string[]
  readonly head?: Partial<Head>
}

export const at = Date.UTC(2026, 0, 1)

export function digest(text: string): Hash {
  return hash('sha256', text, 'base64url')
}

export function key(id: string, body = 'body'): Key {
  return { id, digest: digest(body) }
}

function blank(session: SessionId): Head {
  return {
    session,
    seq: 0,
    hash: digest(session),
    fold: 1,
    name: null,
    title: null,
    place: 'open',
    status: 'idle',
    attention: [],
    last: null,
    owner: anna,
    readers: [],
    agent: null,
    user: null,
    team: null,
    workflow: null,
    branch: null,
    repository: null,
    currentAgent: 'orchestrator',
    switches: 0,
    lastSwitchAt: null,
    messages: 0,
    runs: 0,
    openRuns: [],
    tokens: 0,
    cost: 0,
    due: null,
    trashedAt: null,
    trashedFrom: null,
    createdAt: at,
    updatedAt: at,
    lastActivity: at,
    base: null,
    summary: null,
  }
}

/** The append that opens a session. */
export function opening(session: SessionId, draft: Draft = {}): Append {
  return { ...after(blank(session), { kinds: ['session.opened'], ...draft }), expect: 0 }
}

/** The append that follows on this head. */
export function after(head: Head, draft: Draft = {}): Append {
  const { kinds: names, bodies, head: more, ...rest } = draft
  const count = Math.max(names?.length ?? 0, bodies?.length ?? 0, 1)
  const entries: StoredEntry[] = []
  let last = head.hash
  for (let index = 0; index < count; index += 1) {
    const seq = head.seq + 1 + index
    const kind = names?.[index] ?? names?.at(-1) ?? 'message'
    const entry = entryOf(head.session, last, seq, kind, bodies?.[index] ?? `{"n":${seq}}`)
    entries.push(entry)
    last = entry.hash
  }
  const seq = head.seq + count
  return {
    session: head.session,
    expect: head.seq,
    prev: head.hash,
    entries,
    head: { ...head, ...counted(head, rest.erase), messages: head.messages + count, seq, hash: last, ...more },
    ...rest,
  }
}

/** An erasure counts as one more refold. */
function counted(head: Head, erase: readonly Seq[] | undefined): { refolds?: number } {
  return erase?.length ? { refolds: (head.refolds ?? 0) + 1 } : {}
}

/** The append that opens `session` as a fork of `base` at `seq`, whose entry has this hash. */
export function forking(
  session: SessionId,
  base: Head,
  at: Pick<StoredEntry, 'seq' | 'hash'>,
  draft: Draft = {},
): Append {
  const pointer = { session: base.session, seq: at.seq }
  const from: Head = { ...blank(session), owner: base.owner, seq: at.seq, hash: at.hash, base: pointer }
  return { ...after(from, { kinds: ['session.opened'], ...draft }), expect: 0, base: pointer }
}

export function deleting(head: Head, draft: { key?: Key } = {}): Deletion {
  const entry = entryOf(head.session, head.hash, head.seq + 1, 'session.deleted', '{}')
  const grave: Head = { ...blank(head.session), owner: head.owner, readers: head.readers, place: 'deleted' }
  return {
    expect: head.seq,
    prev: head.hash,
    entry,
    head: { ...grave, seq: entry.seq, hash: entry.hash },
    ...draft,
  }
}

function entryOf(session: SessionId, prev: Hash, seq: number, kind: Kind, body: string): StoredEntry {
  const dataHash = digest(body)
  return {
    seq,
    kind,
    v: kinds[kind].version,
    at: at + seq,
    actor: 'engine',
    body,
    dataHash,
    hash: digest(JSON.stringify([prev, session, seq, kind, dataHash])),
  }
}
