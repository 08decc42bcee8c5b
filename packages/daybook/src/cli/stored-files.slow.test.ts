// The page about stored files is true: whatever a day's work leaves on the disk is named there, and nothing else is.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { localScope, openStore } from '../main.ts'
import { type Home, openHome } from './bin.fixture.ts'

const page = join(import.meta.dirname, '../../../../docs/guide/what-is-stored.md')
const recording = join(import.meta.dirname, '../transcripts/recordings/codex-0.169.0')

/** Names in the first column; an ending after a name stands for that name with it. */
function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/^\| `.*?\|/gm)].flatMap(([cell]) => {
    const [first = '', ...others] = [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '')
    return [first, ...others.filter((name) => name.startsWith('-')).map((ending) => first + ending), ...others]
  })
}

function fits(name: string, file: string): boolean {
  if (name.endsWith('/')) return file.startsWith(name)
  return name.endsWith('…') ? file.startsWith(name.slice(0, -1)) : file === name
}

let home: Home
const seen = new Map<string, number>()
const store = ['--store', 'data/daybook.db']

/** Files in the folders of daybook, each by its name there, with its mode. */
function look(): void {
  for (const folder of [home.path('here/data'), home.path('state/daybook')]) {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const { mode } = statSync(join(folder, name))
      seen.set(name, mode & 0o777)
    }
  }
}

before(async () => {
  home = openHome()
  mkdirSync(home.path('tmp'))
  const env = { TMPDIR: home.path('tmp') }
  const run = async (...args: string[]) => {
    const { exit, err } = await home.daybook([...args, ...store], { env })
    assert.equal(exit, 0, `${args.join(' ')}: ${err}`)
  }
  await cp(recording, home.folder, { recursive: true })
  const server = await home.serve(store, { env })
  await run('adopt', '--yes')
  await run('find', 'token')
  await run('skill', 'add', 'weather', 'What the weather is.')
  mkdirSync(home.path('here/data/agents'))
  writeFileSync(home.path('here/data/agents/poet.yaml'), 'extends: ask\n')
  await run('start', 'bash', 'true')
  await run()
  {
    await using opened = await openStore(`sqlite:${home.path('here/data/daybook.db')}`)
    await opened.within(localScope).blobs.put(randomBytes(2 * 1024 * 1024))
  }
  look()
  server.process.kill('SIGTERM')
  await server.ended
  await run('store', 'backup', home.path('b.db'))
  await run('store', 'restore', home.path('b.db'), '--yes')
  look()
})
after(() => home.end())

test('every file that is left is named by the page, and those that it names are left', () => {
  const names = namesIn(readFileSync(page, 'utf8'))
  const files = [...seen.keys()]
  for (const file of files) {
    const named = names.some((name) => fits(name, file) || name === `${file}/`)
    assert.ok(named, `${file} is not on the page`)
  }
  // The index of a store in Redis is of network-stores.slow.test.ts, where one is searched.
  const elsewhere = ['compile/', 'search/', 'daybook.json', 'programs.json', 'secrets.env']
  for (const name of names.filter((name) => /^[a-z]/.test(name) && !elsewhere.includes(name))) {
    assert.ok(
      files.some((file) => fits(name, file)),
      `${name} was never there`,
    )
  }
  assert.ok(names.length > 10)
})

test('files and folders of the log are for the account alone, and nothing stays in the folder for temporary files', () => {
  const own = [...seen].filter(([file]) => !/^(?:skills|agents)(?:\/|$)/.test(file))
  for (const [file, mode] of own) assert.equal(mode & 0o077, 0, `${file} is ${mode.toString(8)}`)
  assert.deepEqual(readdirSync(home.path('tmp')), [])
})
