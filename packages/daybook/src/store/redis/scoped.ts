// The store in Redis as one scope sees it: questions at once, changes through the lane.

import { DaybookError } from '../../schema/errors.ts'
import { type Cell, emptyCell, type Head } from '../../schema/heads.ts'
import type { SessionId } from '../../schema/ids.ts'
import type { Blobs } from '../blobs.ts'
import { unhurried } from '../paging.ts'
import { type Asker, lasts } from '../shape.ts'
import type { Snapshots } from '../snapshots.ts'
import type {
  Append,
  Cursor,
  Deletion,
  KnownKey,
  Lease,
  Mark,
  Marks,
  Outcome,
  Query,
  Range,
  Ref,
  Scope,
  ScopedStore,
} from '../store.ts'
import { fromText, toText } from '../text.ts'
import { redisBlobs } from './blobs.ts'
import { listPage } from './lists.ts'
import type { OpenRedis } from './open.ts'
import { appendOp, deleteOp, leaseOp, markOp, type Op, outcomeOf, plainOp, refoldOp, snapshotOp } from './ops.ts'
import { feedPage, readLog } from './reading.ts'
import { askerTexts, freeze, headOf, parsed, receiptOf, refOf, refText } from './texts.ts'

const noMark: Mark = Object.freeze({ version: 0 })

export class RedisScope implements ScopedStore {
  readonly scope: Scope
  readonly #asker: Asker
  readonly #open: OpenRedis

  constructor(open: OpenRedis, scope: Scope) {
    this.scope = scope
    this.#asker = { tenant: scope.tenant, subjects: scope.subjects }
    this.#open = open
  }

  async append(batch: readonly Append[]): Promise<readonly Outcome[]> {
    const answers = await this.#open.push(batch.map((append) => appendOp(this.#asker, append)))
    return answers.map(outcomeOf)
  }

  async receipts(session: SessionId, keys: readonly string[]): Promise<readonly (KnownKey | null)[]> {
    const given = [toText(session), String(keys.length), ...keys.map(toText)]
    return (await this.#ask<string[]>('receipts', given)).map(receiptOf)
  }

  async read(session: SessionId, range?: Range) {
    return readLog(this.#open.ready(), this.#asker, session, range)
  }

  async head(session: SessionId): Promise<Head | null> {
    const text = await this.#ask<string | null>('head', [toText(session)])
    return text === null ? null : headOf(text)
  }

  async cell(session: SessionId): Promise<Cell | null> {
    const text = await this.#ask<string | null>('cell', [toText(session)])
    if (text === null) return null
    return text === '' ? emptyCell : parsed<Cell>(text)
  }

  async list(query?: Query) {
    return listPage(this.#open.ready(), this.#asker, query)
  }

  async locate(ref: Ref): Promise<SessionId | null> {
    const id = await this.#ask<string | null>('locate', [refText(ref)])
    return id === null ? null : fromText(id)
  }

  async refs(session: SessionId): Promise<readonly Ref[]> {
    return (await this.#ask<string[]>('refs', [toText(session)])).map(refOf)
  }

  async feed(cursor: Cursor | null, limit?: number) {
    return unhurried(await feedPage(this.#open.ready(), this.#asker, cursor, limit))
  }

  async forks(session: SessionId): Promise<readonly SessionId[]> {
    return (await this.#ask<string[]>('forks', [toText(session)])).map(fromText)
  }

  async refold(session: SessionId, at: { seq: number; hash: string }, head: Head, cell: Cell | null) {
    return (await this.#one(refoldOp(this.#asker, session, at, head, cell))) === '1'
  }

  async delete(session: SessionId, deletion: Deletion): Promise<Outcome> {
    return outcomeOf(await this.#one(deleteOp(this.#asker, session, deletion)))
  }

  async acquire(session: SessionId, holder: string, ttl: number): Promise<Lease | null> {
    checkTtl(ttl)
    const fence = await this.#one(plainOp('acquire', this.#asker, [toText(session), toText(holder), String(ttl)]))
    return fence === '' ? null : Object.freeze({ session, holder, fence: Number(fence), left: ttl })
  }

  async renew(lease: Lease, ttl: number): Promise<Lease | null> {
    checkTtl(ttl)
    const [renewed] = await this.#open.push([leaseOp('renew', this.#asker, lease, ttl)], true)
    const { session, holder, fence } = lease
    return renewed === '1' ? Object.freeze({ session, holder, fence, left: ttl }) : null
  }

  async release(lease: Lease): Promise<void> {
    await this.#one(leaseOp('release', this.#asker, lease))
  }

  get marks(): Marks {
    const asker = this.#asker
    const owns = (subject: string) => asker.subjects === 'all' || asker.subjects.includes(subject)
    return {
      get: async (session, subject) => {
        this.#open.ready()
        const text = owns(subject) ? await this.#ask<string | null>('mark', [toText(session), toText(subject)]) : null
        // Version and pin stand in front, for the function.
        return text === null ? noMark : freeze(parsed<Mark>(text.slice(text.indexOf('{'))))
      },
      put: async (session, subject, mark) => {
        this.#open.ready()
        const stored: Mark = Object.freeze({ ...mark, version: mark.version + 1 })
        const done = owns(subject) ? await this.#one(markOp(asker, session, subject, mark, stored)) : 'missing'
        if (done === 'missing') throw new DaybookError('not_found', `There is no session ${session}.`)
        return done === '1' ? stored : null
      },
      pinnedBy: async (session) => (await this.#ask<string[]>('pinned_by', [toText(session)])).map(fromText).sort(),
    }
  }

  get blobs(): Blobs {
    const open = this.#open
    const link = open.link
    return redisBlobs(
      link,
      open.prefix,
      this.#asker,
      (op) => this.#one(op),
      () => void open.ready(),
    )
  }

  get snapshots(): Snapshots {
    return {
      put: async (session, snapshot) => {
        await this.#one(snapshotOp(this.#asker, session, snapshot))
      },
      latest: async (session, seq, fold) => {
        const given = [toText(session), String(seq), String(fold)]
        const found = await this.#ask<[string, string] | null>('snapshot', given)
        if (found === null) return null
        const [head, cell] = parsed<[Head, Cell]>(found[1])
        return { seq: Number(found[0]), fold, head, cell }
      },
      drop: async (session) => {
        await this.#one(plainOp('drop_snapshots', this.#asker, [toText(session)]))
      },
    }
  }

  #ask<T>(verb: string, given: readonly string[]): Promise<T> {
    try {
      return this.#open.ready().ask<T>([verb, ...askerTexts(this.#asker), ...given])
    } catch (error) {
      return Promise.reject(error)
    }
  }

  async #one(op: Op): Promise<string> {
    const [answer = ''] = await this.#open.push([op])
    return answer
  }
}

function checkTtl(ttl: number): void {
  if (!lasts(ttl)) throw new DaybookError('invalid', 'A lease lasts more than 0 milliseconds.', { field: 'ttl' })
}
