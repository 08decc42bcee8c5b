// Which session a person is at: kept with what else the store knows of that person, so every client and every server says the same.

import { isDaybookError } from '../../schema/errors.ts'
import { ActiveSession, NewActiveSession } from '../../schema/wire-active.ts'
import type { Call } from '../call.ts'
import { type Route, route } from '../route.ts'

const example = { session_id: 'ses_01KAFJ2Q6V9D3M5N7P8R0S1T2V' }
/** In the state of the person. */
const name = 'active_session'

const read = route(
  {
    method: 'GET',
    path: '/active-session',
    operation: 'getActiveSession',
    tag: 'sessions',
    summary: 'The session that the caller is at',
    answers: { 200: { description: 'Its id; null while there is none.', schema: ActiveSession, example } },
  },
  async (call) => {
    const { [name]: id } = await call.mine.state('user')
    const session_id = typeof id === 'string' && (await isThere(call, id)) ? id : null
    return { body: JSON.stringify({ session_id }) }
  },
)

const write = route(
  {
    method: 'PUT',
    path: '/active-session',
    operation: 'putActiveSession',
    tag: 'sessions',
    summary: 'Go to another session',
    details: 'Of the caller alone: it stands in the state of the user, and outlives client and server.',
    body: NewActiveSession,
    example,
    answers: { 200: { description: 'Where the caller is now.', schema: ActiveSession, example } },
    errors: ['not_found', 'gone', 'conflict'],
    writes: true,
  },
  async (call) => {
    const { session_id } = call.body
    if (session_id !== null) await call.seen(session_id)
    await call.mine.setState('user', { [name]: session_id }, call.key ? { key: call.key } : {})
    return { body: JSON.stringify({ session_id }) }
  },
)

/** Whoever was at a session that is gone, or in the trash, is at none. */
async function isThere(call: Call, id: string): Promise<boolean> {
  try {
    await call.seen(id)
    return true
  } catch (error) {
    if (isDaybookError(error) && (error.code === 'not_found' || error.code === 'gone')) return false
    throw error
  }
}

export const activeRoutes: readonly Route[] = [read, write]
