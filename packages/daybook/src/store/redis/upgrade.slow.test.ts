// A newer version lifts what stands in Redis while older servers work on it: what they were told is kept, then all is refused.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { after as afterAll, describe, it } from 'node:test'
import { Redis } from 'ioredis'
import { isDaybookError } from '../../schema/errors.ts'
import { emptyCell } from '../../schema/heads.ts'
import { lastKindNumber } from '../../schema/kinds.ts'
import { until } from '../../until.fixture.ts'
import { after, deleting, opening } from '../conformance/drafts.ts'
import { fails, range, write } from '../conformance/suite.ts'
import { redisStore } from '../redis.ts'
import type { ScopedStore, Store } from '../store.ts'
import { presentFormat } from './format.ts'
import { redisUrl, stopRedis, withoutRedis } from './server.fixture.ts'

const whole = { tenant: 'acme', subjects: 'all' } as const

class Shared implements AsyncDisposable {
  readonly url: string
  readonly prefix: string
  readonly client: Redis
  readonly #stores: Store[] = []

  constructor(url: string, prefix: string) {
    this.url = url
    this.prefix = prefix
    this.client = new Redis(url)
  }

  static async open(name: string): Promise<Shared> {
    return new Shared(await redisUrl(), `upgrade-${process.pid}-${name}:`)
  }

  async older(): Promise<Store> {
    const store = redisStore({ url: this.url, prefix: this.prefix })
    this.#stores.push(store)
    await store.open()
    return store
  }

  /** As the first step of whoever lifts the store, or the first entry of a kind that came later. */
  async say(what: 'format' | 'kinds', number: number): Promise<void> {
    await this.client.hset(`${this.prefix}meta`, what, number)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const store of this.#stores) await store.close()
    const keys = await this.client.keys(`${this.prefix}*`)
    if (keys.length > 0) await this.client.unlink(...keys)
    this.client.disconnect()
  }
}

describe('a store in Redis that a newer version lifts', { skip: withoutRedis() }, () => {
  afterAll(stopRedis)

  it('keeps what older servers were told, and refuses what they still send', async () => {
    await using shared = await Shared.open('appends')
    const older = [await shared.older(), await shared.older()]
    const accepted = range(8).map(() => 0)
    const callers = range(8).map(async (n) => {
      const scope = (older[n % 2] as Store).within(whole)
      try {
        for (let head = await write(scope, opening(`s-${n}`)); ; ) {
          head = await write(scope, after(head))
          accepted[n - 1] = head.seq
        }
      } catch (error) {
        if (isDaybookError(error)) return error.code
        throw error
      }
    })
    await until(() => accepted.every((count) => count >= 20))
    await shared.say('format', presentFormat + 1)
    deepStrictEqual(
      await Promise.all(callers),
      callers.map(() => 'too_new'),
    )
    await fails(() => shared.older(), 'too_new')
    await shared.say('format', presentFormat)
    // As the newer one finds it.
    const found = (await shared.older()).within(whole)
    for (const [index, seq] of accepted.entries()) {
      const entries = await found.read(`s-${index + 1}`, { limit: 1000 })
      strictEqual((await found.head(`s-${index + 1}`))?.seq, seq)
      deepStrictEqual(
        entries.map((entry) => entry.seq),
        range(Math.min(seq, 1000)),
      )
    }
  })

  it('refuses every verb of a server that opened it before, and changes nothing', async () => {
    await using shared = await Shared.open('verbs')
    const store = await shared.older()
    const scope = store.within(whole)
    const head = await write(scope, opening('one'))
    const lease = await scope.acquire('one', 'holder', 60_000)
    ok(lease)
    const verbs: Readonly<Record<string, (scope: ScopedStore) => Promise<unknown>>> = {
      append: () => scope.append([after(head)]),
      delete: () => scope.delete('one', deleting(head)),
      refold: () => scope.refold('one', head, head, null),
      acquire: () => scope.acquire('one', 'other', 1000),
      renew: () => scope.renew(lease, 1000),
      release: () => scope.release(lease),
      mark: () => scope.marks.put('one', 'user:anna', { version: 0, pinned: 1 }),
      snapshot: () => scope.snapshots.put('one', { seq: head.seq, fold: head.fold, head, cell: emptyCell }),
      blob: () => scope.blobs.put(new TextEncoder().encode('new')),
      sweep: () => store.admin.sweep(),
      mend: () => store.admin.mend(),
      read: () => scope.read('one'),
      head: () => scope.head('one'),
      list: () => scope.list(),
      feed: () => store.feed(null),
      due: () => store.due(1),
      leases: () => store.admin.leases(1),
    }
    const content = async () => {
      const keys = (await shared.client.keys(`${shared.prefix}*`)).sort()
      return Promise.all(keys.map(async (key) => [key, await shared.client.dump(key)]))
    }
    await shared.say('format', presentFormat + 1)
    const before = await content()
    for (const verb of Object.values(verbs)) await fails(() => verb(scope), 'too_new')
    deepStrictEqual(await content(), before)
  })

  it('says which kinds it holds, and is left alone by whoever does not know them', async () => {
    await using shared = await Shared.open('kinds')
    const store = await shared.older()
    const head = await write(store.within(whole), opening('one'))
    await write(store.within(whole), after(head, { kinds: ['session.archived'] }))
    ok(Number(await shared.client.hget(`${shared.prefix}meta`, 'kinds')) > 9)
    await shared.say('kinds', lastKindNumber + 1)
    await fails(() => store.within(whole).head('one'), 'too_new')
    await fails(() => shared.older(), 'too_new')
  })
})
