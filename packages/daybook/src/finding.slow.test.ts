// Which index belongs to which store: beside the file, in the same database, or in a file of the user's cache folder.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { indexPathOf, openFinding } from './finding.ts'
import { openSessions } from './session/sessions.ts'
import { memoryStore } from './store/memory.ts'
import { dropSchema, freshSchema, sharedServer, withClient } from './store/postgres/server.fixture.ts'
import { openStore } from './stores.ts'

const env = { HOME: '/home/anna' }
const anna = { tenant: 'acme', subjects: ['user:anna'] }
const say = (content: string) => ({ kind: 'message', data: { role: 'user', content } }) as const

test('a file has its index beside it, and memory has it in memory', () => {
  assert.equal(indexPathOf('sqlite:./a.db?durability=relaxed', env), resolve('a.db-search'))
  assert.equal(indexPathOf('memory:', env), ':memory:')
})

test('the index of a store in Redis has a name of its own for each address, whatever the password', () => {
  const path = indexPathOf('redis://:secret@host:6379/1', env)
  assert.match(path, /^\/home\/anna\/\.cache\/daybook\/search\/[0-9a-f]{32}\.db$/)
  assert.equal(indexPathOf('redis://:other@host:6379/1', env), path)
  assert.equal(indexPathOf('redis://host:6379/1', env), path)
  for (const other of [
    'redis://host:6379/2',
    'redis://host:6379/1?prefix=b',
    'rediss://host:6379/1',
    'redis://b:6379/1',
  ])
    assert.notEqual(indexPathOf(other, env), path, other)
  assert.equal(
    indexPathOf('redis://host', { XDG_CACHE_HOME: '/var/cache/anna' }).startsWith('/var/cache/anna/daybook/search/'),
    true,
  )
})

test('what was read for a store in Redis stays when the process ends, for this user alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'daybook-finding-'))
  try {
    // Where the entries come from makes no difference to where the index is.
    await using store = memoryStore()
    await using sessions = await openSessions({ store })
    const mine = sessions.within(anna)
    await mine.session('one', { opens: true }).append(say('a word'))
    const settings = { env: { XDG_CACHE_HOME: folder } }
    for (const total of [1, 2]) {
      await using search = await openFinding(store, 'redis://:secret@host/0', settings)
      assert.equal((await search.find(mine, { q: 'word' })).total, total)
      await mine.session('one').append(say('another word'))
    }
    const path = indexPathOf('redis://host/0', settings.env)
    assert.ok(existsSync(path))
    assert.equal(statSync(path).mode & 0o077, 0)
    assert.ok(readdirSync(join(folder, 'daybook', 'search')).every((name) => !name.includes('secret')))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('the index of a store in PostgreSQL is in the same database, and a server and a command share it', async () => {
  const { url } = await sharedServer()
  const schema = freshSchema()
  const address = `${url}?schema=${schema}`
  try {
    await using store = await openStore(address)
    await using sessions = await openSessions({ store })
    const mine = sessions.within(anna)
    await mine.session('one', { opens: true }).append(say('a word'))
    await using server = await openFinding(store, address, { follow: true })
    await using command = await openFinding(store, address)
    assert.equal((await server.find(mine, { q: 'word' })).total, 1)
    await mine.session('one').append(say('another word'))
    assert.equal((await command.find(mine, { q: 'word' })).total, 2)
    const rows = await withClient(url, (client) =>
      client.unsafe(`SELECT sum(entries) FROM "${schema}_search".versions`).values(),
    )
    assert.equal(Number(rows[0]?.[0]), 2)
  } finally {
    for (const each of [schema, `${schema}_search`]) await dropSchema(url, each)
  }
})
