// What an export consists of: the chosen sessions, and of the others they were forked from as much as they need.

import { DaybookError } from '../../schema/errors.ts'
import type { Head } from '../../schema/heads.ts'
import type { Seq, SessionId } from '../../schema/ids.ts'
import type { ScopedStore } from '../../store/store.ts'
import type { ScopedSessions } from '../contract.ts'
import { segmentsOf } from '../segments.ts'

/** The beginning of a session that is not chosen itself, read through a fork that is. */
export interface Beginning {
  readonly session: SessionId
  readonly until: Seq
  readonly through: SessionId
  readonly neededBy: readonly SessionId[]
}

export interface Plan {
  /** In an order in which every base stands before its forks. */
  readonly blocks: readonly (SessionId | Beginning)[]
  readonly forkedAt: ReadonlyMap<SessionId, ReadonlySet<Seq>>
}

/** Memory grows with the number of sessions. Without `ids`: all that the scope sees, open and archived. */
export async function planExport(
  sessions: ScopedSessions,
  store: ScopedStore,
  ids: readonly SessionId[] | undefined,
): Promise<Plan> {
  const planner = new Planner(store, ids ? [...new Set(ids)] : await allOf(sessions))
  return planner.plan(ids !== undefined)
}

async function allOf(sessions: ScopedSessions): Promise<SessionId[]> {
  const found = new Set<SessionId>()
  for (const place of ['open', 'archived'] as const) {
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await sessions.list({ place, order: 'oldest', limit: 500, ...(cursor ? { cursor } : undefined) })
      for (const { session } of page.items) found.add(session)
      cursor = page.cursor
    }
  }
  return [...found]
}

class Planner {
  readonly #store: ScopedStore
  readonly #chosen: readonly SessionId[]
  readonly #whole: ReadonlySet<SessionId>
  readonly #forkedAt = new Map<SessionId, Set<Seq>>()
  readonly #beginnings = new Map<SessionId, { until: Seq; through: SessionId; neededBy: Set<SessionId> }>()
  /** What each session goes on from. */
  readonly #before = new Map<SessionId, SessionId>()

  constructor(store: ScopedStore, chosen: readonly SessionId[]) {
    this.#store = store
    this.#chosen = chosen
    this.#whole = new Set(chosen)
  }

  async plan(asked: boolean): Promise<Plan> {
    const there: SessionId[] = []
    for (const session of this.#chosen) {
      const head = await this.#store.head(session)
      if (head && head.place !== 'deleted') {
        there.push(session)
        if (head.base) await this.#follow(session, head)
      } else if (asked) {
        const code = head ? 'gone' : 'not_found'
        throw new DaybookError(code, head ? `${session} was deleted` : `no session ${session}`)
      }
    }
    return { blocks: this.#inOrder(there), forkedAt: this.#forkedAt }
  }

  async #follow(session: SessionId, head: Head): Promise<void> {
    const segments = await segmentsOf(this.#store, session, head.seq)
    for (const segment of segments) {
      const { base } = segment
      if (!base) continue
      this.#before.set(segment.session, base.session)
      const seqs = this.#forkedAt.get(base.session) ?? new Set()
      this.#forkedAt.set(base.session, seqs.add(base.seq))
      if (this.#whole.has(base.session)) await this.#checkSame(session, base.session, base.seq, base.hash)
      else this.#need(base.session, base.seq, session)
    }
  }

  #need(base: SessionId, until: Seq, through: SessionId): void {
    const known = this.#beginnings.get(base)
    const neededBy = known?.neededBy ?? new Set()
    neededBy.add(through)
    const reaches = known !== undefined && known.until >= until
    this.#beginnings.set(base, reaches ? { ...known, neededBy } : { until, through, neededBy })
  }

  /** An id that was free again may now name another session than the one that the fork was made from. */
  async #checkSame(session: SessionId, base: SessionId, seq: Seq, hash: string): Promise<void> {
    const [entry] = await this.#store.read(base, { after: seq - 1, until: seq })
    if (entry?.hash === hash) return
    throw new DaybookError('conflict', `${session} was forked from another ${base} than the one there is now`, {
      hint: 'Export the two into files of their own.',
    })
  }

  #inOrder(chosen: readonly SessionId[]): (SessionId | Beginning)[] {
    const blocks: (SessionId | Beginning)[] = []
    const done = new Set<SessionId>()
    for (const session of chosen) {
      const line: SessionId[] = []
      for (let at: SessionId | undefined = session; at !== undefined && !done.has(at); at = this.#before.get(at)) {
        line.push(at)
        done.add(at)
      }
      for (const one of line.reverse()) {
        const beginning = this.#beginnings.get(one)
        blocks.push(beginning ? { session: one, ...beginning, neededBy: [...beginning.neededBy] } : one)
      }
    }
    return blocks
  }
}
