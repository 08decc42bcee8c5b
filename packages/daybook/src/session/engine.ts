// What every handle of one engine shares: store, writer, tail, redactor and clock.

import type { Store } from '../store/store.ts'
import type { Tail } from './follow.ts'
import type { Redactor } from './redact.ts'
import type { Writer } from './writer.ts'

export interface Engine {
  readonly store: Store
  readonly writer: Writer
  readonly tail: Tail
  readonly redactor: Redactor
  readonly clock: () => number
  /** Told of what fails behind a commit: its caller was or will be answered as the log says. */
  readonly onError: (error: unknown) => void
  /** Ends followers when the engine closes. */
  readonly closing: AbortSignal
}
