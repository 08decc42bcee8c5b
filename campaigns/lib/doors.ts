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

/** Sends a write, or the same write two times at once: it counts as answered when one of them is, and both must agree. */
export async function performed(door: Door, op: Op): Promise<Ack> {
  if (!op.twice) return door.perform(op)
  const answers = await Promise.allSettled([door.perform(op), door.perform(op)])
  const acks = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
  const [one, other] = acks
  // One may be refused while the session is in the trash, and the other come after it was taken out.
  if (!one) throw unknownFirst(answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : [])))
  if (other && (one.first !== other.first || one.last !== other.last || one.session !== other.session)) {
    throw new Error(`${op.marker} was written two times: ${JSON.stringify(acks)}`)
  }
  return one
}

/** While the outcome of one is unknown, the refusal of the other says nothing. */
function unknownFirst(reasons: readonly unknown[]): unknown {
  return reasons.find((reason) => !(reason instanceof Refused)) ?? reasons[0]
}
