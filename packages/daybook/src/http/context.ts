// What the handlers of one server share.

import type { ScopedSessions } from '../session/contract.ts'
import type { Store } from '../store/store.ts'
import type { Meters } from './meters.ts'
import type { Broadcast } from './stream/broadcast.ts'

export interface Context {
  readonly version: string
  /** Everything that callers of this server may see. */
  readonly sessions: ScopedSessions
  readonly store: Store
  readonly broadcast: Broadcast
  readonly meters: Meters
  /** Where the routes of sessions stand. */
  readonly prefix: string
  /** The OpenAPI document as text. */
  openApi(): string
  /** True once the server is ending. */
  ending(): boolean
}
