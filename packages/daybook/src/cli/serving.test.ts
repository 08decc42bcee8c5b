// The settings of `serve`: what they mean wherever they are given, and how a value that does not fit is refused.
import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { type Home, openHome } from './bin.fixture.ts'
import { parse } from './grammar.ts'
import { servingSettings } from './serving.ts'
import { commands, everywhere } from './table.ts'

let home: Home
before(() => {
  home = openHome()
})
after(() => home.end())

/** What `serve` would be started with. */
function meant(line = '', env: Readonly<Record<string, string>> = {}) {
  const { call } = parse(['serve', ...line.split(' ').filter(Boolean)], commands, everywhere)
  const asked = { server: undefined, store: undefined, config: undefined, env, cwd: home.path('here') }
  return servingSettings(asked, call)
}

test('the rate comes from option, environment, configuration, and is no limit by itself', () => {
  assert.deepEqual(meant().rate, 0)
  writeFileSync(home.path('here/daybook.json'), '{"rate": 7.5}')
  assert.equal(meant().rate, 7.5)
  assert.equal(meant('', { DAYBOOK_RATE: '20' }).rate, 20)
  assert.equal(meant('--rate 0', { DAYBOOK_RATE: '20' }).rate, 0)
  writeFileSync(home.path('here/daybook.json'), '{}')
})

test('a value that does not fit ends with 2 and three lines: its source and value, what it takes, what to type', async () => {
  const bad: readonly (readonly [string, string])[] = [
    ['rate', 'fast'],
    ['rate', '-1'],
    ['rate', '1e3'],
    ['rate', 'NaN'],
    ['rate', '1000001'],
  ]
  for (const [name, value] of bad) {
    const variable = `DAYBOOK_${name.toUpperCase().replaceAll('-', '_')}`
    for (const [by, args, env] of [
      [`--${name}`, [`--${name}=${value}`], {}],
      [variable, [], { [variable]: value }],
    ] as const) {
      const { exit, out, err } = await home.inside(['serve', '--port', '0', '--store', 'x.db', ...args], { env })
      assert.deepEqual([exit, out], [2, ''], `${by} ${value}`)
      const lines = err.trimEnd().split('\n')
      assert.equal(lines.length, 3, err)
      assert.ok(lines[0]?.includes(`${by} cannot be ${value}`), err)
      const [, , next = ''] = lines
      const example = next.replace(/^daybook serve /, '')
      assert.doesNotThrow(() => meant(example), next)
      assert.notDeepEqual(meant(example), meant(), 'what to type is understood')
    }
  }
  assert.equal(existsSync(home.path('here/x.db')), false, 'nothing began')
})

test('a configuration is checked for the same values', async () => {
  for (const text of ['{"rate": "fast"}', '{"rate": -1}', '{"rate": 1e999}']) {
    writeFileSync(home.path('here/daybook.json'), text)
    assert.equal((await home.inside(['config', 'check'])).exit, 2, text)
    assert.equal((await home.inside(['serve', '--port', '0', '--store', 'x.db'])).exit, 2, text)
  }
  writeFileSync(home.path('here/daybook.json'), '{}')
})
