// What was intended, acknowledged and refused, kept by the process that survives; and what may not have been said.

import type { Ack, Op } from './ops.ts'
import type { Told } from './writers.ts'

export interface Line {
  readonly op: Op
  status: 'open' | 'acked' | 'refused'
  ack?: Ack
}

export class Ledger {
  readonly #lines = new Map<string, Line>()
  readonly problems: string[] = []
  /** Failures of calls whose server or process was killed are expected, others are problems. */
  failed: string[] = []

  get lines(): IterableIterator<Line> {
    return this.#lines.values()
  }

  find(marker: string): Line | undefined {
    return this.#lines.get(marker)
  }

  take(told: Told): void {
    if (told.t === 'intent') {
      this.#lines.set(told.op.marker, { op: told.op, status: 'open' })
      return
    }
    const line = this.#lines.get(told.marker)
    if (!line) throw new Error(`an answer to ${told.marker}, which nobody sent`)
    if (told.t === 'failed') {
      this.failed.push(`${told.marker}: ${told.message}`)
      return
    }
    if (told.t === 'acked') {
      line.status = 'acked'
      line.ack = told.ack
      return
    }
    line.status = 'refused'
    if (!mayRefuse(line.op, told.code)) this.problems.push(`${told.marker} (${line.op.act.type}): ${told.message}`)
  }

  /** Keyed writes that nobody answered: a client repeats them. */
  unanswered(): readonly Line[] {
    return [...this.#lines.values()].filter(({ status, op }) => status === 'open' && op.key !== undefined)
  }

  count(status: Line['status']): number {
    let count = 0
    for (const line of this.#lines.values()) if (line.status === status) count += 1
    return count
  }

  /** Another branch of what may have happened: for a copy of the files. */
  clone(): Ledger {
    const copy = new Ledger()
    for (const [marker, line] of this.#lines) copy.#lines.set(marker, { ...line })
    return copy
  }
}

/** The refusals that concurrent writers may cause one another. */
function mayRefuse({ act, session }: Op, code: string): boolean {
  if (code === 'trashed') return true
  if (code === 'conflict') return act.type === 'message' && act.expect !== undefined
  if (code === 'invalid_state') return ['trash', 'restore', 'archive'].includes(act.type)
  // Over HTTP a session in the trash is unknown to what reads it first.
  if (code === 'not_found') return act.type === 'fork' || act.type === 'trash' || (act.type === 'message' && !!act.blob)
  // A session of one writer, which deleted it while others of its writes were on their way.
  return code === 'gone' && session.startsWith('ses_')
}
