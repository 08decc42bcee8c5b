// What goes wrong around Redis: lost answers, restarts, full memory, lost functions; said by code, and nothing twice.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Redis } from 'ioredis'
import { isDaybookError } from '../../schema/errors.ts'
import { after, deleting, opening } from '../conformance/drafts.ts'
import { fails, range, until, write } from '../conformance/suite.ts'
import { redisStore } from '../redis.ts'
import type { Store } from '../store.ts'
import { CuttingProxy } from './proxy.fixture.ts'
import { Server, withoutRedis } from './server.fixture.ts'

const who = { tenant: 'acme', subjects: ['user:anna'] } as const
const skip = withoutRedis()

interface Given {
  readonly server: Server
  /** A connection beside the store. */
  readonly raw: Redis
  readonly store: Store
}

/** An open store on a server of its own, by way of `url` when that is given. */
async function onServer(body: (given: Given) => Promise<void>, wait = 5000): Promise<void> {
  const server = await Server.start()
  const raw = new Redis(server.url, { retryStrategy: () => 20 })
  raw.on('error', () => {})
  const store = redisStore({ url: server.url, wait })
  try {
    await store.open()
    await body({ server, raw, store })
  } finally {
    await store.close()
    raw.disconnect()
    await server.stop()
  }
}

describe('Redis fails', { skip }, () => {
  it('after the server wrote and before it was heard: the same group is answered as written, once', () =>
    onServer(async ({ server }) => {
      const proxy = await CuttingProxy.to(server.url)
      const store = redisStore({ url: proxy.url })
      await store.open()
      const scope = store.within(who)
      let head = await write(scope, opening('one'))
      proxy.swallow((request) => request.includes('_change'))
      const cut = async (round: number) => {
        const before = proxy.cuts
        const append = after(head, {
          bodies: [`"${round}"`],
          ...(round % 2 ? {} : { key: { id: `k${round}`, digest: 'd' } }),
        })
        // The connection after the cut one is let through.
        const watch = until(() => {
          if (proxy.cuts > before) proxy.swallow(null)
          return proxy.cuts > before
        })
        const [outcome] = await scope.append([append])
        await watch
        deepStrictEqual(outcome, { ok: true, first: head.seq + 1, last: head.seq + 1, replayed: false })
        head = append.head
        proxy.swallow((request) => request.includes('_change'))
      }
      for (const round of range(25)) await cut(round)
      proxy.swallow(null)
      deepStrictEqual(
        (await scope.read('one', { after: 1 })).map(({ body }) => body),
        range(25).map((round) => `"${round}"`),
      )
      const lease = await scope.acquire('one', 'a', 1000)
      proxy.swallow((request) => request.includes('_change'))
      const marked = scope.marks.put('one', 'user:anna', { version: 0, draft: 'd' })
      await until(() => proxy.cuts === 26)
      proxy.swallow(null)
      strictEqual((await marked)?.version, 1, 'compare-and-set is answered as it was decided')
      ok(lease)
      deepStrictEqual(await store.admin.check(), [])
      await store.close()
      await proxy.close()
    }))

  it('in the middle of many groups: all are there once and in order, whatever connections were cut', () =>
    onServer(async ({ server }) => {
      const proxy = await CuttingProxy.to(server.url)
      const store = redisStore({ url: proxy.url, wait: 20_000 })
      await store.open()
      const scope = store.within(who)
      let written = 0
      await Promise.all(
        range(20).map(async (n) => {
          let head = await write(scope, opening(`s${n}`))
          for (const round of range(40)) {
            head = await write(scope, after(head, { bodies: [`"${round}"`] }))
            written += 1
            if (written % 30 === 0) proxy.cutAll()
          }
        }),
      )
      for (const n of range(20)) {
        const bodies = (await scope.read(`s${n}`, { after: 1 })).map(({ body }) => body)
        deepStrictEqual(
          bodies,
          range(40).map((round) => `"${round}"`),
        )
      }
      deepStrictEqual(await store.admin.check(), [])
      await store.close()
      await proxy.close()
    }))

  it('by a connection that stays open and says nothing: the group is sent again on another, and is there once', () =>
    onServer(async ({ server }) => {
      const proxy = await CuttingProxy.to(server.url)
      const store = redisStore({ url: proxy.url, wait: 4000 })
      await store.open()
      const scope = store.within(who)
      const head = await write(scope, opening('one'))
      proxy.mute()
      const append = after(head)
      const [outcomes, seen] = await Promise.all([scope.append([append]), scope.head('one')])
      deepStrictEqual(outcomes, [{ ok: true, first: 2, last: 2, replayed: false }])
      ok(seen)
      strictEqual((await scope.read('one')).length, 2)
      await store.close()
      await proxy.close()
    }))

  it('by being restarted: writes wait for it, what was acknowledged is there, and it goes on by itself', () =>
    onServer(async ({ server, store }) => {
      const scope = store.within(who)
      let head = await write(scope, opening('one'))
      for (const round of range(3)) {
        await server.kill()
        const append = after(head, { bodies: [`"${round}"`] })
        const writing = scope.append([append])
        const reading = scope.head('one')
        await server.run()
        strictEqual((await writing)[0]?.ok, true)
        ok((await reading)?.seq)
        head = append.head
      }
      strictEqual((await scope.read('one')).length, 4)
    }, 20_000))

  it('by staying away: calls fail with unreachable within the wait, later ones at once, and all recovers', () =>
    onServer(async ({ server, store }) => {
      const scope = store.within(who)
      const head = await write(scope, opening('one'))
      await server.kill()
      await fails(() => scope.append([after(head)]), 'unreachable')
      await fails(() => scope.head('one'), 'unreachable')
      const start = performance.now()
      await Promise.all(range(50).map(() => fails(() => scope.append([after(head)]), 'unreachable')))
      ok(performance.now() - start < 2500, 'nobody waits anew: that would take 5000')
      await server.run()
      for (let seen = false; !seen; ) seen = await scope.head('one').then(Boolean, () => false)
      await write(scope, after(head))
    }, 500))

  it('by losing its functions or its data: functions are loaded again, and an emptied server is an empty store', () =>
    onServer(async ({ raw, store }) => {
      const scope = store.within(who)
      const head = await write(scope, opening('one'))
      await raw.call('FUNCTION', 'FLUSH')
      strictEqual((await scope.head('one'))?.seq, 1)
      await raw.call('FUNCTION', 'FLUSH')
      await write(scope, after(head))
      await raw.flushall()
      strictEqual(await scope.head('one'), null)
      await write(scope, opening('one'))
    }))

  it('by running out of memory: store_full before anything is written; reading, giving back and deleting go on', () =>
    onServer(async ({ raw, store }) => {
      const scope = store.within(who)
      const head = await write(scope, opening('one'))
      const lease = await scope.acquire('one', 'a', 60_000)
      ok(lease)
      await raw.config('SET', 'maxmemory', '1mb')
      await fails(() => scope.append([after(head)]), 'store_full')
      await fails(() => scope.append([opening('two')]), 'store_full')
      await fails(() => scope.blobs.put(new Uint8Array(3_000_000)), 'store_full')
      strictEqual(await scope.head('two'), null)
      strictEqual((await scope.read('one')).length, 1)
      const mixed = await Promise.allSettled([scope.append([after(head)]), scope.release(lease)])
      deepStrictEqual(
        mixed.map(({ status }) => status),
        ['rejected', 'fulfilled'],
      )
      strictEqual((await scope.delete('one', deleting(head))).ok, true)
      await raw.config('SET', 'maxmemory', '0')
      await write(scope, opening('two'))
      deepStrictEqual(await store.admin.check(), [])
    }))

  it('by a disk that takes no more: writes are refused by code, reading goes on', () =>
    onServer(async ({ raw, store }) => {
      const scope = store.within(who)
      const head = await write(scope, opening('one'))
      // A replica is needed that is not there: the server refuses writes as it does with a broken disk.
      await raw.config('SET', 'min-replicas-to-write', '1')
      await fails(() => scope.append([after(head)]), 'store_readonly')
      strictEqual((await scope.head('one'))?.seq, 1)
      await raw.config('SET', 'min-replicas-to-write', '0')
      await write(scope, after(head))
    }))

  it('by something else under the prefix: an error by code that tells nothing of what was written', () =>
    onServer(async ({ raw, store }) => {
      const scope = store.within(who)
      const head = await write(scope, opening('one'))
      await raw.set('daybook:tenants', 'not ours')
      const failed = await scope.append([after(head, { bodies: ['"secret words"'] })]).then(
        () => null,
        (error: unknown) => error,
      )
      ok(isDaybookError(failed))
      strictEqual(failed.code, 'damaged')
      let told = ''
      for (let at: unknown = failed; at instanceof Error; at = at.cause) told += `${at.message} ${JSON.stringify(at)}`
      ok(!told.includes('secret words'), 'no text of anybody is in an error')
    }))
})
