// What the command line is given from above, because only the top floor composes concrete parts.

import type { Models } from '../model/contract.ts'
import type { ModelSettings } from '../model/settings.ts'
import type { Tenant } from '../schema/ids.ts'
import type { JsonObject } from '../schema/json.ts'
import type { Search } from '../search/search.ts'
import type { Caller, ScopedSessions, Sessions } from '../session/contract.ts'
import type { StoreFact } from '../store/facts.ts'
import type { Peer } from '../store/peers.ts'
import type { Scope, Store } from '../store/store.ts'
import type { Around } from '../transcripts/around.ts'
import type { TranscriptReader } from '../transcripts/contract.ts'
import type { Ahead } from '../work/agents/ahead.ts'
import type { BudgetConfig, Budgets } from '../work/budgets/contract.ts'
import type { Work } from '../work/contract.ts'
import type { McpServer } from '../work/skills/mcp/settings.ts'
import type { OpenSkills } from '../work/skills/skills.ts'
import type { SummarySettings } from '../work/summaries/contexts.ts'

export interface RunningServer {
  /** Where it answers, with the true port. */
  readonly url: string
  readonly store: Store
  /** Opens the page as this user, once, as `#code=` of its address; null where no programs are driven. */
  code(): string | null
  /** What other agents left here and the store has nothing of; no file is opened. */
  around(): Promise<Around>
  /** Calls with the other servers on the same store, whenever one comes or goes; at once with those that are known. */
  onPeers(listener: (peers: readonly Peer[]) => void): void
  /** Stops taking calls, finishes those that run, closes the store. */
  close(): Promise<void>
}

export const logLevels = ['debug', 'info', 'warn', 'error'] as const

export interface ServeSettings {
  readonly port: number
  readonly host: string
  /** URL of the store. */
  readonly store: string
  /** Names under which the server may be called, beside those of this machine. */
  readonly hosts?: readonly string[]
  /** Origins of web pages that may read and write. */
  readonly origins?: readonly string[]
  /** Idle sessions are archived after so many milliseconds, null never; default 24 hours. */
  readonly idleMs?: number | null
  /** Writes a second that one address may make; 0 or absent: no limit. */
  readonly rate?: number
  /** URL of a Redis that carries hints and deltas between the servers of a PostgreSQL store; absent: NOTIFY does. */
  readonly bus?: string
  readonly log?: (typeof logLevels)[number]
  /** Folders of skills, beside that of the store. */
  readonly skillFolders?: readonly string[]
  /** Folders of agents and teams, beside that of the store. */
  readonly agentFolders?: readonly string[]
  /** Folders in which agents may work with files. */
  readonly fileFolders?: readonly string[]
  /** MCP servers by their names. */
  readonly mcp?: Readonly<Record<string, McpServer>>
  /** Hosts that skills may ask. */
  readonly httpAllow?: readonly string[]
  /** Skills and steps that wait for an approval. */
  readonly approve?: readonly string[]
  /** Absolute paths of the programs file and of the user's state folder; without, no programs are driven. */
  readonly programs?: { readonly file: string; readonly state: string }
  /** What is configured of models; without, agents that think have none. */
  readonly models?: ModelSettings
  /** What may be spent; default: as much as wanted. */
  readonly budgets?: BudgetConfig
  /** When the contexts of agents are summarised, and by what. */
  readonly summaries?: SummarySettings
}

export interface WorkSettings
  extends Pick<
    ServeSettings,
    | 'skillFolders'
    | 'agentFolders'
    | 'fileFolders'
    | 'mcp'
    | 'httpAllow'
    | 'approve'
    | 'programs'
    | 'models'
    | 'budgets'
    | 'summaries'
  > {
  readonly tenant: Tenant
  /** Milliseconds between two looks for due work. */
  readonly tickMs?: number
  readonly onError?: (error: unknown) => void
  readonly onFault?: (fault: { readonly folder: string; readonly message: string }) => void
}

/** The run engine with its skills; disposing lets runs come to their next step. */
export interface Workshop extends AsyncDisposable {
  readonly work: Work
  /** What calls of models would send; null where no model is configured. */
  readonly ahead: Ahead | null
  /** Null where nothing was said of models. */
  readonly models: Models | null
  /** Null where nobody spends. */
  readonly budgets: Budgets | null
  readonly skills: OpenSkills
}

/** What adopting needs. */
export interface Adopting {
  /** Of all known agents. */
  readonly readers: readonly TranscriptReader[]
  /** Who writes what is adopted. */
  readonly adopter: Caller
  /** Threads that read beside the one that writes. */
  readonly threads: { readonly module: URL }
  /** The agents whose new turns a person wants followed, as their own state says; false for none. */
  wantedIn(state: JsonObject): readonly string[] | false
  /** These too, from now on. */
  follow(mine: ScopedSessions, agents: readonly string[]): Promise<void>
}

/** Loaded only by commands that open a store or start a server. */
export interface Parts {
  /** Whom a command line acts for: the owner of this machine, as behind a server on it. */
  readonly localScope: Scope
  /** The store of a URL, opened. */
  openStore(url: string): Promise<Store>
  /** Whether any process has the store of a URL open, as far as its file tells. */
  isInUse(url: string): Promise<boolean>
  /** What there is to say about the server behind the URL of a store; nothing for stores that have none. */
  factsOfStore(url: string): Promise<readonly StoreFact[]>
  startServer(settings: ServeSettings): Promise<RunningServer>
  startWork(sessions: Sessions, store: string, settings: WorkSettings): Promise<Workshop>
  /** Finding in a store; the index beside it is opened when something is looked for. */
  openFinding(store: Store, url: string): Promise<Search>
  /** The models of a configuration; nothing of a provider is loaded before its first call. */
  openModels(settings: ModelSettings): Promise<Models>
  openAdopting(): Promise<Adopting>
  /** The readers of all known agents, without what adopts. */
  openReaders(): Promise<readonly TranscriptReader[]>
  /** The folder of skills that belongs to a store; null for one that is no file. */
  skillFolderOf(url: string): string | null
}
