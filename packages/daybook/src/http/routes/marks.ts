// What the caller keeps about a session, outside its log: seen, draft, pinned.

import { isDaybookError } from '../../schema/errors.ts'
import { markOf } from '../../schema/wire.ts'
import { NewMarks } from '../../schema/wire-requests.ts'
import { Mark } from '../../schema/wire-shapes.ts'
import type { Session } from '../../session/contract.ts'
import type { Mark as StoredMark } from '../../store/store.ts'
import * as examples from '../examples.ts'
import { type Route, route } from '../route.ts'
import { checkSeq } from './shared.ts'

const read = route(
  {
    method: 'GET',
    path: '/sessions/{session_id}/marks',
    operation: 'getMarks',
    tag: 'sessions',
    summary: "The caller's marks",
    answers: { 200: { description: 'The marks; version 0 before the first.', schema: Mark, example: examples.marks } },
  },
  async (call) => {
    const { session, head } = await call.seen(call.params.session_id)
    return { body: JSON.stringify(markOf(session.id, await session.mark())), seq: head.seq }
  },
)

const write = route(
  {
    method: 'PUT',
    path: '/sessions/{session_id}/marks',
    operation: 'putMarks',
    tag: 'sessions',
    summary: "Replace the caller's marks",
    details:
      'version is the one that is replaced; another write in between is a conflict that tells the present version as seq. ' +
      'A repeat of the last write gives its answer again.',
    body: NewMarks,
    example: { version: 0, seen: 5, pinned: true },
    answers: { 200: { description: 'The marks afterwards.', schema: Mark, example: examples.marks } },
    errors: ['conflict', 'precondition_failed'],
    writes: true,
  },
  async (call) => {
    const { session, head } = await call.seen(call.params.session_id)
    checkSeq(call, head)
    const { version, seen, draft, pinned } = call.body
    const before = await session.mark()
    const wanted: StoredMark = {
      version,
      ...(seen === undefined ? {} : { seen }),
      ...(draft === undefined ? {} : { draft }),
      ...(pinned ? { pinned: before.pinned ?? Date.now() } : {}),
    }
    const { mark, replayed } = await put(session, wanted)
    return { body: JSON.stringify(markOf(session.id, mark)), seq: head.seq, replayed }
  },
)

/** The version makes a repeat harmless: if the marks are already what was asked, one further, this call came before. */
async function put(session: Session, wanted: StoredMark): Promise<{ mark: StoredMark; replayed: boolean }> {
  try {
    return { mark: await session.setMark(wanted), replayed: false }
  } catch (error) {
    if (!isDaybookError(error) || error.code !== 'conflict') throw error
    const mark = await session.mark()
    const same =
      mark.seen === wanted.seen &&
      mark.draft === wanted.draft &&
      (mark.pinned === undefined) === (wanted.pinned === undefined)
    if (!same || mark.version !== wanted.version + 1) throw error
    return { mark, replayed: true }
  }
}

export const markRoutes: readonly Route[] = [read, write]
