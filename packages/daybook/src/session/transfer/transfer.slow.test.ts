// Exports taken in elsewhere: the same sessions, hash for hash; again and in parts; forks, erasures, blobs; and refusals.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { cases } from '../../cases.fixture.ts'
import { type ErrorCode, isDaybookError } from '../../schema/errors.ts'
import { foldVersion } from '../../schema/heads.ts'
import { memoryStore } from '../../store/memory.ts'
import type { Store } from '../../store/store.ts'
import type { ScopedSessions, Sessions } from '../contract.ts'
import { programs, runProgram } from '../programs.fixture.ts'
import { openSessions } from '../sessions.ts'
import { verifyStore } from '../verify.ts'
import { checkBundle } from './check.ts'

const anna = { tenant: 'acme', subjects: ['user:anna'] } as const
const bob = { tenant: 'acme', subjects: ['user:bob'] } as const
const all = { tenant: 'acme', subjects: 'all' } as const

interface Bench {
  readonly store: Store
  readonly engine: Sessions
  readonly all: ScopedSessions
  readonly anna: ScopedSessions
}

async function bench(): Promise<Bench> {
  const store = memoryStore()
  const engine = await openSessions({ store })
  return { store, engine, all: engine.within(all), anna: engine.within(anna) }
}

async function linesOf(sessions: ScopedSessions, ids?: readonly string[]): Promise<string[]> {
  const lines: string[] = []
  for await (const line of sessions.export(ids)) lines.push(line)
  return lines
}

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines
}

const say = (content: string, total = 5) =>
  ({ kind: 'message', data: { role: 'user', content, usage: { total_tokens: total } } }) as const

async function fails(call: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(
    call,
    (error) => isDaybookError(error) && (error.code === code || assert.equal(error.code, code)),
  )
}

async function same(from: Store, to: Store, id: string): Promise<void> {
  const [a, b] = [from.within(all), to.within(all)]
  assert.deepEqual(await b.read(id), await a.read(id))
  assert.deepEqual(await b.head(id), await a.head(id))
  assert.deepEqual(await b.cell(id), await a.cell(id))
  assert.deepEqual(await b.refs(id), await a.refs(id))
}

async function healthy(store: Store): Promise<void> {
  assert.deepEqual((await verifyStore(store)).findings, [])
}

describe('[B9] an export', () => {
  test('[B6] is taken in elsewhere hash for hash; a second time changes nothing', async () => {
    const [here, there] = [await bench(), await bench()]
    const blob = await here.anna.blobs.put(Buffer.alloc(500_000, 'picture'))
    const session = await here.anna.open({ state: { step: 1 }, metadata: { a: ['\u0000', '\u2028', '\uD800'] } })
    await session.append(say('one'), { refs: [{ type: 'foreign.chat', value: '42' }] })
    await session.append({
      kind: 'message',
      data: { role: 'user', content: 'x\u2028y', parts: [{ type: 'file', blob }] },
    })
    await session.append([say('two'), say('three')])
    await session.erase([2])
    await session.rewind(4)
    await session.addRun({ output: 1 })
    await session.archive()
    const lines = await linesOf(here.anna)
    assert.ok(lines.every((line) => Buffer.byteLength(line) <= 256 * 1024 && !/[\n\r\u2028\u2029]/.test(line)))
    assert.deepEqual((await checkBundle(each(lines))).problems, [])
    const report = await there.all.import(each(lines))
    assert.deepEqual(report, { imported: [session.id], unchanged: [], entries: 11, blobs: 1 })
    await same(here.store, there.store, session.id)
    assert.equal((await there.all.blobs.get(blob))?.length, 500_000)
    const again = await there.all.import(each(lines))
    assert.deepEqual(again, { imported: [], unchanged: [session.id], entries: 0, blobs: 0 })
    await same(here.store, there.store, session.id)
    await healthy(there.store)
  })

  test('of random programs is whole, and imports to a healthy store with the same logs', async () => {
    const run = async (program: Parameters<typeof runProgram>[1]): Promise<void> => {
      const [here, there] = [await bench(), await bench()]
      await runProgram(here.anna, program)
      const lines = await linesOf(here.anna)
      assert.deepEqual((await checkBundle(each(lines))).problems, [])
      const { imported } = await there.all.import(each(lines))
      for (const id of imported) {
        if ((await here.store.within(all).head(id))?.place === 'deleted') continue
        const theirs = await there.store.within(all).read(id)
        assert.deepEqual(theirs, (await here.store.within(all).read(id)).slice(0, theirs.length))
      }
      await healthy(there.store)
      const again = await there.all.import(each(lines))
      assert.deepEqual([again.imported, again.entries], [[], 0])
      const unchanged = await here.all.import(each(lines))
      assert.deepEqual(unchanged.imported, [])
    }
    await fc.assert(fc.asyncProperty(programs(60), run), cases(25))
  })

  test('of long logs imports with snapshots at most 1,024 entries apart, erasures included', async () => {
    const [here, there] = [await bench(), await bench()]
    const session = await here.anna.open()
    for (let index = 0; index < 8; index += 1) {
      await session.append(Array.from({ length: 500 }, (_, at) => say(`m${index} ${at}`)))
    }
    await session.erase([700])
    await session.rewind(3000)
    await session.append(say('end'))
    await there.all.import(here.all.export())
    await same(here.store, there.store, session.id)
    const { snapshots } = there.store.within(all)
    let { seq } = await session.head()
    while (seq > 1024) {
      const snapshot = await snapshots.latest(session.id, seq, foldVersion)
      assert.ok(snapshot && seq - snapshot.seq <= 1024, `${seq}: ${snapshot?.seq}`)
      seq = snapshot.seq - 1
    }
    await healthy(there.store)
  })

  test('of a session that memory should not hold is put aside in a file, which is gone afterwards', async () => {
    const [here, there] = [await bench(), await bench()]
    const session = await here.anna.open()
    for (const letter of 'abcdefghijklmno') await session.append(say(`${letter} \u00e9\u4e16`.repeat(60_000)))
    const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`daybook-import-${process.pid}-`))
    const before = left()
    const lines = await linesOf(here.anna)
    await there.all.import(each(lines))
    await same(here.store, there.store, session.id)
    await fails((await bench()).all.import(each(lines.slice(0, -2))), 'invalid')
    assert.deepEqual(left(), before)
  })

  test('goes on where an earlier one ended, and empties what was erased since', async () => {
    const [here, there] = [await bench(), await bench()]
    const session = await here.anna.open()
    await session.append([say('secret'), say('two')])
    await session.fork({ id: 'fork' })
    const early = await linesOf(here.anna)
    await there.all.import(each(early))
    await session.append(say('three'))
    await session.erase([2])
    const report = await there.all.import(here.all.export())
    assert.deepEqual([report.imported, report.unchanged, report.entries], [[session.id], ['fork'], 2])
    await same(here.store, there.store, session.id)
    await same(here.store, there.store, 'fork')
    assert.deepEqual((await there.all.import(each(early))).imported, [])
    await healthy(there.store)
  })

  test('of a fork alone brings the beginning of its base, also of a deleted one', async () => {
    const [here, there] = [await bench(), await bench()]
    const base = await here.anna.open({ id: 'base' })
    await base.append([say('one'), say('two')])
    const middle = await base.fork({ id: 'middle' })
    await middle.append(say('three'))
    const fork = await middle.fork({ id: 'fork' })
    await fork.append(say('four'))
    await base.append(say('not for the fork'))
    await middle.delete()
    const lines = await linesOf(here.anna, ['fork'])
    assert.deepEqual((await checkBundle(each(lines))).problems, [])
    assert.ok(!lines.some((line) => line.includes('not for the fork')))
    assert.deepEqual((await there.all.import(each(lines))).imported, ['base', 'middle', 'fork'])
    await same(here.store, there.store, 'fork')
    await healthy(there.store)
    // Where the fork is, nobody misses its deleted base.
    assert.deepEqual((await here.all.import(each(lines))).imported, [])
    // The whole base completes the beginning that came with the fork.
    await there.all.import(here.all.export(['base']))
    await same(here.store, there.store, 'base')
    await healthy(there.store)
  })

  test('of named sessions fails for those that are not there', async () => {
    const here = await bench()
    const session = await here.anna.open()
    await fails(linesOf(here.anna, ['nobody']), 'not_found')
    await fails(linesOf(here.engine.within(bob), [session.id]), 'not_found')
    await session.delete()
    await fails(linesOf(here.anna, [session.id]), 'gone')
  })
})

describe('an import', () => {
  test('refuses another history under the same id before it writes', async () => {
    const [here, there] = [await bench(), await bench()]
    await (await here.anna.open({ id: 'x' })).append(say('here'))
    await (await there.anna.open({ id: 'x' })).append([say('there'), say('more')])
    const before = await there.store.within(all).read('x')
    await fails(there.all.import(here.all.export()), 'exists')
    assert.deepEqual(await there.store.within(all).read('x'), before)
    await (await there.anna.get('x')).delete()
    await fails(there.all.import(here.all.export()), 'gone')
  })

  test('takes in sessions of those for whom the scope acts, and of everybody for a whole tenant', async () => {
    const [here, there] = [await bench(), await bench()]
    const session = await here.anna.open()
    const lines = await linesOf(here.anna)
    await fails(there.engine.within(bob).import(each(lines)), 'forbidden')
    assert.equal(await there.store.within(all).head(session.id), null)
    assert.deepEqual((await there.anna.import(each(lines))).imported, [session.id])
    await fails(there.engine.within(bob).import(each(lines)), 'exists')
  })

  test('of a file that was cut writes the whole sessions before the cut, and goes on later', async () => {
    const [here, there] = [await bench(), await bench()]
    for (const id of ['a', 'b']) await (await here.anna.open({ id })).append([say('one'), say('two')])
    const lines = await linesOf(here.anna)
    await fails(there.all.import(each(lines.slice(0, -2))), 'invalid')
    assert.equal((await there.store.within(all).head('a'))?.seq, 3)
    assert.equal(await there.store.within(all).head('b'), null)
    assert.deepEqual((await there.all.import(each(lines))).imported, ['b'])
    await healthy(there.store)
  })

  test('goes on inside a session whose import was cut off', async () => {
    const [here, there] = [await bench(), await bench()]
    const session = await here.anna.open()
    for (let index = 0; index < 3; index += 1) await session.append(Array.from({ length: 400 }, () => say('m')))
    const lines = await linesOf(here.anna)
    const whole = there.store.within(all)
    // What was committed before the cut: the first append of an import.
    const part = JSON.parse(lines[1] ?? '') as { last: number; hash: string }
    const cut = [lines[0], '', ...lines.slice(2, 602)] as string[]
    const last = JSON.parse(cut.at(-1) ?? '') as { hash: string }
    cut[1] = JSON.stringify({ ...part, last: 600, hash: last.hash })
    await there.all.import(each([...cut, '{"type":"end","sessions":1,"entries":600,"blobs":0}']))
    assert.equal((await whole.head(session.id))?.seq, 600)
    assert.equal((await there.all.import(each(lines))).entries, 601)
    await same(here.store, there.store, session.id)
  })

  test('that redacts makes new chains of its own that name the old ones, forks included', async () => {
    const [here, there] = [await bench(), await bench()]
    const secret = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`
    const base = await here.engine.within(anna).open({ id: 'base' })
    const whole = here.store.within(all)
    await base.append([say('one'), say('two')])
    await base.fork({ id: 'fork' })
    const [opened] = await whole.read('base')
    assert.ok(opened)
    // A secret that came into a log before its shape was known.
    const { sha256, link } = await import('../chain.ts')
    const head = await whole.head('base')
    assert.ok(head)
    const body = JSON.stringify({ role: 'user', content: `the token is ${secret}` })
    const envelope = { seq: 4, kind: 'message', v: 1, at: 5, actor: 'user:anna' } as const
    const dataHash = sha256(body)
    const entry = { ...envelope, body, dataHash, hash: link(head.hash, 'base', envelope, dataHash) }
    await whole.append([
      { session: 'base', expect: 3, prev: head.hash, entries: [entry], head: { ...head, seq: 4, hash: entry.hash } },
    ])
    const lines = await linesOf(here.all)
    const asBob = there.engine.within(bob)
    assert.deepEqual((await asBob.import(each(lines), { redact: true })).imported, ['base', 'fork'])
    const theirs = await there.store.within(bob).read('base')
    assert.ok(!theirs.some((one) => one.body?.includes(secret)))
    const { data } = (await (await asBob.get('base')).read({ limit: 1 }))[0] ?? {}
    assert.deepEqual((data as { continues?: unknown }).continues, { hash: entry.hash, seq: 4 })
    assert.equal((await asBob.get('fork').then((fork) => fork.head())).owner, 'user:bob')
    await healthy(there.store)
    const again = await asBob.import(each(lines), { redact: true })
    assert.deepEqual([again.imported, again.unchanged], [[], ['base', 'fork']])
    await fails(there.all.import(each(lines)), 'exists')
  })
})
