// Sessions as such: create, list, read, change, delete, clean up.

import { checkAskable } from '../../model/askable.ts'
import { DaybookError } from '../../schema/errors.ts'
import type { Json } from '../../schema/json.ts'
import { sessionOf, summaryOf } from '../../schema/wire.ts'
import {
  Cleanup,
  DeleteQuery,
  NewSession,
  SessionPatch,
  SessionQuery,
  SessionReplacement,
} from '../../schema/wire-requests.ts'
import { Cleaned, Deleted, Session } from '../../schema/wire-shapes.ts'
import type { Receipt, UpdateFields } from '../../session/contract.ts'
import { labelsOf, openFieldsOf } from '../../session/open-fields.ts'
import { runOf, sessionShape } from '../../session/views/wire.ts'
import type { Call } from '../call.ts'
import * as examples from '../examples.ts'
import { type Answer, type Route, route } from '../route.ts'
import { sessionAnswer } from './shared.ts'

const oneSession = (description: string) => ({ description, schema: Session, example: examples.session })

const create = route(
  {
    method: 'POST',
    path: '/sessions',
    at: 'both',
    operation: 'createSession',
    tag: 'sessions',
    summary: 'Open a session',
    details:
      'Without session_id the server makes one. With an Idempotency-Key a repeat finds the session that the first call opened.',
    body: NewSession,
    bodyOptional: true,
    example: { session_id: 'session_1772441100000', metadata: { project: 'shop' } },
    answers: { 201: oneSession('The new session.') },
    errors: ['exists', 'gone', 'forbidden', 'invalid_state'],
    writes: true,
  },
  async (call) => {
    const { session_id, ...opening } = call.body
    if (opening.model) checkAskable(call.context.models, opening.model)
    const id = session_id ?? call.derivedId()
    const fields = { ...openFieldsOf(opening), ...(id === undefined ? {} : { id }) }
    let replayed = false
    const session = await call.mine.open(fields, {
      ...(call.key ? { key: call.key } : {}),
      onReceipt: (receipt) => {
        replayed = receipt.replayed
      },
    })
    return sessionAnswer(call, session, { status: 201, replayed })
  },
)

const read = route(
  {
    method: 'GET',
    path: '/sessions/{session_id}',
    operation: 'getSession',
    tag: 'sessions',
    summary: 'Read a session',
    query: SessionQuery,
    answers: { 200: oneSession('The session.') },
  },
  async (call) => {
    const { session, head } = await call.seen(call.params.session_id)
    const { include = [], until } = call.query
    if (until !== undefined) {
      if (include.length > 0) throw new DaybookError('invalid', 'until stands without include', { field: 'include' })
      return { body: JSON.stringify(sessionOf(await session.head(until))), seq: until }
    }
    const shape = await sessionShape(call.mine, head, await session.cell())
    const runs = include.includes('runs') ? (await session.view('runs')).runs : null
    const summary = include.includes('summary') ? await session.summary() : undefined
    const body = {
      ...shape,
      ...(runs === null ? {} : { runs: runs.map((run) => runOf(session.id, run)) }),
      ...(summary === undefined ? {} : { summary: summary && summaryOf(summary) }),
    }
    return { body: JSON.stringify(body), seq: head.seq }
  },
)

async function update(
  call: Call<{ session_id: string }, unknown, SessionPatch | SessionReplacement>,
  replace: boolean,
): Promise<Answer> {
  const { expect, metadata, state, agent_data, ...rest } = call.body
  if (rest.model) checkAskable(call.context.models, rest.model)
  const fields = {
    ...labelsOf(rest),
    ...(metadata === undefined ? {} : { metadata: metadata as Json }),
    ...(state === undefined ? {} : { state: state as Json }),
    ...(agent_data === undefined ? {} : { agentData: agent_data as Json }),
  }
  const session = call.session(call.params.session_id)
  const options = call.write(expect)
  if (Object.keys(fields).length === 0) {
    const { head } = await call.seen(session.id)
    if (options.expect !== undefined && options.expect !== head.seq) {
      throw new DaybookError('conflict', `expected seq ${options.expect}, it is ${head.seq}`, { seq: head.seq })
    }
    return sessionAnswer(call, session)
  }
  const receipt = await session.update({ ...(fields as UpdateFields), ...(replace ? { replace } : {}) }, options)
  return sessionAnswer(call, session, { replayed: receipt.replayed })
}

const patch = route(
  {
    method: 'PATCH',
    path: '/sessions/{session_id}',
    operation: 'patchSession',
    tag: 'sessions',
    summary: 'Change a session by merge patch (RFC 7396)',
    details: 'model is what its next turns ask in the place of what agents name: one that cannot be asked is refused.',
    body: SessionPatch,
    example: { name: 'Greetings', metadata: { project: null } },
    answers: { 200: oneSession('The session afterwards.') },
    errors: ['invalid_state'],
    writes: true,
    guarded: true,
  },
  (call) => update(call, false),
)

const put = route(
  {
    method: 'PUT',
    path: '/sessions/{session_id}',
    operation: 'replaceSession',
    tag: 'Compatibility',
    summary: 'Replace the fields that are given',
    body: SessionReplacement,
    example: { metadata: { project: 'shop' } },
    answers: { 200: oneSession('The session afterwards.') },
    errors: ['invalid_state'],
    writes: true,
    guarded: true,
  },
  (call) => update(call, true),
)

const remove = route(
  {
    method: 'DELETE',
    path: '/sessions/{session_id}',
    operation: 'deleteSession',
    tag: 'sessions',
    summary: 'Move a session to the trash, or forget it at once',
    details: 'The trash keeps it for 30 days; restore brings it back. Afterwards its routes answer 404.',
    query: DeleteQuery,
    answers: {
      200: {
        description: 'It is gone from the lists.',
        schema: Deleted,
        example: { session_id: examples.session.session_id, deleted: true, forgotten: false },
      },
    },
    errors: ['busy', 'forbidden'],
    writes: true,
    guarded: true,
  },
  async (call) => {
    const { session_id } = call.params
    const session = call.session(session_id)
    const forgotten = call.query.now === true
    const answer = (replayed: boolean) => ({
      body: JSON.stringify({ session_id, deleted: true, forgotten }),
      replayed,
    })
    if (forgotten) {
      let replayed = false
      const onReceipt = (receipt: Receipt): void => {
        replayed = receipt.replayed
      }
      if (!(await session.delete({ ...call.write(), onReceipt })))
        throw new DaybookError('not_found', `there is no session ${session_id}`)
      return answer(replayed)
    }
    await call.seenOrKnown(session_id, session_id)
    const receipt = await session.trash(call.write())
    return { ...answer(receipt.replayed), seq: receipt.last }
  },
)

const cleanup = route(
  {
    method: 'POST',
    path: '/sessions/cleanup',
    operation: 'cleanupSessions',
    tag: 'Compatibility',
    summary: 'Archive idle sessions',
    details:
      'Never one with open work, attention or a pin; nothing is deleted. Repeating it does no harm: it archives what is idle then.',
    body: Cleanup,
    bodyOptional: true,
    example: { max_age_hours: 24 },
    answers: { 200: { description: 'How many were archived.', schema: Cleaned, example: { deleted_count: 3 } } },
    writes: true,
  },
  async (call) => {
    const hours = call.body.max_age_hours ?? 24
    return { body: JSON.stringify({ deleted_count: await call.mine.cleanup(hours * 3_600_000) }) }
  },
)

export const sessionRoutes: readonly Route[] = [create, cleanup, read, patch, put, remove]
