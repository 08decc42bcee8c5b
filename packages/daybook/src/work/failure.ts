// Why a run fails: an error with one of the closed reasons.

import { isDaybookError } from '../schema/errors.ts'
import type { DataOf } from '../schema/kinds.ts'
import type { runReasons } from '../schema/states.ts'

export type FailureReason = (typeof runReasons.failed)[number]

/** Ends a run as failed with this reason. */
export class RunFailure extends Error {
  override readonly name = 'RunFailure'
  readonly reason: FailureReason
  /** Code of the recorded error; default: the reason. */
  readonly code: string

  constructor(reason: FailureReason, message: string, code: string = reason, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.reason = reason
    this.code = code
  }
}

/** A budget leaves no room: the run waits until it has some, and is not over. */
export class NoRoom extends RunFailure {
  readonly budget: NonNullable<DataOf<'run.waiting'>['budget']>
  /** Milliseconds since 1970, when it begins anew; null: it does not. */
  readonly until: number | null

  constructor(message: string, budget: NoRoom['budget'], until: number | null) {
    super('budget', message)
    this.budget = budget
    this.until = until
  }
}

/** What stands in the log of an error that anything may have thrown. */
export function recordOf(error: unknown): { readonly code: string; readonly message: string } {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof RunFailure || isDaybookError(error)) return { code: error.code, message }
  return { code: 'error', message }
}

export function failureOf(error: unknown): RunFailure {
  if (error instanceof RunFailure) return error
  const { code, message } = recordOf(error)
  return new RunFailure('error', message, code, error)
}
