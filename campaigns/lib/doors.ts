// The way into a daybook as writers of a campaign see it, and what it says when a write was refused.

import type { Ack, Op } from './ops.ts'

export interface Door {
  /** Seq of the last entry; 0 for a session that is not there. */
  last(session: string): Promise<number>
  /** Fails with {@link Refused} when it was refused for certain, else with whatever happened. */
  perform(op: Op): Promise<Ack>
}

/** The write was answered with an error code: nothing of it is stored. */
export class Refused extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(`${code}: ${message}`)
    this.code = code
  }
}

/** Sends a write, or the same write two times at once. */
export async function performed(door: Door, op: Op): Promise<Ack> {
  if (!op.twice) return door.perform(op)
  const [one, other] = await Promise.allSettled([door.perform(op), door.perform(op)])
  if (one.status === 'rejected') throw one.reason
  if (other.status === 'rejected') throw other.reason
  const { first, last, session } = one.value
  if (first !== other.value.first || last !== other.value.last || session !== other.value.session) {
    throw new Error(`${op.marker} was written two times: ${JSON.stringify([one.value, other.value])}`)
  }
  return one.value
}
