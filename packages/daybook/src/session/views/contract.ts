// The views of a session: pure folds of its entries, named as their address segments.

import type { Hash, Seq } from '../../schema/ids.ts'
import type { Json, JsonObject } from '../../schema/json.ts'
import type { DataOf } from '../../schema/kinds.ts'
import type { Message, Part, Usage } from '../../schema/parts.ts'
import type { DriverName, NoteType, RunStatus } from '../../schema/states.ts'

/** One active message of the history. */
export interface HistoryMessage
  extends Pick<Message, 'role' | 'content' | 'name' | 'parts' | 'agent' | 'model' | 'usage' | 'metadata'> {
  readonly seq: Seq
  readonly at: number
}

export interface Handoff {
  readonly from: string
  readonly to: string
  readonly reason: string
  readonly at: number
  readonly seq: Seq
}

export interface AgentsView {
  readonly currentAgent: string
  readonly history: readonly Handoff[]
  readonly switches: number
  readonly metadata: JsonObject
  readonly createdAt: number
  readonly lastSwitchAt: number | null
}

export interface HistoryView {
  /** Streams page by page up to the seq at the call. */
  readonly messages: AsyncIterable<HistoryMessage>
  readonly messageCount: number
  readonly lastActivity: number
  readonly currentAgent: string
  readonly agents: readonly Handoff[]
  readonly context: JsonObject
  readonly seq: Seq
}

export interface RunView {
  readonly run: string
  readonly parent?: string
  readonly status: RunStatus
  readonly reason?: string
  readonly agent?: string
  readonly skill?: string
  /** Content hash of the skill's version that ran. */
  readonly version?: string
  readonly model?: string
  readonly input?: Json
  /** How the skill was found from free text. */
  readonly routing?: Routing
  /** The run whose steps this one undoes. */
  readonly undoes?: string
  /** While it waits: when it goes on by itself. */
  readonly until?: number
  /** While it waits: what for, in one line. */
  readonly summary?: string
  /** While it is paused: the budget that leaves no room, and its limit. */
  readonly budget?: NonNullable<DataOf<'run.waiting'>['budget']>
  readonly output?: Json
  readonly error?: { readonly code: string; readonly message: string }
  readonly usage?: Usage
  readonly cost?: number
  readonly queuedAt: number
  readonly startedAt: number | null
  readonly finishedAt: number | null
  readonly durationMs: number | null
  readonly steps: readonly StepView[]
  /** Seq of the run's first entry. */
  readonly seq: Seq
}

export interface Routing {
  readonly confidence: number
  readonly alternatives: readonly { readonly skill: string; readonly confidence: number }[]
}

export interface StepView {
  readonly step: string
  readonly name: string
  readonly status: 'running' | 'done' | 'failed' | 'unknown' | 'undone'
  /** 1 for the first try. */
  readonly attempt: number
  readonly startedAt: number
  readonly finishedAt: number | null
}

export interface RunsView {
  /** Oldest first. */
  readonly runs: readonly RunView[]
}

/** One live execution of a program. */
export interface ProcessView {
  readonly process: string
  readonly run?: string
  readonly program: string
  readonly driver: DriverName
  readonly pid: number
  /** The machine that it runs on. */
  readonly host: string
  readonly args: readonly string[]
  readonly workdir: string
  readonly version?: string
  /** It was told to go on from a token. */
  readonly resumed: boolean
  /** `lost`: nobody saw how it ended. */
  readonly status: 'running' | 'exited' | 'lost'
  readonly exitCode?: number
  readonly signal?: string
  readonly startedAt: number
  readonly exitedAt: number | null
  /** Bytes of standard output, as far as they are in the log. */
  readonly bytes: number
  /** Seq of its first entry. */
  readonly seq: Seq
}

export interface ProcessesView {
  /** Oldest first. */
  readonly processes: readonly ProcessView[]
}

export interface FileView {
  readonly path: string
  readonly operation: Extract<Part, { type: 'edit' }>['operation'] | 'pin' | 'unpin'
  readonly before?: Hash
  readonly after?: Hash
  readonly to?: string
  readonly added?: number
  readonly removed?: number
  readonly seq: Seq
  readonly at: number
}

export interface FilesView {
  readonly files: readonly FileView[]
  /** Paths that are pinned at the end. */
  readonly pinned: readonly string[]
}

export interface NoteView {
  readonly type: NoteType
  readonly text: string
  readonly links?: readonly string[]
  readonly by: string
  readonly at: number
  readonly seq: Seq
}

export interface NotesView {
  readonly notes: readonly NoteView[]
}

export interface Tally {
  readonly runs: number
  readonly tokens: number
  readonly cost: number
  /** Of the questions, what the provider had in its cache, and what it put there; absent: it told of none. */
  readonly cachedTokens?: number
  readonly writtenTokens?: number
}

export interface MetricsView {
  readonly totalRuns: number
  readonly totalTokens: number
  readonly cost: number
  /** Over finished runs; null while there are none. */
  readonly avgResponseTimeMs: number | null
  /** Of 100 finished runs, 95 took no longer; null while there are none. */
  readonly p95ResponseTimeMs: number | null
  /** Finished as done, of all finished; null while there are none. */
  readonly successRate: number | null
  readonly byAgent: Readonly<Record<string, Tally>>
  readonly byModel: Readonly<Record<string, Tally>>
}

export interface Views {
  readonly history: HistoryView
  readonly agents: AgentsView
  readonly runs: RunsView
  readonly processes: ProcessesView
  readonly files: FilesView
  readonly notes: NotesView
  readonly metrics: MetricsView
}

export interface ViewOptions {
  /** The moment at this seq. */
  readonly until?: Seq
  /** History only: the last so many messages … */
  readonly limit?: number
  /** … with a seq below this. */
  readonly before?: Seq
}

export type ViewName = keyof Views
export type ViewOf<N extends ViewName> = Views[N]
export const viewNames = [
  'history',
  'agents',
  'runs',
  'processes',
  'files',
  'notes',
  'metrics',
] as const satisfies readonly ViewName[]
