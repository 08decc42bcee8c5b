// Several servers on one index in PostgreSQL: one feeds it, and nobody shows what is half there.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect } from '../../search-postgres.ts'
import { dropSchema, withClient } from '../../store/postgres/server.fixture.ts'
import { postgresIndex } from '../postgres.ts'
import { contentsOf, found, inSchema, say, scope, server } from './servers.fixture.ts'

test('of three servers one feeds the index, and each finds what any of them wrote', () =>
  inSchema(async (place) => {
    await using one = await server(place, true)
    await using two = await server(place, true)
    await using three = await server(place, true)
    const all = [one, two, three]
    for (const [at, each] of all.entries()) {
      await each.mine.session(`of-${at}`, { opens: true }).append(say(`word number${at}`))
      for (const other of all) assert.equal(await found(other, 'word'), at + 1)
    }
    assert.equal(all.filter((each) => each.taken() > 0).length, 1)
    for (const each of all) while (each.search.lag() !== 0) await each.search.catchUp()
    const [leader] = all.filter((each) => each.taken() > 0)
    await leader?.search.close()
    const others = all.filter((each) => each !== leader)
    await others[0]?.mine.session('later', { opens: true }).append(say('later word'))
    for (const each of others) assert.equal(await found(each, 'later'), 1)
    assert.equal(others.filter((each) => each.taken() > 0).length, 1)
  }))

test('many that open a new index at once make it once', () =>
  inSchema(async ({ url, schema }) => {
    const all = Array.from({ length: 8 }, () => postgresIndex({ connect: () => connect({ url }), schema }))
    const leads = await Promise.all(
      all.map(async (index) => {
        await index.open()
        return index.shared?.leads()
      }),
    )
    assert.equal(leads.filter((each) => each === true).length, 1)
    const again = await Promise.all(all.map((index) => index.shared?.leads()))
    assert.deepEqual(again, leads)
    for (const index of all) await index.close()
  }))

test('one that fails to feed the index lets another do it at once', () =>
  inSchema(async (place) => {
    const silence = 3_600_000
    await using one = await server(place, false, { silence })
    await using two = await server(place, false, { silence })
    await one.mine.session('one', { opens: true }).append(say('a word'))
    one.index.apply = () => Promise.reject(new Error('no room'))
    await assert.rejects(one.search.catchUp(), /no room/)
    assert.equal(await found(two, 'word'), 1)
    assert.equal(await found(one, 'word'), 1)
  }))

test('an index whose tables went is made again while it is asked', () =>
  inSchema(async (place) => {
    await using one = await server(place, false)
    await one.mine.session('one', { opens: true }).append(say('a word'))
    assert.equal(await found(one, 'word'), 1)
    await dropSchema(place.url, `${place.schema}_search`)
    assert.equal(await found(one, 'word'), 1)
  }))

test('another version is made beside, asked when it is complete, and what nobody feeds any more is dropped', () =>
  inSchema(async (place) => {
    await using old = await server(place, false, { version: 'old' })
    await old.mine.session('one', { opens: true }).append(say('a word'))
    assert.equal(await found(old, 'word'), 1)
    const question = {
      scope,
      wanted: { terms: [] },
      filters: { file: 'a.ts' },
      level: 'all',
      now: 0,
      offset: 0,
      limit: 5,
    } as const
    await using next = await server(place, false, { version: 'next' })
    await next.index.open()
    await next.mine.session('one').append({ kind: 'pin', data: { path: 'src/a.ts', on: true } })
    await old.search.catchUp()
    // Not complete: the other one answers.
    assert.equal((await next.index.find({ ...question, wanted: null })).total, 1)
    assert.deepEqual(await contentsOf(next.index), [])
    assert.equal(await found(next, 'word'), 1)
    assert.equal((await contentsOf(next.index)).length, 2)
    await old.search.close()
    const tables = () =>
      withClient(place.url, async (client) => {
        const text = 'SELECT count(*) FROM pg_tables WHERE schemaname = $1'
        return Number((await client.unsafe(text, [`${place.schema}_search`]).values())[0]?.[0])
      })
    assert.equal(await tables(), 5)
    await withClient(place.url, (client) =>
      client.unsafe(
        `UPDATE "${place.schema}_search".versions SET until = now() - interval '2 hours' WHERE version = 'old'`,
      ),
    )
    await using again = await server(place, false, { version: 'next' })
    await next.search.close()
    assert.equal(await found(again, 'word'), 1)
    assert.equal(await tables(), 3)
  }))

test('texts and names that the server refuses are found, and break no part of the feed', () =>
  inSchema(async (place) => {
    await using one = await server(place, false)
    const branch = 'a\u0000b\ud800'
    const session = await one.mine.open({ id: 'one', branch, name: 'before\u0000behind' })
    await session.append([say('left\u0000right \ud800middle\udc00 end'), say("quote'd back\\slash word")])
    await session.append({ kind: 'pin', data: { path: 'src/\u0000odd\ud800.ts', on: true } })
    for (const q of ['left', 'right', 'middle', 'behind', 'word', "quote'd", 'back\\slash']) {
      assert.equal(await found(one, q), 1, q)
    }
    assert.equal((await one.search.find(one.mine, { q: 'word', branch })).total, 1)
    assert.equal((await one.search.find(one.mine, { q: 'word', branch: 'a' })).total, 0)
    assert.equal((await one.search.find(one.mine, { file: 'src/odd.ts' })).total, 1)
  }))

test('phrases are found at any place of a long text, and a text of too many words breaks nothing', () =>
  inSchema(async (place) => {
    await using one = await server(place, false)
    const session = await one.mine.open({ id: 'one' })
    await session.append(say(`${'filler text '.repeat(20_000)} 数据库连接超时 the very end`))
    assert.equal(await found(one, '"very end"'), 1)
    assert.equal(await found(one, '连接超时'), 1)
    assert.equal(await found(one, '"end very"'), 0)
    const words = Array.from(
      { length: 85_000 },
      (_, at) => `w${(at * 2_654_435_761).toString(36).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] ?? '')}`,
    )
    const signs = Array.from({ length: 250_000 }, (_, at) => String.fromCharCode(0x4e00 + ((at * at * 7919) % 20_000)))
    await session.append([say(`zebra ${words.join(' ')}`), say(signs.join('')), say('lion')])
    assert.equal(await found(one, 'zebra'), 1)
    assert.equal(await found(one, 'lion'), 1)
  }))
