// The bin itself: old versions of node, what it loads, signals that reach the newer node.
import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { until } from '../until.fixture.ts'
import { bin, type Home, openHome } from './bin.fixture.ts'

let home: Home
before(() => {
  home = openHome()
})
after(() => home.end())

const preload = ['--import', pathToFileURL(join(import.meta.dirname, 'preload.fixture.mjs')).href]

test('an old node starts the newer one that npm installed, which gets arguments, streams and signals', async () => {
  const old = { nodeArgs: preload, env: { TEST_PLAY_NODE: '20.20.0' } }
  const { exit, out, err } = await home.daybook(['--version'], old)
  assert.deepEqual([exit, err], [0, ''])
  assert.match(out, /^\d+\.\d+\.\d+\n$/)
  assert.equal((await home.daybook(['nonsense'], old)).exit, 2)
  const server = await home.serve(['--store', 'old.db'], old)
  server.process.kill('SIGTERM')
  assert.equal((await server.ended).exit, 0)
})

test('the newer node ends when the older one that started it is killed', async () => {
  const server = await home.serve(['--store', 'orphan.db'], { nodeArgs: preload, env: { TEST_PLAY_NODE: '20.20.0' } })
  server.process.kill('SIGKILL')
  await server.ended
  const answers = () =>
    fetch(`${server.url}/health`).then(
      () => true,
      () => false,
    )
  await until(async () => !(await answers()), 'the end of the server')
})

test('an old node without a newer one beside the package says one clear thing', async () => {
  mkdirSync(home.path('alone/bin'), { recursive: true })
  const copy = home.path('alone/bin/daybook.mjs')
  copyFileSync(bin, copy)
  const { spawnSync } = await import('node:child_process')
  const env = { ...home.env, TEST_PLAY_NODE: '20.20.0' }
  const alone = spawnSync(process.execPath, [...preload, copy, 'show'], { env, encoding: 'utf8' })
  assert.equal(alone.status, 1)
  assert.match(alone.stderr, /^daybook needs node 26 or newer; .*\n.*\n$/)
  const missing = spawnSync(process.execPath, [copy], { env: home.env, encoding: 'utf8' })
  assert.equal(missing.status, 1)
  assert.match(missing.stderr, /^the program is missing/)
})

test('help and version load neither server nor store nor engine', async () => {
  for (const args of [['--version'], ['--help'], ['show', '--help']]) {
    const { exit, err } = await home.daybook(args, { nodeArgs: preload, env: { TEST_TELL_MODULES: '1' } })
    assert.equal(exit, 0)
    const files = err.split('\n').filter((url) => url.startsWith('file:'))
    assert.ok(files.length > 3)
    const heavy = files.filter((url) => /node_modules|\/(?:store|session|http|client)\//.test(url))
    assert.deepEqual(heavy, [], args.join(' '))
  }
})

/** One server for the tests below. */
let serving: ReturnType<Home['serve']> | undefined
const served = (): ReturnType<Home['serve']> => {
  serving ??= home.serve(['--store', 'told.db'])
  return serving
}

test('a command on a store loads no server, one through a server no store', async () => {
  const told = { nodeArgs: preload, env: { TEST_TELL_MODULES: '1' } }
  const server = await served()
  const through = await home.daybook(['--server', server.url], told)
  assert.equal(through.exit, 0)
  assert.doesNotMatch(through.err, /\/(?:store|session|http)\/[a-z]|node_modules/)
  const local = await home.daybook(['--store', 'told.db'], told)
  assert.equal(local.exit, 0)
  assert.doesNotMatch(local.err, /\/http\/|fastify/)
})

test('the server of this machine is shown among the settings as what it is', async () => {
  const server = await served()
  writeFileSync(home.path('empty.json'), '{}')
  const shown = async (...args: string[]): Promise<Record<string, Record<string, unknown>>> => {
    const { settings } = JSON.parse((await home.inside(['config', 'show', '--json', ...args])).out)
    return Object.fromEntries(settings.map((each: { name: string }) => [each.name, each]))
  }
  const found = await shown('--config', home.path('empty.json'))
  assert.deepEqual([found.server?.value, found.server?.from], [server.url, 'server'])
  assert.deepEqual([found.config?.from, found.config?.by], ['flag', '--config'])
  const through = await shown('--server', server.url)
  assert.deepEqual([through.server?.value, through.server?.from], [server.url, 'flag'])
  assert.deepEqual([through.store?.value, through.store?.from], [home.path('here/told.db'), 'server'])
})
