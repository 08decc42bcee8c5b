// Where the store is: flag, environment, nearest configuration, the server of this machine, the data folder.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { DaybookError, type ErrorCode, isDaybookError } from '../schema/errors.ts'
import { publishAddress, readAddress } from './address.ts'
import { exits, Refusal } from './exits.ts'
import {
  type Asked,
  atPlace,
  findPlace,
  findStore,
  isThere,
  placeText,
  serveStore,
  storeFile,
  storeUrl,
} from './where.ts'

let folder: string
let asked: Asked
const alive = async (): Promise<boolean> => true
const dead = async (): Promise<boolean> => false

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'daybook-where-'))
  mkdirSync(join(folder, 'a/b/c'), { recursive: true })
  const env = { XDG_STATE_HOME: join(folder, 'state'), XDG_DATA_HOME: join(folder, 'share') }
  asked = { server: undefined, store: undefined, config: undefined, env, cwd: join(folder, 'a/b/c') }
})
afterEach(() => rmSync(folder, { recursive: true }))

function configure(where: string, text: string): void {
  writeFileSync(join(folder, where, 'daybook.json'), text)
}

function publish(store: string): () => void {
  return publishAddress({ url: 'http://127.0.0.1:9', store, pid: process.pid, version: '0' }, asked.env)
}

test('the first that is given wins, each named by where it was read', async () => {
  const found = async (changes: Partial<Asked> = {}, answers = alive) => {
    const { kind, url, by } = await findPlace({ ...asked, ...changes }, answers)
    return [kind, url.replace(folder, ''), by.replace(folder, '')]
  }
  assert.deepEqual(
    await found(),
    ['store', 'sqlite:/share/daybook/daybook.db', 'the data folder'].map((text) =>
      text.replace('sqlite:/', 'sqlite:/'),
    ),
  )
  publish('sqlite:/x.db')
  assert.deepEqual(await found(), ['server', 'http://127.0.0.1:9', 'the server of this machine'])
  assert.deepEqual((await found({}, dead))[0], 'store')
  configure('a', '{"store": "sqlite:./data/x.db"}')
  assert.deepEqual(await found(), ['store', 'sqlite:/a/data/x.db', '/a/daybook.json'])
  configure('a/b', '{"store": "y.db"}')
  assert.deepEqual(await found(), ['store', 'sqlite:/a/b/y.db', '/a/b/daybook.json'])
  const config = { config: join(folder, 'a/daybook.json') }
  assert.deepEqual((await found(config))[1], 'sqlite:/a/data/x.db')
  const env = { ...asked.env, DAYBOOK_STORE: 'memory:' }
  assert.deepEqual(await found({ env }), ['store', 'memory:', 'DAYBOOK_STORE'])
  assert.deepEqual(await found({ env, store: 'z.db' }), ['store', 'sqlite:/a/b/c/z.db', '--store'])
  assert.deepEqual(await found({ env, server: 'localhost:8001' }), ['server', 'http://localhost:8001', '--server'])
})

test('a configured store that the server of this machine keeps is reached through it', async () => {
  configure('a', '{"store": "x.db"}')
  publish(`sqlite:${folder}/a/x.db`)
  assert.equal((await findPlace(asked, alive)).kind, 'server')
  assert.equal((await findPlace(asked, dead)).kind, 'store')
  assert.equal((await findStore(asked, alive)).url, `sqlite:${folder}/a/x.db`)
})

test('what works on the store itself finds it behind the server of this machine, and refuses others', async () => {
  publish('sqlite:/kept.db')
  assert.equal((await findStore(asked, alive)).url, 'sqlite:/kept.db')
  assert.equal((await findStore({ ...asked, server: '127.0.0.1:9' }, alive)).url, 'sqlite:/kept.db')
  await assert.rejects(findStore({ ...asked, server: 'http://elsewhere' }, alive), Refusal)
  assert.equal(serveStore(asked).by, 'the data folder')
})

test('a configuration that is not understood is refused with its file', async () => {
  for (const text of ['', '[]', '{"stroe": "x"}', '{"store": 1}', '{"store": ""}']) {
    configure('a', text)
    await assert.rejects(findPlace(asked, alive), (error) => {
      assert.ok(error instanceof Refusal)
      assert.equal(error.exit, exits.usage)
      assert.ok(error.lines.what.includes(join(folder, 'a/daybook.json')))
      return true
    })
  }
  configure('a', '{}')
  assert.equal((await findPlace(asked, alive)).by, 'the data folder')
  for (const changes of [{ server: 'a', store: 'b' }, { server: 'ftp://x' }, { config: 'none.json' }]) {
    await assert.rejects(findPlace({ ...asked, ...changes }, alive), Refusal)
  }
})

test('one file has one URL, however it is typed', () => {
  for (const text of [
    'x.db',
    './x.db',
    'sqlite:x.db',
    'sqlite:./x.db',
    '/a/x.db',
    'sqlite:/a/x.db',
    'sqlite:///a/x.db',
  ]) {
    assert.equal(storeUrl(text, '/a'), 'sqlite:/a/x.db', text)
  }
  assert.equal(storeUrl('sqlite:x.db?durability=relaxed', '/a'), 'sqlite:/a/x.db?durability=relaxed')
  assert.equal(storeFile('sqlite:/a/x.db?durability=relaxed'), '/a/x.db')
  assert.equal(storeFile('memory:'), null)
})

test('what may not be looked at is no reason to say that nothing is there', () => {
  symlinkSync('loop.db', join(folder, 'loop.db'))
  const there = (name: string): boolean => isThere({ kind: 'store', url: storeUrl(name, folder), by: '--store' })
  assert.deepEqual([there('loop.db'), there('a'), there('none.db'), there('loop.db/x.db')], [true, true, false, true])
})

test('a store that does not open is named, with what to do', () => {
  const hint = (url: string, code: ErrorCode, given?: string): string => {
    const place = { kind: 'store', url, by: '--store' } as const
    const error = atPlace(place, new DaybookError(code, 'why', given === undefined ? {} : { hint: given }))
    assert.ok(isDaybookError(error) && error.message.includes(placeText(place)))
    return error.hint ?? ''
  }
  for (const code of ['unreachable', 'store_readonly', 'damaged'] as const)
    assert.match(hint('sqlite:/a/x.db', code), /--store FILE/)
  assert.match(hint('sqlite:/a/x.db', 'damaged'), /daybook store restore BACKUP --store \/a\/x\.db$/)
  assert.equal(hint('sqlite:/a/x.db', 'store_full'), 'make room: df -h /a')
  assert.equal(hint('postgres://u:p@h/d', 'unreachable'), 'daybook doctor --store postgres://u@h/d')
  assert.equal(hint('sqlite:/a/x.db', 'damaged', 'its own'), 'its own')
})

test('the address is for its owner alone, and only its own server withdraws it', () => {
  const withdraw = publish('sqlite:/x.db')
  assert.equal(statSync(join(folder, 'state/daybook/server.json')).mode & 0o777, 0o600)
  publishAddress({ url: 'http://127.0.0.1:8', store: 'memory:', pid: process.pid + 1, version: '0' }, asked.env)
  withdraw()
  assert.equal(readAddress(asked.env)?.url, 'http://127.0.0.1:8')
  writeFileSync(join(folder, 'state/daybook/server.json'), '{"url":')
  assert.equal(readAddress(asked.env), null)
})
