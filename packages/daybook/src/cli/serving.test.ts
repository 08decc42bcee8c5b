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
function meant(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const { call } = parse(['serve', ...args], commands, everywhere)
  const asked = { server: undefined, store: undefined, config: undefined, env, cwd: home.path('here') }
  return servingSettings(asked, call)
}

test('what serve is given means the same from options, environment and configuration', () => {
  const day = 24 * 3_600_000
  assert.deepEqual(meant(), { idleMs: day, rate: 0 })
  const all = { hosts: ['daybook.lan', '[fd00::1]'], origins: ['https://app.example', 'http://[::1]:80'] }
  const expected = { ...all, idleMs: 3 * day, rate: 2.5 }
  const names = { hosts: 'daybook.lan, [fd00::1]', origins: all.origins.join(',') }
  assert.deepEqual(
    meant(['--allow-host', names.hosts, '--allow-origin', names.origins, '--archive-after', '3d', '--rate', '2.5']),
    expected,
  )
  const env = {
    DAYBOOK_ALLOW_HOST: names.hosts,
    DAYBOOK_ALLOW_ORIGIN: names.origins,
    DAYBOOK_ARCHIVE_AFTER: '72h',
    DAYBOOK_RATE: '2.5',
  }
  assert.deepEqual(meant([], env), expected)
  const config = { allow_host: all.hosts, allow_origin: all.origins, archive_after: '72h', rate: 2.5 }
  writeFileSync(home.path('here/daybook.json'), JSON.stringify(config))
  assert.deepEqual(meant(), expected)
  assert.equal(meant(['--archive-after', 'never']).idleMs, null)
  writeFileSync(home.path('here/daybook.json'), '{}')
})

test('the rate comes from option, environment, configuration, and is no limit by itself', () => {
  assert.deepEqual(meant().rate, 0)
  writeFileSync(home.path('here/daybook.json'), '{"rate": 7.5}')
  assert.equal(meant().rate, 7.5)
  assert.equal(meant([], { DAYBOOK_RATE: '20' }).rate, 20)
  assert.equal(meant(['--rate', '0'], { DAYBOOK_RATE: '20' }).rate, 0)
  writeFileSync(home.path('here/daybook.json'), '{}')
})

const elsewhere = ['--port', '0', '--store', 'x.db']

test('a value that does not fit ends with 2 and three lines: its source and value, what it takes, what to type', async () => {
  const bad: readonly (readonly [string, string])[] = [
    ['rate', 'fast'],
    ['rate', '-1'],
    ['rate', '1e3'],
    ['rate', 'NaN'],
    ['rate', '1000001'],
    ['allow-host', 'http://daybook.lan'],
    ['allow-host', 'daybook.lan:80'],
    ['allow-host', 'a.lan,,b.lan'],
    ['allow-host', '*'],
    ['allow-origin', '*'],
    ['allow-origin', 'app.example'],
    ['allow-origin', 'https://app.example/'],
    ['allow-origin', 'https://app.example;https://b.example'],
    ['archive-after', '0s'],
    ['archive-after', '24'],
    ['archive-after', 'soon'],
    ['archive-after', '1000000s'],
  ]
  for (const [name, value] of bad) {
    const variable = `DAYBOOK_${name.toUpperCase().replaceAll('-', '_')}`
    const option = `--${name}`
    const ways = [
      { by: option, args: [[option, value].join('=')], env: {} },
      { by: variable, args: [], env: { [variable]: value } },
    ]
    for (const { by, args, env } of ways) {
      const { exit, out, err } = await home.inside(['serve', ...elsewhere, ...args], { env })
      assert.deepEqual([exit, out], [2, ''], `${by} ${value}`)
      const lines = err.trimEnd().split('\n')
      assert.equal(lines.length, 3, err)
      assert.ok(lines[0]?.includes(`${by} cannot be ${value}`), err)
      const [, , next = ''] = lines
      const example = next.replace(/^daybook serve /, '').split(' ')
      assert.doesNotThrow(() => meant(example), next)
      assert.notDeepEqual(meant(example), meant(), 'what to type is understood')
    }
  }
  assert.equal(existsSync(home.path('here/x.db')), false, 'nothing began')
})

test('a configuration is checked for the same values', async () => {
  const bad = [
    '{"rate": "fast"}',
    '{"rate": -1}',
    '{"rate": 1e999}',
    '{"allow_host": "daybook.lan"}',
    '{"allow_host": ["daybook.lan:80"]}',
    '{"allow_origin": ["*"]}',
    '{"archive_after": 24}',
    '{"archive_after": "soon"}',
  ]
  for (const text of bad) {
    writeFileSync(home.path('here/daybook.json'), text)
    assert.equal((await home.inside(['config', 'check'])).exit, 2, text)
    assert.equal((await home.inside(['serve', ...elsewhere])).exit, 2, text)
  }
  writeFileSync(home.path('here/daybook.json'), '{}')
})
