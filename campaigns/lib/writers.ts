// Concurrent writers over one door: each plans its writes, and tells of every one before it is sent and when it was answered.

import { type Door, performed, Refused } from './doors.ts'
import { type Ack, type Op, Plan } from './ops.ts'
import { Random } from './random.ts'

/** What happened to a write, in the order in which it happened. */
export type Told =
  | { readonly t: 'intent'; readonly op: Op }
  | { readonly t: 'acked'; readonly marker: string; readonly ack: Ack; readonly wal?: WalMark }
  | { readonly t: 'refused'; readonly marker: string; readonly code: string; readonly message: string }
  | { readonly t: 'failed'; readonly marker: string; readonly message: string }

/** How far the write-ahead log was on the disk when a write was acknowledged. */
export interface WalMark {
  /** Salts of the log's header: another log begins with others. Empty when there is no log. */
  readonly salt: string
  readonly end: number
}

export interface Load {
  readonly seed: number
  readonly round: number
  /** Numbers of the writers; unique within the round. */
  readonly writers: readonly number[]
  readonly sessions: readonly string[]
  readonly library: boolean
  readonly largest: number
}

/** Writes until told to stop or until the door is gone. */
export async function writeConcurrently(
  door: Door,
  load: Load,
  tell: (told: Told) => void,
  stopped: () => boolean,
): Promise<void> {
  const lasts = await Promise.all(load.sessions.map((session) => door.last(session)))
  const writer = async (number: number): Promise<void> => {
    const random = Random.of(load.seed, 'writer', load.round, number)
    const plan = new Plan({ ...load, random, writer: number })
    load.sessions.forEach((session, index) => {
      plan.knows(session, lasts[index] ?? 0)
    })
    while (!stopped()) {
      // Now and then several at once, so that folds are chained on what is not durable yet.
      const together = random.chance(0.2) ? random.between(2, 6) : 1
      const goOn = await Promise.all(Array.from({ length: together }, () => oneWrite(door, plan, tell)))
      if (goOn.includes(false)) return
    }
  }
  await Promise.all(load.writers.map(writer))
}

/** False when nothing is known of the outcome: the other side is gone. */
async function oneWrite(door: Door, plan: Plan, tell: (told: Told) => void): Promise<boolean> {
  const op = plan.next()
  tell({ t: 'intent', op })
  try {
    const ack = await performed(door, op)
    tell({ t: 'acked', marker: op.marker, ack })
    plan.saw(op, ack)
    return true
  } catch (error) {
    if (error instanceof Refused) {
      tell({ t: 'refused', marker: op.marker, code: error.code, message: error.message })
      plan.refused(op, error.code)
      return true
    }
    tell({ t: 'failed', marker: op.marker, message: error instanceof Error ? String(error.stack) : String(error) })
    return false
  }
}
