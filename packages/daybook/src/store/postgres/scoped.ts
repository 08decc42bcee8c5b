// The store as one scope sees it: reads in statements of their own, appends through the lane.

import { DaybookError } from '../../schema/errors.ts'
import { type Cell, emptyCell, type Head } from '../../schema/heads.ts'
import type { SessionId } from '../../schema/ids.ts'
import type { Blobs } from '../blobs.ts'
import { unhurried } from '../paging.ts'
import { type Asker, lasts, refoldFits } from '../shape.ts'
import type { Snapshots } from '../snapshots.ts'
import type {
  Append,
  Cursor,
  Deletion,
  FeedItem,
  KnownKey,
  Lease,
  ListPage,
  Mark,
  Marks,
  Outcome,
  Page,
  Query,
  Range,
  Ref,
  Scope,
  ScopedStore,
  Snapshot,
} from '../store.ts'
import { blobSize, putBlob, readBlob } from './blobs.ts'
import { feedPage } from './feed.ts'
import { listPage } from './list.ts'
import type { OpenStore } from './open.ts'
import { forksOf, locate, ofLiving, readHead, readLog, receiptsOf, refsOf } from './reader.ts'
import { keysOf } from './session-calls.ts'
import { fromText, toText } from './text.ts'

export const noMark: Mark = Object.freeze({ version: 0 })

export class PostgresScope implements ScopedStore {
  readonly scope: Scope
  readonly #asker: Asker
  readonly #store: OpenStore

  constructor(store: OpenStore, scope: Scope) {
    this.scope = scope
    this.#asker = { tenant: scope.tenant, subjects: scope.subjects }
    this.#store = store
  }

  append(batch: readonly Append[]): Promise<readonly Outcome[]> {
    return this.#store.push(batch.map((append) => ({ asker: this.#asker, append })))
  }

  receipts(session: SessionId, keys: readonly string[]): Promise<readonly (KnownKey | null)[]> {
    const literal = keysOf(keys)
    return this.#store.look(({ asking }) => receiptsOf(asking, this.#asker, session, keys, literal))
  }

  read(session: SessionId, range?: Range) {
    return this.#store.look(({ asking }) => readLog(asking, this.#asker, session, range))
  }

  head(session: SessionId): Promise<Head | null> {
    return this.#store.look(({ asking, heads }) => readHead(asking, heads, this.#asker, session))
  }

  cell(session: SessionId): Promise<Cell | null> {
    return this.#store.look(async ({ asking }) => {
      const rows = await ofLiving(asking, this.#asker, session, 'c.body', 'LEFT JOIN daybook.cells AS c USING (sid)')
      if (!rows) return null
      const [text] = rows[0] ?? []
      return typeof text === 'string' ? (JSON.parse(text) as Cell) : emptyCell
    })
  }

  list(query?: Query): Promise<ListPage> {
    return this.#store.look(({ asking, heads }) => listPage(asking, heads, this.#asker, query))
  }

  locate(ref: Ref): Promise<SessionId | null> {
    return this.#store.look(({ asking }) => locate(asking, this.#asker, ref))
  }

  refs(session: SessionId): Promise<readonly Ref[]> {
    return this.#store.look(({ asking }) => refsOf(asking, this.#asker, session))
  }

  feed(cursor: Cursor | null, limit?: number): Promise<Page<FeedItem>> {
    return this.#store.look(async ({ asking, heads }) =>
      unhurried(await feedPage(asking, heads, this.#asker, cursor, limit)),
    )
  }

  forks(session: SessionId): Promise<readonly SessionId[]> {
    return this.#store.look(({ asking }) => forksOf(asking, this.#asker, session))
  }

  async refold(session: SessionId, at: { seq: number; hash: string }, head: Head, cell: Cell | null): Promise<boolean> {
    return this.#store.look(async ({ calls }) =>
      refoldFits(session, at, head) ? calls.refold(this.#asker, session, at, head, cell) : false,
    )
  }

  async delete(session: SessionId, deletion: Deletion): Promise<Outcome> {
    const outcome = await this.#store.look(({ calls }) => calls.delete(this.#asker, session, deletion))
    if (outcome.ok && !outcome.replayed) this.#store.wrote(this.#asker.tenant, session, outcome.last)
    return outcome
  }

  async acquire(session: SessionId, holder: string, ttl: number): Promise<Lease | null> {
    return this.#lease('acquire', { session, holder, fence: 0, left: 0 }, ttl)
  }

  async renew(lease: Lease, ttl: number): Promise<Lease | null> {
    return this.#lease('renew', lease, ttl)
  }

  async release(lease: Lease): Promise<void> {
    await this.#lease('release', lease, 1)
  }

  async #lease(what: 'acquire' | 'renew' | 'release', lease: Lease, ttl: number): Promise<Lease | null> {
    if (!lasts(ttl)) {
      throw new DaybookError('invalid', 'A lease lasts more than 0 milliseconds.', { field: 'ttl' })
    }
    return this.#store.look(({ calls }) => calls.lease(this.#asker, what, lease, ttl))
  }

  get marks(): Marks {
    const asker = this.#asker
    const owns = (subject: string) => asker.subjects === 'all' || asker.subjects.includes(subject)
    return {
      get: (session, subject) =>
        this.#store.look(async ({ asking }) => {
          const joined = 'LEFT JOIN daybook.marks AS m ON m.sid = s.sid AND m.subject = $3'
          const rows = owns(subject)
            ? await ofLiving(asking, asker, session, 'm.body', joined, [toText(subject)])
            : null
          const [text] = rows?.[0] ?? []
          return typeof text === 'string' ? Object.freeze(JSON.parse(text) as Mark) : noMark
        }),
      put: async (session, subject, mark) => {
        const put = () => this.#store.look(({ calls }) => calls.mark(asker, session, subject, mark))
        const result = owns(subject) ? await put() : 'missing'
        if (result === 'missing') throw new DaybookError('not_found', `There is no session ${session}.`)
        return result
      },
      pinnedBy: (session) =>
        this.#store.look(async ({ asking }) => {
          const joined = 'JOIN daybook.marks AS m ON m.sid = s.sid AND m.pinned IS NOT NULL'
          const rows = await ofLiving(asking, asker, session, 'm.subject', joined)
          return (rows ?? []).map(([subject]) => fromText(String(subject))).sort()
        }),
    }
  }

  get blobs(): Blobs {
    const { tenant } = this.#asker
    return {
      put: (bytes) => this.#store.look(({ asking, now }) => putBlob(asking, tenant, bytes, now())),
      get: (hash, range) => this.#store.look(({ asking }) => readBlob(asking, tenant, hash, range)),
      size: (hash) => this.#store.look(({ asking }) => blobSize(asking, tenant, hash)),
    }
  }

  get snapshots(): Snapshots {
    const asker = this.#asker
    return {
      put: (session, snapshot) => this.#store.look(({ calls }) => calls.snapshot(asker, session, snapshot)),
      latest: (session, seq, fold) =>
        this.#store.look(async ({ asking }) => {
          const joined = `JOIN LATERAL (SELECT x.seq, x.head, x.cell FROM daybook.snapshots AS x WHERE x.sid = s.sid
            AND x.fold = $3 AND x.seq <= $4 ORDER BY x.seq DESC LIMIT 1) AS n ON true`
          const rows = await ofLiving(asking, asker, session, 'n.seq, n.head, n.cell', joined, [fold, seq])
          const row = rows?.[0] as readonly [number, string, string] | undefined
          return row ? snapshotOf(row, fold) : null
        }),
      drop: (session) => this.#store.look(({ calls }) => calls.snapshot(asker, session, null)),
    }
  }
}

function snapshotOf([seq, head, cell]: readonly [number, string, string], fold: number): Snapshot {
  return { seq, fold, head: JSON.parse(head) as Head, cell: JSON.parse(cell) as Cell }
}
