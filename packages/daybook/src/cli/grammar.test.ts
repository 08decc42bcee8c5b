// The grammar: words become a call of one command, or a refusal that says what to type.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exits, Refusal } from './exits.ts'
import { distance, nearest, parse } from './grammar.ts'
import { commands, everywhere } from './table.ts'

const read = (line: string) => parse(line === '' ? [] : line.split(' '), commands, everywhere)

function refused(line: string): Refusal {
  try {
    read(line)
  } catch (error) {
    assert.ok(error instanceof Refusal)
    assert.equal(error.exit, exits.usage)
    return error
  }
  return assert.fail(`${line} was understood`)
}

test('commands of one and two words, options anywhere, values in both forms', () => {
  const cases: readonly (readonly [string, string, readonly string[], Readonly<Record<string, string | true>>])[] = [
    ['', '', [], {}],
    ['--json', '', [], { json: true }],
    ['show k3f9@7 --files', 'show', ['k3f9@7'], { files: true }],
    ['--store a.db show --until=3 k3f9', 'show', ['k3f9'], { store: 'a.db', until: '3' }],
    ['store verify', 'store verify', [], {}],
    ['store backup x.db -q -y', 'store backup', ['x.db'], { quiet: true, yes: true }],
    ['note k3f9 -- --text', 'note', ['k3f9', '--text'], {}],
    ['import a b c', 'import', ['a', 'b', 'c'], {}],
  ]
  for (const [line, name, args, options] of cases) {
    const { command, call } = read(line)
    assert.deepEqual([command.name, call.args, call.options], [name, args, options], line)
  }
})

test('what is not understood is refused with the nearest thing', () => {
  assert.match(refused('shwo').lines.why ?? '', /show/)
  assert.match(refused('store verfy').lines.why ?? '', /verify/)
  assert.match(refused('show --flies').lines.why ?? '', /--files/)
  for (const line of [
    'store',
    'store show',
    'xyz',
    'show a b',
    'rewind',
    'show --until',
    'show --files=1',
    'fork --port 1',
    'serve x',
  ])
    refused(line)
})

test('help for a word that begins several commands names them', () => {
  assert.deepEqual(
    [read('store --help').noun, read('agent -h').noun, read('show --help').noun],
    ['store', 'agent', undefined],
  )
  refused('store nothing --help')
})

test('help and version are asked for without arguments', () => {
  assert.equal(read('rewind --help').help, true)
  assert.equal(read('--version').version, true)
})

test('near words are found by letters, swapped ones counted once', () => {
  assert.equal(distance('shwo', 'show'), 1)
  assert.equal(distance('', 'abc'), 3)
  assert.equal(distance('kitten', 'sitting'), 3)
  assert.equal(nearest('decison', ['decision', 'idea']), 'decision')
  assert.equal(nearest('zebra', ['decision', 'idea']), undefined)
})

test('no two commands share a name, and options mean the same everywhere', () => {
  assert.equal(new Set(commands.map(({ name }) => name)).size, commands.length)
  const forms = new Map<string, string | undefined>()
  for (const { name, value } of [...everywhere, ...commands.flatMap(({ options }) => options ?? [])]) {
    assert.ok(!forms.has(name) || forms.get(name) === value, name)
    forms.set(name, value)
  }
  for (const command of commands) {
    for (const { name } of command.options ?? []) assert.ok(!everywhere.some((option) => option.name === name), name)
  }
})

test('every command can be loaded', async () => {
  for (const command of commands) assert.equal(typeof (await command.load()).perform, 'function', command.name)
})
