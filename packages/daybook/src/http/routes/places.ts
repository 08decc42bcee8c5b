// Where a session is kept and what it grew from: archive, trash, restore, rewind, fork.

import type { TSchema } from 'typebox'
import { Expecting, Fork, Rewind } from '../../schema/wire-requests.ts'
import { Session } from '../../schema/wire-shapes.ts'
import type { Session as LiveSession, Receipt, WriteOptions } from '../../session/contract.ts'
import * as examples from '../examples.ts'
import { type Route, route } from '../route.ts'
import { sessionAnswer } from './shared.ts'

const shown = (description: string) => ({ description, schema: Session as TSchema, example: examples.session })

function move(
  word: 'archive' | 'trash' | 'restore',
  summary: string,
  act: (session: LiveSession, options: WriteOptions) => Promise<Receipt>,
): Route {
  return route(
    {
      method: 'POST',
      path: `/sessions/{session_id}/${word}`,
      operation: `${word}Session`,
      tag: 'sessions',
      summary,
      body: Expecting,
      bodyOptional: true,
      answers: { 200: shown('The session afterwards.') },
      errors: ['invalid_state', 'busy', 'forbidden'],
      writes: true,
      guarded: true,
    },
    async (call) => {
      const session = call.session(call.params.session_id)
      const receipt = await act(session, call.write(call.body.expect))
      return sessionAnswer(call, session, { replayed: receipt.replayed })
    },
  )
}

const rewind = route(
  {
    method: 'POST',
    path: '/sessions/{session_id}/rewind',
    operation: 'rewindSession',
    tag: 'sessions',
    summary: 'End the active history at an entry',
    details: 'Nothing is removed: state and counts follow, tokens and cost stay.',
    body: Rewind,
    example: { to: 3 },
    answers: { 200: shown('The session afterwards.') },
    errors: ['busy', 'invalid_state', 'forbidden'],
    writes: true,
    guarded: true,
  },
  async (call) => {
    const session = call.session(call.params.session_id)
    const receipt = await session.rewind(call.body.to, call.write(call.body.expect))
    return sessionAnswer(call, session, { replayed: receipt.replayed })
  },
)

const fork = route(
  {
    method: 'POST',
    path: '/sessions/{session_id}/fork',
    operation: 'forkSession',
    tag: 'sessions',
    summary: 'Copy a session from an entry on',
    details: 'No entry is copied; seqs go on.',
    body: Fork,
    bodyOptional: true,
    example: { at: 3 },
    answers: {
      201: {
        ...shown('The fork.'),
        example: { ...examples.session, parent: { session_id: 'session_1772441000000', seq: 3 } },
      },
    },
    errors: ['exists', 'forbidden'],
    writes: true,
  },
  async (call) => {
    const { at, session_id, name } = call.body
    const id = session_id ?? call.derivedId()
    const session = call.session(call.params.session_id)
    await call.seenOrKnown(session.id, id)
    let replayed = false
    const made = await session.fork({
      ...(at === undefined ? {} : { at }),
      ...(id === undefined ? {} : { id }),
      ...(name === undefined ? {} : { name }),
      ...(call.key ? { key: call.key } : {}),
      onReceipt: (receipt) => {
        replayed = receipt.replayed
      },
    })
    return sessionAnswer(call, made, { status: 201, replayed })
  },
)

export const placeRoutes: readonly Route[] = [
  move('archive', 'Hide a session; the next write reopens it', (session, options) => session.archive(options)),
  move('trash', 'Move a session to the trash', (session, options) => session.trash(options)),
  move('restore', 'Bring a session back from the trash or the archive', (session, options) => session.restore(options)),
  rewind,
  fork,
]
