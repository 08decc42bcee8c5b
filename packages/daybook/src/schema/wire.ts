// From the inside to the wire: heads, entries and marks as the snake_case JSON that every surface shows.

import type { StoredEntry } from './entries.ts'
import { DaybookError } from './errors.ts'
import type { Attention, Cell, Head } from './heads.ts'
import { tailOf } from './ids.ts'
import type { Json } from './json.ts'
import { kinds } from './kinds.ts'
import { upcast } from './upcasters.ts'
import type { AttachmentShape, EntryShape, MarkShape, SessionShape, SummaryShape } from './wire-shapes.ts'

let lastAt = Number.NaN
let lastMoment = ''

/** RFC 3339, UTC, milliseconds. What is answered together mostly happened in the same one. */
export function moment(at: number): string {
  if (at !== lastAt) {
    lastMoment = new Date(at).toISOString()
    lastAt = at
  }
  return lastMoment
}

export function momentOrNull(at: number | null): string | null {
  return at === null ? null : moment(at)
}

function attentionOf(attention: Attention): NonNullable<SessionShape['attention']> {
  return {
    kind: attention.kind,
    since: moment(attention.since),
    ...(attention.run === undefined ? {} : { run_id: attention.run }),
    ...(attention.id === undefined ? {} : { id: attention.id }),
    summary: attention.summary,
  }
}

/** Which of a session's three open objects an answer carries. */
export type CellField = 'metadata' | 'state' | 'agent_data'

/** The open objects of a cell by their names on the wire. */
export function cellOf(cell: Cell): Required<Pick<SessionShape, CellField>> {
  return { metadata: cell.metadata, state: cell.state, agent_data: cell.agentData }
}

/** A session without its open objects. `tail` is what people type; the shortest allowed one unless a longer is needed. */
export function sessionOf(head: Head, tail: string = tailOf(head.session)): SessionShape {
  const [attention] = head.attention
  return {
    session_id: head.session,
    tail,
    name: head.name,
    title: head.title,
    place: head.place,
    status: head.status,
    ...(attention === undefined ? {} : { attention: attentionOf(attention) }),
    last: head.last === null ? null : { text: head.last.text, at: moment(head.last.at), by: head.last.by },
    owner: head.owner,
    agent_id: head.agent,
    user_id: head.user,
    team_id: head.team,
    workflow_id: head.workflow,
    branch: head.branch,
    repository: head.repository,
    current_agent: head.currentAgent,
    ...(head.model == null ? {} : { model: head.model }),
    message_count: head.messages,
    run_count: head.runs,
    switch_count: head.switches,
    total_tokens: head.tokens,
    cost: head.cost,
    seq: head.seq,
    last_activity: moment(head.lastActivity),
    created_at: moment(head.createdAt),
    updated_at: moment(head.updatedAt),
    ...(head.trashedAt === null ? {} : { trashed_at: moment(head.trashedAt) }),
    ...(head.base === null ? {} : { parent: { session_id: head.base.session, seq: head.base.seq } }),
  }
}

/** Data in the present shape, as JSON text: as stored where the version is the present one. */
function bodyText(entry: StoredEntry): string {
  if (entry.body === null) return 'null,"erased":true'
  if (entry.v >= kinds[entry.kind].version) return entry.body
  return JSON.stringify(upcast(entry.kind, entry.v, JSON.parse(entry.body) as Json))
}

/**
 * An entry as JSON text of {@link EntryShape}. The stored data is spliced in unread: half the cost of parsing it and
 * writing it again, and nothing that a newer version wrote is lost on the way.
 */
export function entryText(entry: StoredEntry): string {
  return (
    `{"seq":${entry.seq},"kind":"${entry.kind}","v":${Math.max(entry.v, kinds[entry.kind].version)}` +
    `,"at":"${moment(entry.at)}","actor":${JSON.stringify(entry.actor)}` +
    (entry.run === undefined ? '' : `,"run_id":${JSON.stringify(entry.run)}`) +
    (entry.cause === undefined ? '' : `,"cause":${entry.cause}`) +
    `,"data":${bodyText(entry)},"data_hash":"${entry.dataHash}","hash":"${entry.hash}"}`
  )
}

/** Entries as JSON text, with commas between them. */
export function entriesText(entries: readonly StoredEntry[]): string {
  let text = ''
  for (const entry of entries) text += text === '' ? entryText(entry) : `,${entryText(entry)}`
  return text
}

/** The way back, for clients: an entry of the wire as stores keep it. The body's text is made anew. */
export function storedOf(entry: EntryShape): StoredEntry {
  const at = Date.parse(entry.at)
  if (!Object.hasOwn(kinds, entry.kind) || Number.isNaN(at)) {
    throw new DaybookError('too_new', `entry ${entry.seq} has a kind or time that this version does not know`)
  }
  return {
    seq: entry.seq,
    kind: entry.kind as StoredEntry['kind'],
    v: entry.v,
    at,
    actor: entry.actor,
    ...(entry.run_id === undefined ? {} : { run: entry.run_id }),
    ...(entry.cause === undefined ? {} : { cause: entry.cause }),
    body: entry.erased === true ? null : JSON.stringify(entry.data),
    dataHash: entry.data_hash,
    hash: entry.hash,
  }
}

/** What one caller keeps about a session; `pinned` is a time inside and a yes or no on the wire. */
export function markOf(
  session: string,
  mark: {
    version: number
    seen?: number
    draft?: string
    attachments?: readonly AttachmentShape[]
    pinned?: number
  },
): MarkShape {
  return {
    session_id: session,
    version: mark.version,
    seen: mark.seen ?? null,
    draft: mark.draft ?? null,
    attachments: [...(mark.attachments ?? [])],
    pinned: mark.pinned !== undefined,
    pinned_at: momentOrNull(mark.pinned ?? null),
  }
}

export function summaryOf(summary: {
  text: string
  coversSeq: number
  model?: string
  runCount: number
  totalTokens: number
  createdAt: number
}): SummaryShape {
  return {
    content: summary.text,
    covers_seq: summary.coversSeq,
    model: summary.model ?? null,
    run_count: summary.runCount,
    total_tokens: summary.totalTokens,
    created_at: moment(summary.createdAt),
  }
}
