// What the caller keeps about a session, outside its log: seen, draft, pinned.

import { markOf } from '../../schema/wire.ts'
import { NewMarks } from '../../schema/wire-requests.ts'
import { Mark } from '../../schema/wire-shapes.ts'
import { markOn } from '../../session/marks.ts'
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
    const before = await session.mark()
    const mark = await session.setMark(markOn(before, call.body, call.context.store.now()))
    const replayed = before.version !== call.body.version
    return { body: JSON.stringify(markOf(session.id, mark)), seq: head.seq, replayed }
  },
)

export const markRoutes: readonly Route[] = [read, write]
