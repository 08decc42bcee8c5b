// What the handlers of one server share.

import type { LivePrograms } from '../program/contract.ts'
import type { Search } from '../search/search.ts'
import type { ScopedSessions } from '../session/contract.ts'
import type { Peer } from '../store/peers.ts'
import type { Store } from '../store/store.ts'
import type { Around } from '../transcripts/around.ts'
import type { ScopedWork } from '../work/contract.ts'
import type { Agents } from '../work/performer.ts'
import type { Skills } from '../work/skills/contract.ts'
import type { Meters } from './meters.ts'
import type { Rate } from './rate.ts'
import type { Broadcast } from './stream/broadcast.ts'

export interface Context {
  readonly version: string
  /** Everything that callers of this server may see. */
  readonly sessions: ScopedSessions
  readonly store: Store
  /** Runs of all that; no prompts to programs. */
  readonly work: ScopedWork
  /** The same for whoever shows the user's key: prompts to programs too. Null where no programs are driven. */
  readonly programs: { readonly key: string; readonly live: LivePrograms; readonly work: ScopedWork } | null
  readonly skills: Skills
  readonly agents: Agents
  readonly search: Search
  /** What other agents left on this machine. */
  around(): Promise<Around>
  /** Other servers on the same store. */
  peers(): readonly Peer[]
  readonly broadcast: Broadcast
  readonly meters: Meters
  /** How fast an address may write; null: as it likes. */
  readonly rate: Rate | null
  /** Where the routes of sessions stand. */
  readonly prefix: string
  /** The OpenAPI document as text. */
  openApi(): string
  /** True once the server is ending. */
  ending(): boolean
  /** Aborted then: what waits for a run answers with it as it is. */
  readonly ended: AbortSignal
  /** Milliseconds that a call waits for a run, whatever it asks for. */
  readonly longestWait: number
}
