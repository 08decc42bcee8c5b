// What a person keeps about a session outside its log: how a mark is made, masked and stored.

import { DaybookError } from '../schema/errors.ts'
import type { Subject } from '../schema/ids.ts'
import type { Attachment } from '../store/blobs.ts'
import { type MarkHint, markTopic } from '../store/bus.ts'
import type { Mark, ScopedStore } from '../store/store.ts'
import type { Redactor } from './redact.ts'
import type { SessionHandle } from './session.ts'

/** A mark as people ask for it: whether pinned, not since when. */
export interface AskedMark {
  readonly version: number
  readonly seen?: number
  readonly draft?: string
  readonly attachments?: readonly Attachment[]
  readonly pinned?: boolean
}

/** The mark that is asked for; what is pinned already stays so since then. `now`: by the clock of the store. */
export function markOn(before: Mark, { version, seen, draft, attachments = [], pinned }: AskedMark, now: number): Mark {
  return {
    version,
    ...(seen === undefined ? {} : { seen }),
    ...(draft === undefined ? {} : { draft }),
    ...(attachments.length === 0 ? {} : { attachments }),
    ...(pinned ? { pinned: before.pinned ?? now } : {}),
  }
}

/** Others who look are told. */
export async function markSession(session: SessionHandle, subject: Subject, wanted: Mark): Promise<Mark> {
  const { engine, scope, store, id } = session
  await session.head()
  const stored = await putMark(store, engine.redactor, id, subject, wanted)
  const hint: MarkHint = { session: id, version: stored.version }
  engine.store.bus.publish(markTopic(scope.tenant, subject), hint)
  return stored
}

/**
 * Stores a mark over the version it names. The version makes a repeat harmless: where the present mark is one further and
 * already what was asked, it is the answer. `conflict` when another write was first.
 */
async function putMark(
  store: ScopedStore,
  redactor: Redactor,
  session: string,
  subject: Subject,
  mark: Mark,
): Promise<Mark> {
  const wanted = mark.draft === undefined ? { ...mark } : { ...mark, draft: redactor.text(mark.draft).text }
  const stored = await store.marks.put(session, subject, wanted)
  if (stored) return stored
  const now = await store.marks.get(session, subject)
  const same =
    now.version === wanted.version + 1 &&
    now.seen === wanted.seen &&
    now.draft === wanted.draft &&
    JSON.stringify(now.attachments) === JSON.stringify(wanted.attachments) &&
    (now.pinned === undefined) === (wanted.pinned === undefined)
  if (same) return now
  throw new DaybookError('conflict', `the mark is at version ${now.version}`, { seq: now.version })
}
