// What the host can do with a process that it holds itself, by pipes or by a terminal.

import type { Look, Screen } from './contract.ts'
import type { Identity } from './proc.ts'
import type { Spool } from './spool.ts'

/** Bytes that wait for a process which does not read. */
export const mostInput = 1 << 20

export interface Attached {
  write(bytes: Uint8Array): Promise<void>
  closeInput(): Promise<void>
  resize(cols: number, rows: number): void
  screen(): Promise<Screen>
  look(reads: boolean): Promise<Look>
}

export interface Spools {
  readonly out: Spool
  readonly err: Spool
}

/** Who is told: of output that is in the spool, and of an exit that is written down. */
export interface Told {
  output(): void
  ended(): void
}

export interface Start {
  readonly identity: Identity
  readonly attached: Attached
}
