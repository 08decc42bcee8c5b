// Recalling: passages of one session by its own words, the same whatever else the index holds, and nothing that is gone.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { openRecall } from './recalling.ts'
import { openSearch } from './search/search.ts'
import { sqliteIndex } from './search/sqlite.ts'
import { say, tenant, World } from './session/testing.fixture.ts'
import { contextOf, said } from './work/agents/context/context.fixture.ts'

test('what is recalled is of this session alone, active, and the same whatever else is in the index', async () => {
  await using world = await World.open('sqlite')
  const search = openSearch({ store: world.store, index: sqliteIndex({ path: ':memory:' }) })
  const onError = (error: unknown) => void world.errors.push(error)
  const recall = openRecall({ sessions: world.sessions, tenant, search: async () => search, onError })
  const session = await world.runner.open()
  await session.append([say('The warehouse key is the cobalt one.'), say('The warehouse key is the amber one.')])
  await session.rewind(2)
  await session.append(say('Ключ от склада лежит у Анны.'))
  for (let at = 0; at < 60; at += 1)
    await session.append(said(at % 2 ? 'user' : 'assistant', `Filler ${at} ${'and more of it '.repeat(12)}`))
  await session.append(say('Where is the warehouse key?'))
  const first = await contextOf(session, 3000, { recall })
  const recalled = first.parts.filter(({ kind }) => kind === 'recalled')
  deepStrictEqual(
    recalled.map(({ from }) => from),
    [2],
  )
  ok(JSON.stringify(first.messages).includes('cobalt') && !JSON.stringify(first.messages).includes('amber'))
  const other = await world.in(['user:bob']).open()
  for (let at = 0; at < 50; at += 1)
    await other.append(say(`Another warehouse key ${at}, warehouse key, key of the warehouse.`))
  await session.append(say('The warehouse key, again: the warehouse key.'))
  deepStrictEqual(await contextOf(session, 3000, { recall, until: first.seq }), first)
  await session.append(say('Где ключ от склада?'))
  const russian = await contextOf(session, 3000, { recall })
  deepStrictEqual(
    russian.parts.flatMap(({ kind, from }) => (kind === 'recalled' ? [from] : [])),
    [5],
  )
  await search.close()
  const without = await contextOf(session, 3000, { recall: async () => ({ seqs: [], complete: false }) })
  strictEqual(without.parts.find(({ kind }) => kind === 'recalled')?.tokens, 0)
})
