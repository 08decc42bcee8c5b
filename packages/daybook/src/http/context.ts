// What the handlers of one server share.

import type { Models } from '../model/contract.ts'
import type { LivePrograms } from '../program/contract.ts'
import type { FeedHello } from '../schema/wire-feed.ts'
import type { Search } from '../search/search.ts'
import type { ScopedSessions } from '../session/contract.ts'
import type { StoreFact } from '../store/facts.ts'
import type { Peer } from '../store/peers.ts'
import type { Store } from '../store/store.ts'
import type { Adoptions } from '../transcripts/adoptions.ts'
import type { Around } from '../transcripts/around.ts'
import type { Ahead } from '../work/agents/ahead.ts'
import type { Budgets } from '../work/budgets/contract.ts'
import type { ScopedWork } from '../work/contract.ts'
import type { Agents } from '../work/performer.ts'
import type { Watch } from '../work/programs/watch.ts'
import type { Skills } from '../work/skills/contract.ts'
import type { TeamDefinitions } from '../work/teams/contract.ts'
import type { BlobLines } from './blob-lines.ts'
import type { Codes } from './codes.ts'
import type { Meters } from './meters.ts'
import type { PageFiles } from './page-files.ts'
import type { Rate } from './rate.ts'
import type { Broadcast } from './stream/broadcast.ts'

/** The programs of this machine and their processes that live on. */
export interface Driven {
  readonly live: LivePrograms
  readonly watch: Watch
  /** Processes may be typed into, past the queue of prompts. */
  readonly rawInput: boolean
}

/** The same with what is shown for it; without `rawInput` whoever shows it may type too. */
export interface DrivenBy extends Omit<Driven, 'rawInput'>, Partial<Pick<Driven, 'rawInput'>> {
  readonly key: string
}

export interface Context {
  readonly version: string
  /** What streams of the feed begin with. */
  readonly hello: FeedHello
  /** Everything that callers of this server may see. */
  readonly sessions: ScopedSessions
  readonly store: Store
  /** Runs of all that; no prompts to programs. */
  readonly work: ScopedWork
  /** What whoever shows the user's key may do besides. Null where no programs are driven. */
  readonly programs: (Driven & DrivenBy & { readonly work: ScopedWork }) | null
  /** What stands for that key once. */
  readonly codes: Codes
  readonly skills: Skills
  readonly agents: Agents
  /** What calls of models would send; null where no model is configured. */
  readonly ahead: Ahead | null
  /** Null where the server was told nothing of models. */
  readonly models: Models | null
  /** What is spent by whom; null where nobody spends. */
  readonly budgets: Budgets | null
  readonly teams: TeamDefinitions | null
  readonly search: Search
  /** What other agents left on this machine. */
  around(): Promise<Around>
  /** Copies that in; null where the home of nobody is read. */
  readonly adoptions: Adoptions | null
  /** What the server of the store says about itself; nothing where there is none. */
  facts(): Promise<readonly StoreFact[]>
  /** Runs that this process performs, and those that wait for room. */
  load(): { readonly active: number; readonly waiting: number }
  /** Lines of long texts. */
  readonly blobLines: BlobLines
  /** Other servers on the same store. */
  peers(): readonly Peer[]
  /** The page as it was built; null where it was not. */
  readonly page: PageFiles | null
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
