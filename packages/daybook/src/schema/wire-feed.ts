// The shapes of what a feed tells beside its items: which server it is, marks that changed, unfinished output, who is looking.

import { type Static, Type } from 'typebox'
import { Count, Id } from './parts.ts'
import { closed } from './wire-shapes.ts'

export const Presence = Type.Object(
  {
    session_id: Id,
    actor: Type.String(),
    client: Type.String(),
    name: Type.Optional(Type.String()),
    seq: Type.Union([Count, Type.Null()]),
  },
  { ...closed, title: 'Presence', description: 'Somebody who looks at a session; never stored.' },
)
export type PresenceShape = Static<typeof Presence>

/** The first event of the feed as a stream. */
export interface FeedHello {
  /** Of this process of the server: another one was restarted. */
  readonly server: string
  readonly version: string
  readonly heartbeat_ms: number
}

/** The caller's marks of a session changed: they are read again where they are shown. */
export interface MarksChanged {
  readonly session_id: string
  readonly version: number
}

export interface FeedDelta {
  readonly session_id: string
  /** Unfinished output of a run, with its `run_id`. */
  readonly delta: unknown
}
