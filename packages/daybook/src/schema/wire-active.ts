// The shapes of the session that a person is at.

import { Type } from 'typebox'
import { SessionIdText } from './wire-requests.ts'
import { closed } from './wire-shapes.ts'

const SessionIdOrNull = Type.Union([SessionIdText, Type.Null()])

export const ActiveSession = Type.Object({ session_id: SessionIdOrNull }, { ...closed, title: 'ActiveSession' })
export const NewActiveSession = Type.Object({ session_id: SessionIdOrNull }, { ...closed, title: 'NewActiveSession' })
