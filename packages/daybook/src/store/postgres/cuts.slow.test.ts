// A commit whose answer is lost: what was done is found, and nothing is done twice.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { until } from '../../until.fixture.ts'
import { after, deleting, key, opening } from '../conformance/drafts.ts'
import { anna, range, seqs } from '../conformance/suite.ts'
import { postgresStore } from '../postgres.ts'
import type { Append, ScopedStore, Store } from '../store.ts'
import { Network } from './network.fixture.ts'
import { dropSchema, freshSchema, sharedServer } from './server.fixture.ts'

async function behindProxy(
  body: (scope: ScopedStore, proxy: Network, store: Store) => Promise<void>,
  wait = 5000,
): Promise<void> {
  const { url } = await sharedServer()
  const schema = freshSchema()
  const proxy = await Network.before(url)
  try {
    await using store = postgresStore({ url: proxy.url, schema, wait })
    await store.open()
    await body(store.within({ tenant: 'acme', subjects: [anna] }), proxy, store)
  } finally {
    await proxy.close()
    await dropSchema(url, schema)
  }
}

async function told(scope: ScopedStore, append: Append) {
  const [outcome] = await scope.append([append])
  return outcome
}

describe('a connection that is cut before the answer comes', () => {
  it('leaves an append written once, keyed or not, alone or in a batch, and its answer is the first one', () =>
    behindProxy(async (scope, proxy, store) => {
      let { head } = opening('one')
      await scope.append([opening('one')])
      for (const n of range(20)) {
        const append = after(head, { bodies: [`"cut ${n};"`], ...(n % 2 ? { key: key(`k${n}`) } : {}) })
        const batch = n % 5 ? [append] : [append, after(append.head, { bodies: ['"behind"'] })]
        proxy.arm(`cut ${n};`)
        const outcomes = await scope.append(batch)
        ok(outcomes.every((outcome) => outcome.ok && !outcome.replayed))
        head = batch.at(-1)?.head ?? head
      }
      strictEqual(proxy.cuts, 20)
      deepStrictEqual(seqs(await scope.read('one')), range(head.seq))
      deepStrictEqual(await scope.head('one'), head)
      strictEqual((await store.feed(null)).items.length, head.seq)
    }))

  it('tells the refusals of a batch as they were decided, though the store went on', () =>
    behindProxy(async (scope, proxy) => {
      const open = opening('one', { bodies: ['"cut me"'], acquire: { holder: 'a', ttl: 60_000 } })
      proxy.arm('cut me')
      const outcomes = await scope.append([open, open, after({ ...open.head, seq: 7 })])
      deepStrictEqual(
        outcomes.map((outcome) => (outcome.ok ? `fence ${outcome.fence}` : `${outcome.code} ${outcome.seq}`)),
        [`fence ${outcomes[0]?.ok ? outcomes[0].fence : ''}`, 'exists 1', 'conflict 1'],
      )
      strictEqual(proxy.cuts, 1)
    }))

  it('takes a lease once, moves a mark once, deletes once', () =>
    behindProxy(async (scope, proxy) => {
      const { head } = opening('one')
      await scope.append([opening('one')])
      proxy.arm('holder-1')
      const lease = await scope.acquire('one', 'holder-1', 60_000)
      ok(lease)
      proxy.arm('holder-1')
      strictEqual((await scope.renew(lease, 60_000))?.fence, lease.fence)
      proxy.arm('holder-1')
      await scope.release(lease)
      strictEqual((await scope.acquire('one', 'holder-2', 1))?.fence, lease.fence + 2)
      proxy.arm('a draft')
      strictEqual((await scope.marks.put('one', anna, { version: 0, draft: 'a draft' }))?.version, 1)
      const lost = await scope.acquire('one', 'holder-2', 1)
      if (lost) await scope.release(lost)
      proxy.arm('session.deleted')
      const deletion = deleting(head)
      proxy.arm(deletion.entry.hash)
      deepStrictEqual(await scope.delete('one', deletion), { ok: true, first: 2, last: 2, replayed: false })
      strictEqual(proxy.cuts, 5)
    }))

  it('is found out by a bound queue and typed errors where nothing comes back at all, and everything goes on after', () =>
    behindProxy(async (scope, proxy) => {
      await scope.append([opening('one')])
      proxy.open = false
      proxy.cut()
      const codes = await Promise.all(
        [
          scope.append([after(opening('one').head)]),
          scope.read('one'),
          scope.acquire('one', 'a', 1000),
          scope.list({ text: 'x' }),
        ].map((call) =>
          (call as Promise<unknown>).then(
            () => 'answered',
            (error: { code?: string }) => error.code,
          ),
        ),
      )
      deepStrictEqual(codes, ['unreachable', 'unreachable', 'unreachable', 'unreachable'])
      proxy.open = true
      strictEqual((await told(scope, after(opening('one').head)))?.ok, true)
      deepStrictEqual(seqs(await scope.read('one')), [1, 2])
    }, 400))

  it('is not noticed by who follows: hints of the others are heard again', () =>
    behindProxy(async (scope, proxy, store) => {
      const { url } = await sharedServer()
      const { pathname } = new URL(proxy.url)
      ok(pathname)
      const heard: number[] = []
      const stop = store.bus.subscribe('hint', (hint) => heard.push((hint as { seq: number }).seq))
      await scope.append([opening('one')])
      proxy.cut()
      const { location } = await store.admin.stats()
      const schema = new URL(location).searchParams.get('schema') ?? ''
      await using other = postgresStore({ url, schema })
      await other.open()
      const before = heard.length
      await other.within({ tenant: 'acme', subjects: 'all' }).append([after(opening('one').head)])
      await until(() => heard.length > before, 'the hint of the other server')
      stop()
    }))
})
