// The way of a log through its forks: which session holds which part, and how far living forks still read.

import type { Connection } from './connection.ts'

/** A part of a log: entries of session `sid` with seq in (after, until]. */
export interface Segment {
  readonly sid: number
  readonly after: number
  readonly until: number
}

interface Link {
  readonly base: number | null
  readonly baseSeq: number
}

const links = 'SELECT base, base_seq FROM sessions WHERE sid = ?'

/** Links never change while a session number lives, and numbers never come back. */
export class Forks {
  readonly #connection: Connection
  #links = new Map<number, Link>()

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** The parts of the log of `sid` in (after, until], newest first; goes no further down than the range. */
  *segments(sid: number, after: number, until: number): Generator<Segment, void> {
    let high = until
    for (let at: number | null = sid; at !== null && high > after; ) {
      const link = this.#link(at)
      if (high > link.baseSeq) {
        yield { sid: at, after: Math.max(after, link.baseSeq), until: high }
        high = link.baseSeq
      }
      at = link.base
    }
  }

  /** Which session holds entry `seq` of the log of `sid`. */
  holder(sid: number, seq: number): number | null {
    for (const segment of this.segments(sid, seq - 1, seq)) return segment.sid
    return null
  }

  #link(sid: number): Link {
    let link = this.#links.get(sid)
    if (!link) {
      const row = this.#connection.sql(links).get(sid)
      // A session that went meanwhile holds nothing.
      if (!row) return { base: null, baseSeq: Number.MAX_SAFE_INTEGER }
      link = { base: row.base === null ? null : Number(row.base), baseSeq: Number(row.base_seq) }
      if (this.#links.size > 10_000) this.#links = new Map()
      this.#links.set(sid, link)
    }
    return link
  }
}

const reaching = `SELECT max(CASE WHEN gone_at IS NULL THEN base_seq ELSE min(base_seq, reach) END) AS reach
  FROM sessions WHERE base = ?`

/** The highest seq that living forks read through this session, directly or through deleted forks. */
export function reachOf(connection: Connection, sid: number): number {
  return Number(connection.sql(reaching).get(sid)?.reach ?? 0)
}
