// The one port through which commands reach sessions: a server, or the engine on a store in this process.

import type { Client, RemoteSession } from '../client/client.ts'
import type { RemoteProcesses } from '../client/processes.ts'
import type { Opening } from '../schema/wire-requests.ts'
import type { SessionShape } from '../schema/wire-shapes.ts'
import type { Runs } from './runs.ts'
import type { Place } from './where.ts'

export type BackendSession = Pick<
  RemoteSession,
  | 'id'
  | 'get'
  | 'entries'
  | 'around'
  | 'stream'
  | 'append'
  | 'update'
  | 'handoff'
  | 'view'
  | 'context'
  | 'follow'
  | 'followDeltas'
  | 'fork'
  | 'rewind'
  | 'archive'
  | 'trash'
  | 'restore'
  | 'delete'
  | 'marks'
  | 'setMarks'
>

/** Speaks the shapes of the wire, so that what is printed never depends on where it came from. */
export interface Backend extends Pick<Client, 'list' | 'all' | 'find' | 'followFeed'>, AsyncDisposable {
  readonly place: Place
  readonly runs: Runs
  /** Processes that live on beside a server; null without one. */
  readonly processes: (() => Promise<RemoteProcesses>) | null
  session(id: string): BackendSession
  /** `agent_id` is who works in it from its beginning. */
  create(fields: Opening): Promise<SessionShape>
  /** The session that a ref belongs to, in whatever place it is; null for none. */
  locate(type: string, value: string): Promise<SessionShape | null>
}
