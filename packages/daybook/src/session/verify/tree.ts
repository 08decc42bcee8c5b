// How the sessions of a store hang together: where each one's pointer leads, and where forks begin.

import type { Seq, SessionId, Tenant } from '../../schema/ids.ts'
import type { Row } from '../../store/admin.ts'
import type { Store } from '../../store/store.ts'
import type { BasePoint } from './examine.ts'

export async function* rowsOf(store: Store): AsyncGenerator<Row> {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await store.admin.rows(cursor ?? null)
    yield* page.items
    cursor = page.cursor
  }
}

/** Memory grows with the number of forks, not with the number of sessions or entries. */
export class Tree {
  readonly #bases = new Map<string, Row['base']>()
  /** Forks that still wait for the fold of their base. */
  readonly #waiting = new Map<string, Map<Seq, number>>()
  readonly #points = new Map<string, Map<Seq, BasePoint>>()
  readonly #damaged = new Set<string>()

  static async of(store: Store): Promise<Tree> {
    const tree = new Tree()
    const forks: Row[] = []
    for await (const row of rowsOf(store)) {
      if (!row.base) continue
      tree.#bases.set(keyOf(row.tenant, row.session), row.base)
      if (row.head?.place !== 'deleted') forks.push(row)
    }
    for (const row of forks) {
      const base = tree.baseOf(row)
      if (!base) continue
      const seqs = tree.#waiting.get(keyOf(row.tenant, base.session)) ?? new Map<Seq, number>()
      seqs.set(base.seq, (seqs.get(base.seq) ?? 0) + 1)
      tree.#waiting.set(keyOf(row.tenant, base.session), seqs)
    }
    return tree
  }

  /** A fork made in the inherited part of its base belongs to the session that wrote that part. */
  baseOf({ tenant, base }: Row): Row['base'] {
    let at = base
    while (at) {
      const next = this.#bases.get(keyOf(tenant, at.session))
      if (!next || at.seq > next.seq) return at
      at = { session: next.session, seq: at.seq }
    }
    return null
  }

  forkedAt(tenant: Tenant, session: SessionId): ReadonlySet<Seq> {
    return new Set(this.#waiting.get(keyOf(tenant, session))?.keys())
  }

  keep(tenant: Tenant, session: SessionId, points: ReadonlyMap<Seq, BasePoint>, damaged: boolean): void {
    if (points.size > 0) this.#points.set(keyOf(tenant, session), new Map(points))
    if (damaged) this.#damaged.add(keyOf(tenant, session))
  }

  damaged(tenant: Tenant, session: SessionId): boolean {
    return this.#damaged.has(keyOf(tenant, session))
  }

  /** The fold where a fork begins; forgotten once its last fork has asked. */
  take(tenant: Tenant, base: NonNullable<Row['base']>): BasePoint | null {
    const key = keyOf(tenant, base.session)
    const points = this.#points.get(key)
    const point = points?.get(base.seq) ?? null
    const left = this.#waiting.get(key)
    const count = (left?.get(base.seq) ?? 1) - 1
    left?.set(base.seq, count)
    if (count === 0) points?.delete(base.seq)
    return point
  }
}

function keyOf(tenant: Tenant, session: SessionId): string {
  return JSON.stringify([tenant, session])
}
