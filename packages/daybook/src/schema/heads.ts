// Heads: the current row of a session, folded from its entries and stored with them in one transaction.

import type { Hash, RunId, Seq, SessionId, Subject } from './ids.ts'
import type { JsonObject } from './json.ts'
import type { Place, Status } from './states.ts'

/** Version of the fold that makes heads. Raise it in the change that alters what a head says; stored heads then refold before use. */
export const foldVersion = 1

/** Labels that sessions are listed by. */
export const facets = ['agent', 'user', 'team', 'workflow', 'branch', 'repository'] as const
export type Facet = (typeof facets)[number]

/** The fields in which labels stand in the data of entries and on the wire. */
export const facetFields = {
  agent: 'agent_id',
  user: 'user_id',
  team: 'team_id',
  workflow: 'workflow_id',
  branch: 'branch',
  repository: 'repository',
} as const satisfies Record<Facet, string>

export interface Attention {
  readonly kind: 'approval' | 'question' | 'failed' | 'blocked' | 'budget'
  /** Milliseconds since 1970. */
  readonly since: number
  readonly run?: RunId
  /** The approval or question that is open. */
  readonly id?: string
  readonly summary: string
}

/** The last thing somebody said or did, in one line of at most 200 characters. */
export interface LastLine {
  readonly text: string
  readonly at: number
  readonly by: string
}

/** A run that has not ended. Those without a parent stand in the order of the queue. */
export interface OpenRun {
  readonly run: RunId
  readonly status: 'queued' | 'running' | 'waiting'
  /** Of its `run.queued`: where its journal begins. */
  readonly seq: Seq
  /** Of the last change while it was queued, where there was one. */
  readonly edited?: Seq
  readonly parent?: RunId
  /** When to look at it (milliseconds since 1970): a queued one not before, a waiting one then; absent while waiting: only when somebody acts. */
  readonly due?: number
}

export interface Base {
  readonly session: SessionId
  readonly seq: Seq
}

export interface Head {
  readonly session: SessionId
  readonly seq: Seq
  readonly hash: Hash
  readonly fold: number
  /**
   * How often what this head was folded from changed without an entry of the session: it was folded again, or a text was
   * erased in it or in its base. Absent: never. Only stores raise it; whoever goes on from an older count gets `conflict`.
   */
  readonly refolds?: number
  /** Name given by a person. */
  readonly name: string | null
  /** First line of the first user message, where no name was given. */
  readonly title: string | null
  readonly place: Place
  readonly status: Status
  /** Oldest first; the head of the list is what the session shows. */
  readonly attention: readonly Attention[]
  readonly last: LastLine | null
  readonly owner: Subject
  readonly readers: readonly Subject[]
  readonly agent: string | null
  readonly user: string | null
  readonly team: string | null
  readonly workflow: string | null
  readonly branch: string | null
  readonly repository: string | null
  readonly currentAgent: string
  /** What a person chose as `provider/model`, in the place of what agents name; absent or null: nothing. */
  readonly model?: string | null
  readonly switches: number
  readonly lastSwitchAt: number | null
  readonly messages: number
  readonly runs: number
  readonly openRuns: readonly OpenRun[]
  readonly tokens: number
  /** US dollars. */
  readonly cost: number
  /** When the scheduler must look at this session (milliseconds since 1970); null: never. */
  readonly due: number | null
  readonly trashedAt: number | null
  /** Where the session was when it went to the trash. */
  readonly trashedFrom: 'open' | 'archived' | null
  readonly createdAt: number
  /** Time of the last entry of any kind. */
  readonly updatedAt: number
  /** Time of the last message, run, hand-off or note; the creation for an empty session. */
  readonly lastActivity: number
  readonly base: Base | null
  /** Seq up to which the latest summary reaches, and the seq of that summary. */
  readonly summary: { readonly seq: Seq; readonly covers: Seq } | null
}

/** The bulky variables of a session, in a row of their own, each at most 64 KiB of JSON text. */
export interface Cell {
  readonly state: JsonObject
  readonly metadata: JsonObject
  readonly agentData: JsonObject
}

const nothing: JsonObject = Object.freeze({})
export const emptyCell: Cell = Object.freeze({ state: nothing, metadata: nothing, agentData: nothing })
