// Settings: where each comes from, and what is wrong with a daybook.json.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { type Home, openHome } from './bin.fixture.ts'
import { configKeys } from './config.ts'
import { settingRows } from './settings.ts'

let home: Home
before(() => {
  home = openHome()
})
after(() => home.end())

interface Shown {
  readonly name: string
  readonly value: unknown
  readonly from: string
  readonly by: string
}

async function shown(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const { exit, out } = await home.inside(['config', 'show', '--json', ...args], { env })
  assert.equal(exit, 0)
  const { settings } = JSON.parse(out) as { settings: readonly Shown[] }
  return new Map(settings.map((each) => [each.name, each]))
}

async function check(text: string, ...args: readonly string[]) {
  writeFileSync(home.path('checked.json'), text)
  const { exit, out } = await home.inside(['config', 'check', home.path('checked.json'), '--json', ...args])
  const report = JSON.parse(out) as { ok: boolean; faults: readonly Record<string, unknown>[] }
  return { exit, ...report }
}

test('every setting is shown with where it comes from: flag, environment, configuration, default', async () => {
  const plain = await shown()
  assert.deepEqual(
    [...plain.keys()],
    settingRows.map(({ name }) => name),
  )
  assert.deepEqual([plain.get('port')?.value, plain.get('port')?.from], ['8001', 'default'])
  assert.deepEqual([plain.get('server')?.value, plain.get('config')?.value], [null, null])
  assert.deepEqual([plain.get('store')?.from, plain.get('store')?.by], ['default', 'the data folder'])
  const file = home.path('here/daybook.json')
  writeFileSync(file, '{"store": "mine.db"}')
  const written = await shown()
  assert.deepEqual(written.get('store'), { name: 'store', value: home.path('here/mine.db'), from: 'config', by: file })
  assert.equal(written.get('config')?.value, file)
  const varied = await shown(['--as', 'anna'], { DAYBOOK_STORE: 'memory:', DAYBOOK_PORT: '9000' })
  assert.deepEqual([varied.get('store')?.from, varied.get('store')?.by], ['environment', 'DAYBOOK_STORE'])
  assert.deepEqual([varied.get('port')?.value, varied.get('port')?.by], ['9000', 'DAYBOOK_PORT'])
  assert.deepEqual([varied.get('as')?.value, varied.get('as')?.from], ['anna', 'flag'])
  assert.equal((await shown(['--store', 'x.db'])).get('store')?.by, '--store')
  const { out } = await home.inside(['config', 'show'])
  assert.match(out, /^store +\S+mine\.db +\S+daybook\.json$/m)
})

test('passwords in addresses and what looks like a secret are masked', async () => {
  const { out } = await home.inside(['config', 'show'], {
    env: { DAYBOOK_STORE: 'postgres://anna:hunter2secret@db/x', DAYBOOK_HOST: ['ghp', 'a1B2'.repeat(9)].join('_') },
  })
  assert.doesNotMatch(out, /hunter2secret|a1B2/)
  assert.match(out, /postgres:\/\/.*db\/x/)
})

test('a configuration without a fault ends with 0, one with faults with 2, each at its place', async () => {
  assert.deepEqual(await check('{"store": "x.db"}').then(({ exit, ok, faults }) => [exit, ok, faults]), [0, true, []])
  const bad = await check('{\n  "stroe": "x",\n  "store": 7,\n  "zebra": 1\n}')
  assert.deepEqual([bad.exit, bad.ok], [2, false])
  assert.deepEqual(
    bad.faults.map(({ field, line, column, nearest }) => [field, line, column, nearest]),
    [
      ['stroe', 2, 3, 'store'],
      ['store', 3, 3, undefined],
      ['zebra', 4, 3, undefined],
    ],
  )
  const cut = await check('{\n  "store": "x.db",\n')
  assert.deepEqual([cut.exit, cut.faults[0]?.line, cut.faults[0]?.column], [2, 3, 1])
  assert.equal((await check('[]')).exit, 2)
  assert.deepEqual((await check('{"store": "a", "store": "b"}')).faults[0]?.column, 16)
})

test('what is checked is what counts here, and what is read is refused for the same faults', async () => {
  writeFileSync(home.path('here/daybook.json'), '{"stroe": "x"}')
  const nearest = await home.inside(['config', 'check'])
  assert.deepEqual([nearest.exit, nearest.err], [2, `known keys: ${configKeys.join(', ')}\n`])
  assert.match(nearest.out, /daybook\.json: 1 fault\n {2}line 1, column 2: "stroe" .*nearest: store\n$/)
  for (const args of [['config', 'show'], ['store', 'stats'], []]) {
    const { exit, err } = await home.inside(args)
    assert.equal(exit, 2, args.join(' '))
    assert.match(err, /\ndaybook config check \S+daybook\.json\n$/)
  }
  writeFileSync(home.path('here/daybook.json'), '{}')
  assert.equal((await home.inside(['config', 'check'])).exit, 0)
  assert.equal((await home.inside(['config', 'check', 'none.json'])).exit, 3)
  assert.equal((await home.inside(['config', 'check'], { cwd: '/' })).exit, 0)
})
