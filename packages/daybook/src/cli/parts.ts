// What the command line is given from above, because only the top floor composes concrete parts.

import type { Scope, Store } from '../store/store.ts'

export interface RunningServer {
  /** Where it answers, with the true port. */
  readonly url: string
  readonly store: Store
  /** Stops taking calls, finishes those that run, closes the store. */
  close(): Promise<void>
}

export const logLevels = ['debug', 'info', 'warn', 'error'] as const

export interface ServeSettings {
  readonly port: number
  readonly host: string
  /** URL of the store. */
  readonly store: string
  readonly log?: (typeof logLevels)[number]
}

/** Loaded only by commands that open a store or start a server. */
export interface Parts {
  /** Whom a command line acts for: the owner of this machine, as behind a server on it. */
  readonly localScope: Scope
  /** The store of a URL, opened. */
  openStore(url: string): Promise<Store>
  /** Whether any process has the store of a URL open, as far as its file tells. */
  isInUse(url: string): Promise<boolean>
  startServer(settings: ServeSettings): Promise<RunningServer>
}
