// What happened in sessions since a person looked: behind the mark that is kept for this person, else since a moment.

import type { EntryShape, SessionShape } from '../schema/wire-shapes.ts'
import type { Backend } from './backend.ts'
import { many } from './format/time.ts'

export interface Unseen {
  readonly session: SessionShape
  /** The first entry that was not seen; undefined when more are new than were read. */
  readonly first: number | undefined
  /** `3 turns, 7 files, failed`; empty when nothing of that kind happened. */
  readonly text: string
}

/** Newest entries of a session that are read for its line. */
const most = 200

/** Sessions with something new, in the same order. `looked`: milliseconds since 1970. */
export async function unseenOf(
  backend: Pick<Backend, 'session'>,
  sessions: readonly SessionShape[],
  looked: number,
): Promise<readonly Unseen[]> {
  const active = sessions.filter(({ last_activity }) => Date.parse(last_activity) >= looked)
  const found = await Promise.all(active.map((session) => unseenIn(backend, session, looked)))
  return found.filter((each) => each !== null)
}

/** Null when the person has seen the newest entry, on whatever screen. */
async function unseenIn(
  backend: Pick<Backend, 'session'>,
  session: SessionShape,
  looked: number,
): Promise<Unseen | null> {
  const remote = backend.session(session.session_id)
  const { seen } = await remote.marks()
  if (seen !== null && seen >= session.seq) return null
  const { entries } = await remote.entries({ after: seen ?? 0, order: 'desc', limit: most })
  const fresh = seen === null ? entries.filter(({ at }) => Date.parse(at) >= looked) : entries
  const all = fresh.length < most
  return { session, first: all ? fresh.at(-1)?.seq : undefined, text: summaryOf(fresh, all) }
}

/** Newest first. */
function summaryOf(entries: readonly EntryShape[], all: boolean): string {
  const messages = entries.filter(({ kind }) => kind === 'message')
  // As in the outline: a turn begins with what a person says. What goes on from before the look is told as messages.
  const turns = messages.filter(({ data }) => roleOf(data) === 'user').length
  const files = new Set(entries.flatMap(editedBy)).size
  const end = entries.find(({ kind }) => kind === 'run.finished')
  const facts = [
    turns > 0 ? many(turns, 'turn') : messages.length > 0 ? many(messages.length, 'message') : '',
    files > 0 ? many(files, 'file') : '',
    end !== undefined && statusOf(end) === 'failed' ? 'failed' : '',
  ]
  const text = facts.filter((fact) => fact !== '').join(', ')
  return all || text === '' ? text : `at least ${text}`
}

function roleOf(data: unknown): unknown {
  return typeof data === 'object' && data !== null && 'role' in data ? data.role : undefined
}

function statusOf({ data }: EntryShape): unknown {
  return typeof data === 'object' && data !== null && 'status' in data ? data.status : undefined
}

/** Paths that a message changed. */
function editedBy({ kind, data }: EntryShape): string[] {
  if (kind !== 'message' || typeof data !== 'object' || data === null || !('parts' in data)) return []
  const parts: readonly unknown[] = Array.isArray(data.parts) ? data.parts : []
  return parts.flatMap((part) =>
    typeof part === 'object' && part !== null && 'type' in part && part.type === 'edit' && 'path' in part
      ? [String(part.path)]
      : [],
  )
}
