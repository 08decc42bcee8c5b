// Copying stores: random programs arrive whole in the other engine, cut off and run again, and what differs is refused.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { cases } from '../../cases.fixture.ts'
import { isDaybookError } from '../../schema/errors.ts'
import { memoryStore } from '../../store/memory.ts'
import { sqliteStore } from '../../store/sqlite.ts'
import type { Store } from '../../store/store.ts'
import { headsOf } from '../pages.ts'
import { programs, runProgram, type Step } from '../programs.fixture.ts'
import { openSessions } from '../sessions.ts'
import { rowsOf } from '../verify/tree.ts'
import { verifyStore } from '../verify.ts'
import { copyStore } from './copy.ts'

const tenant = 'acme'
const anna = 'user:anna'
const scope = { tenant, subjects: [anna] } as const
const all = { tenant, subjects: 'all' } as const

async function run(store: Store, program: readonly Step[]): Promise<void> {
  const engine = await openSessions({ store })
  await runProgram(engine.within(scope), program)
  await engine.close()
}

/** What a store says to whoever asks it: each living session, in the order of lists. */
async function toldBy(store: Store): Promise<unknown> {
  const scoped = store.within(all)
  const told: unknown[] = []
  for (const place of ['open', 'archived', 'trash'] as const) {
    for await (const { refolds: _, ...head } of headsOf(scoped, { place })) {
      const { session } = head
      // How often it was written is counted by each store.
      const { version: __, ...mark } = await scoped.marks.get(session, anna)
      const refs = (await scoped.refs(session)).map(({ type, value }) => `${type} ${value}`).sort()
      told.push([head, await scoped.read(session), await scoped.cell(session), refs, mark, await scoped.forks(session)])
    }
  }
  return told
}

async function same(from: Store, to: Store): Promise<void> {
  assert.deepEqual(await toldBy(to), await toldBy(from))
  assert.deepEqual((await verifyStore(to)).findings, [])
}

async function withStores(body: (memory: () => Store, file: () => Store) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-copy-'))
  const opened: Store[] = []
  const kept = (store: Store): Store => {
    opened.push(store)
    return store
  }
  try {
    await body(
      () => kept(memoryStore()),
      () => kept(sqliteStore({ path: join(folder, `${opened.length}.db`), durability: 'relaxed' })),
    )
  } finally {
    for (const store of opened) await store.close()
    rmSync(folder, { recursive: true })
  }
}

async function opened(store: Store): Promise<Store> {
  await store.open()
  return store
}

test('random programs are the same in the other store, again when copied back, and a second copy writes nothing', async () => {
  const there = (program: readonly Step[]): Promise<void> =>
    withStores(async (memory, file) => {
      const [from, to, back] = [await opened(memory()), await opened(file()), await opened(memory())]
      await run(from, program)
      await copyStore(from, to)
      await same(from, to)
      await copyStore(to, back)
      await same(from, back)
      assert.deepEqual((await copyStore(from, to)).written, { entries: 0, blobs: 0, marks: 0 })
    })
  await fc.assert(fc.asyncProperty(programs(40), there), cases(15))
})

test('a copy takes what came since the last one, erasures and deletions too', async () => {
  const there = (first: readonly Step[], then: readonly Step[]): Promise<void> =>
    withStores(async (memory) => {
      const [from, to] = [await opened(memory()), await opened(memory())]
      await run(from, first)
      await copyStore(from, to)
      const engine = await openSessions({ store: from })
      await runProgram(engine.within(scope), then)
      const sessions = engine.within(scope)
      for await (const { session, seq } of headsOf(from.within(scope), {})) {
        if (seq > 2) await sessions.session(session).erase([seq]).catch(refusedErasure)
      }
      await engine.close()
      await copyStore(from, to)
      await same(from, to)
    })
  await fc.assert(fc.asyncProperty(programs(30), programs(30), there), cases(25))
})

test('an erasure that counts in forks as well does not hold up what is copied with it', async () => {
  await withStores(async (memory) => {
    const [from, to] = [await opened(memory()), await opened(memory())]
    const engine = await openSessions({ store: from })
    const sessions = engine.within(scope)
    const base = await sessions.open()
    await base.append({ kind: 'message', data: { role: 'user', content: 'a secret' } })
    const fork = await base.fork()
    await fork.update({ state: { key: 'another' } })
    await base.fork()
    await base.erase([2])
    await fork.erase([4])
    await engine.close()
    await copyStore(from, to)
    await same(from, to)
  })
})

test('a fork of a deleted fork is among the forks of the nearest session that is still there', async () => {
  await withStores(async (memory) => {
    const [from, to] = [await opened(memory()), await opened(memory())]
    const engine = await openSessions({ store: from })
    const first = await engine.within(scope).open()
    const second = await first.fork({ at: 1 })
    const third = await second.fork({ at: 1 })
    const reads = [await third.fork({ at: 1 }), await third.fork()]
    await first.delete()
    await third.delete()
    await engine.close()
    await copyStore(from, to)
    const ids = reads.map(({ id }) => id)
    assert.deepEqual(await to.within(all).forks(second.id), ids)
    await same(from, to)
  })
})

test('an erasure in a deleted session counts in the forks made before it, whichever of them is copied first', async () => {
  await withStores(async (memory) => {
    const [from, to] = [await opened(memory()), await opened(memory())]
    const engine = await openSessions({ store: from })
    const base = await engine.within(scope).open()
    await base.append({ kind: 'message', data: { role: 'user', content: 'a secret' } })
    await base.erase([2])
    const before = await base.fork({ at: 2 })
    const behind = await base.fork({ at: 3 })
    await base.delete()
    await before.update({ state: { key: 'one' } })
    await behind.update({ state: { key: 'two' } })
    await engine.close()
    await copyStore(from, to)
    await same(from, to)
  })
})

test('a fork that was made since the last copy, of what another inherited from a deleted session, finds it', async () => {
  await withStores(async (memory) => {
    const [from, to] = [await opened(memory()), await opened(memory())]
    const engine = await openSessions({ store: from })
    const base = await engine.within(scope).open()
    const fork = await base.fork()
    await base.delete()
    await copyStore(from, to)
    await fork.fork({ at: 1 })
    await engine.close()
    await copyStore(from, to)
    await same(from, to)
  })
})

test('an erasure since the last copy counts in forks also where the session that was erased in is deleted by now', async () => {
  await withStores(async (memory) => {
    const [from, to] = [await opened(memory()), await opened(memory())]
    const engine = await openSessions({ store: from })
    const sessions = engine.within(scope)
    const base = await sessions.open()
    for (const content of ['a secret', 'another'])
      await base.append({ kind: 'message', data: { role: 'user', content } })
    const fork = await base.fork()
    const behind = await fork.fork()
    await copyStore(from, to)
    await base.erase([2])
    await base.erase([3])
    await base.trash()
    await base.delete()
    await fork.delete()
    await engine.close()
    await copyStore(from, to)
    const read = await to.within(all).read(behind.id)
    assert.deepEqual(
      read.slice(1, 3).map(({ body }) => body),
      [null, null],
    )
    await same(from, to)
  })
})

test('a session that was taken out of the trash and put there again since the last copy is in the trash', async () => {
  await withStores(async (memory) => {
    const [from, to] = [await opened(memory()), await opened(memory())]
    const engine = await openSessions({ store: from })
    const [session, keyed] = [await engine.within(scope).open(), await engine.within(scope).open()]
    for (const each of [session, keyed]) await each.trash()
    await copyStore(from, to)
    for (const key of [null, 'again']) {
      const each = key ? keyed : session
      await each.restore()
      await each.trash(key ? { key } : {})
    }
    await engine.close()
    await copyStore(from, to)
    await same(from, to)
  })
})

test('a name that was given to another session since the last copy, for its own was deleted, is that of the other', async () => {
  await withStores(async (memory) => {
    const [from, to] = [await opened(memory()), await opened(memory())]
    const engine = await openSessions({ store: from })
    const ref = { type: 'run', value: 'r' }
    const first = await engine.within(scope).open({ refs: [ref] })
    await copyStore(from, to)
    await first.delete()
    const second = await engine.within(scope).open({ refs: [ref] })
    await engine.close()
    await copyStore(from, to)
    assert.equal(await to.within(all).locate(ref), second.id)
    await same(from, to)
  })
})

/** An opening, an erasure and what another session wrote cannot be erased. */
function refusedErasure(error: unknown): void {
  if (!isDaybookError(error) || error.code !== 'invalid') throw error
}

test('a copy that is cut off at any page goes on where it was', async () => {
  await withStores(async (memory) => {
    const from = await opened(memory())
    const engine = await openSessions({ store: from })
    const sessions = engine.within(scope)
    const made = await Promise.all(Array.from({ length: 7 }, () => sessions.open()))
    for (let i = 0; i < 500; i += 1) {
      const entry = { kind: 'message', data: { role: 'user', content: `text ${i}` } } as const
      await Promise.all(made.map((session) => session.append(entry)))
    }
    await engine.close()
    const to = await opened(memory())
    let cuts = 0
    for (let pages = 1; ; pages += 1) {
      const cut = new AbortController()
      let left = pages
      const onProgress = (): void => {
        if (--left === 0) cut.abort()
      }
      const report = await copyStore(from, to, { signal: cut.signal, onProgress }).catch((error: unknown) => {
        assert.equal(cut.signal.aborted, true, String(error))
        return null
      })
      if (report && !cut.signal.aborted) break
      cuts += 1
    }
    assert.ok(cuts >= 3)
    await same(from, to)
  })
})

test('keys answer in the copy as they did in the source', async () => {
  await withStores(async (memory, file) => {
    const [from, to] = [await opened(file()), await opened(memory())]
    const engine = await openSessions({ store: from })
    const session = await engine.within(scope).open()
    const entries = Array.from({ length: 400 }, (_, i) => ({
      kind: 'message' as const,
      data: { role: 'user' as const, content: `text ${i}` },
    }))
    for (const key of ['one', 'two', 'three']) await session.append(entries, { key })
    const receipt = await session.append(entries, { key: 'two' })
    await engine.close()
    await copyStore(from, to)
    const moved = await openSessions({ store: to })
    const again = await moved.within(scope).session(session.id).append(entries, { key: 'two' })
    await moved.close()
    assert.deepEqual([again.first, again.last, again.replayed], [receipt.first, receipt.last, true])
    await same(from, to)
  })
})

test('marks, names and cached folds are copied', async () => {
  await withStores(async (memory) => {
    const [from, to] = [await opened(memory()), await opened(memory())]
    const engine = await openSessions({ store: from })
    const session = await engine.within(scope).open({ branch: 'main' })
    for (let i = 0; i < 5; i += 1) {
      const entry = { kind: 'message' as const, data: { role: 'user' as const, content: 'text' } }
      await session.append(Array.from({ length: 500 }, () => entry))
    }
    await engine.close()
    const scoped = from.within(all)
    await scoped.marks.put(session.id, anna, { version: 0, seen: 3, draft: 'half', pinned: 12 })
    assert.equal((await copyStore(from, to)).written.marks, 1)
    await same(from, to)
    const { seq } = (await scoped.snapshots.latest(session.id, 9_999, 1)) ?? { seq: 0 }
    assert.ok(seq > 0)
    assert.equal((await to.within(all).snapshots.latest(session.id, 9_999, 1))?.seq, seq)
  })
})

test('a session that went on by itself in the destination is refused, and nothing of it is changed', async () => {
  await withStores(async (memory) => {
    const [from, to] = [await opened(memory()), await opened(memory())]
    await run(from, [])
    await copyStore(from, to)
    const [row] = await Array.fromAsync(rowsOf(from))
    for (const [store, content] of [
      [from, 'here'],
      [to, 'there'],
    ] as const) {
      const engine = await openSessions({ store })
      await engine
        .within(scope)
        .session(row?.session ?? '')
        .append({ kind: 'message', data: { role: 'user', content } })
      await engine.close()
    }
    const before = await toldBy(to)
    await assert.rejects(copyStore(from, to), { code: 'conflict' })
    assert.deepEqual(await toldBy(to), before)
  })
})
