// The file as one scope sees it: reads at once, writes through the lane.

import { DaybookError } from '../../schema/errors.ts'
import { type Cell, emptyCell, type Head } from '../../schema/heads.ts'
import type { SessionId } from '../../schema/ids.ts'
import type { Blobs } from '../blobs.ts'
import { sha256 } from '../hash.ts'
import { unhurried } from '../paging.ts'
import { lasts, refoldFits } from '../shape.ts'
import type { Snapshots } from '../snapshots.ts'
import type {
  Append,
  Cursor,
  Deletion,
  FeedItem,
  KnownKey,
  Lease,
  ListPage,
  Marks,
  Outcome,
  Page,
  Query,
  Range,
  Ref,
  Scope,
  ScopedStore,
} from '../store.ts'
import { blobSize, largestInside, readBlob, writeBeside } from './blobs.ts'
import { scopedFeedPage } from './feed.ts'
import { knownKey } from './keys.ts'
import { listPage } from './list.ts'
import { markOf, noMark, pinnedBy } from './marks.ts'
import type { OpenFile } from './open.ts'
import type { Asker, Op, Result } from './ops.ts'
import { forksOf, locate, readHead, readLog, refsOf, see, seeLiving } from './reader.ts'
import { appendOp, deleteOp } from './shape.ts'
import { latestSnapshot } from './snapshots.ts'

export class SqliteScope implements ScopedStore {
  readonly scope: Scope
  readonly #asker: Asker
  readonly #file: OpenFile

  constructor(file: OpenFile, scope: Scope) {
    this.scope = scope
    this.#asker = { tenant: scope.tenant, subjects: scope.subjects }
    this.#file = file
  }

  append(batch: readonly Append[]): Promise<readonly Outcome[]> {
    const ops = batch.map((append) => appendOp(this.#asker, append))
    return this.#file.push(ops) as Promise<readonly Outcome[]>
  }

  async receipts(session: SessionId, keys: readonly string[]): Promise<readonly (KnownKey | null)[]> {
    return this.#file.read((connection) => {
      const seen = see(connection, this.#asker, session)
      return keys.map((key) => (seen ? knownKey(connection, seen, key) : null))
    })
  }

  async read(session: SessionId, range?: Range) {
    return this.#file.read((connection, forks) => {
      const seen = seeLiving(connection, this.#asker, session)
      return seen ? readLog(connection, forks, seen, range) : []
    })
  }

  async head(session: SessionId): Promise<Head | null> {
    return this.#file.read((connection) => readHead(connection, this.#asker, session))
  }

  async cell(session: SessionId): Promise<Cell | null> {
    return this.#file.read((connection) => {
      const seen = seeLiving(connection, this.#asker, session)
      if (!seen) return null
      const row = connection.sql('SELECT body FROM cells WHERE sid = ?').get(seen.sid)
      return row ? (JSON.parse(String(row.body)) as Cell) : emptyCell
    })
  }

  async list(query?: Query): Promise<ListPage> {
    return this.#file.read((connection) => listPage(connection, this.#asker, query))
  }

  async locate(ref: Ref): Promise<SessionId | null> {
    return this.#file.read((connection) => locate(connection, this.#asker, ref))
  }

  async refs(session: SessionId): Promise<readonly Ref[]> {
    return this.#file.read((connection) => {
      const seen = see(connection, this.#asker, session)
      return seen ? refsOf(connection, seen.sid) : []
    })
  }

  async feed(cursor: Cursor | null, limit?: number): Promise<Page<FeedItem>> {
    return unhurried(this.#file.read((connection) => scopedFeedPage(connection, this.#asker, cursor, limit)))
  }

  async forks(session: SessionId): Promise<readonly SessionId[]> {
    return this.#file.read((connection) => {
      const seen = see(connection, this.#asker, session)
      return seen ? forksOf(connection, this.#asker, seen.sid) : []
    })
  }

  async refold(session: SessionId, at: { seq: number; hash: string }, head: Head, cell: Cell | null): Promise<boolean> {
    const fits = refoldFits(session, at, head)
    const done = await this.#one({
      type: 'refold',
      asker: this.#asker,
      session,
      seq: fits ? at.seq : -1,
      hash: at.hash,
      head,
      cell,
    })
    return done === true
  }

  async delete(session: SessionId, deletion: Deletion): Promise<Outcome> {
    return (await this.#one(deleteOp(this.#asker, session, deletion))) as Outcome
  }

  async acquire(session: SessionId, holder: string, ttl: number): Promise<Lease | null> {
    checkTtl(ttl)
    return (await this.#one({ type: 'acquire', asker: this.#asker, session, holder, ttl })) as Lease | null
  }

  async renew(lease: Lease, ttl: number): Promise<Lease | null> {
    checkTtl(ttl)
    const op: Op = { type: 'renew', asker: this.#asker, session: lease.session, lease, ttl }
    const [renewed] = await this.#file.push([op], true)
    return renewed as Lease | null
  }

  async release(lease: Lease): Promise<void> {
    await this.#one({ type: 'release', asker: this.#asker, session: lease.session, lease })
  }

  get marks(): Marks {
    const asker = this.#asker
    const owns = (subject: string) => asker.subjects === 'all' || asker.subjects.includes(subject)
    return {
      get: async (session, subject) =>
        this.#file.read((connection) => {
          const seen = owns(subject) ? seeLiving(connection, asker, session) : null
          return seen ? markOf(connection, seen.sid, subject) : noMark
        }),
      put: async (session, subject, mark) => {
        const result = owns(subject) ? await this.#one({ type: 'mark', asker, session, subject, mark }) : 'missing'
        if (result === 'missing') throw new DaybookError('not_found', `There is no session ${session}.`)
        return result as Awaited<ReturnType<Marks['put']>>
      },
      pinnedBy: async (session) =>
        this.#file.read((connection) => {
          const seen = seeLiving(connection, asker, session)
          return seen ? pinnedBy(connection, seen.sid) : []
        }),
    }
  }

  get blobs(): Blobs {
    const { tenant } = this.#asker
    return {
      put: (bytes) => this.#putBlob(bytes),
      get: (hash, range) => this.#file.readLater((connection, path) => readBlob(connection, path, tenant, hash, range)),
      size: async (hash) => this.#file.read((connection) => blobSize(connection, tenant, hash)),
    }
  }

  get snapshots(): Snapshots {
    const asker = this.#asker
    return {
      put: async (session, { seq, fold, head, cell }) => {
        await this.#one({ type: 'snapshot', asker, session, seq, fold, refolds: head.refolds ?? 0, head, cell })
      },
      latest: async (session, seq, fold) =>
        this.#file.read((connection) => {
          const seen = seeLiving(connection, asker, session)
          return seen ? latestSnapshot(connection, seen.sid, seq, fold) : null
        }),
      drop: async (session) => {
        await this.#one({ type: 'drop_snapshots', asker, session })
      },
    }
  }

  async #putBlob(bytes: Uint8Array): Promise<string> {
    const hash = sha256(bytes)
    const inside = bytes.byteLength <= largestInside
    for (;;) {
      if (!inside) await this.#file.readLater((_, path) => writeBeside(path, hash, bytes))
      const op: Op = { type: 'blob', asker: this.#asker, hash, size: bytes.byteLength, bytes: inside ? bytes : null }
      if ((await this.#one(op)) === true) return hash
    }
  }

  async #one(op: Op): Promise<Result> {
    const [result] = await this.#file.push([op])
    return result as Result
  }
}

function checkTtl(ttl: number): void {
  if (!lasts(ttl)) {
    throw new DaybookError('invalid', 'A lease lasts more than 0 milliseconds.', { field: 'ttl' })
  }
}
