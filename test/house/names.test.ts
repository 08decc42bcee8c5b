// Our own names keep to VOCABULARY.md.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { root } from '../../scripts/lib/files.ts'
import { namesOf } from './names.ts'
import { allSources, type Source, source } from './sources.ts'
import { readVocabulary, refusedIn, words } from './vocabulary.ts'

const vocabulary = readVocabulary(readFileSync(join(root, 'VOCABULARY.md'), 'utf8'))

function nameFaults(one: Source): string[] {
  const faults = namesOf(one).flatMap(({ name, what }) => {
    const word = refusedIn(name, vocabulary)
    return word === null ? [] : [`${one.path}: the ${what} ${name} says "${word}"; VOCABULARY.md has the word to use`]
  })
  return [...new Set(faults)]
}

test('no kind, column, wire field, command or exported name uses a word that VOCABULARY.md refuses', () => {
  assert.deepEqual(allSources().flatMap(nameFaults), [])
})

test('the vocabulary is read from its page', () => {
  assert.ok(vocabulary.refused.length > 20)
  assert.ok(vocabulary.allowed.length > 5)
  assert.deepEqual(words('lastHTTPActivity_at.two-parts'), ['last', 'http', 'activity', 'at', 'two', 'parts'])
})

test('the name rule finds planted violations of every kind of name', () => {
  const faults = (path: string, text: string): number => nameFaults(source(`packages/daybook/src/${path}`, text)).length
  assert.equal(faults('session/a.ts', 'export function openConversation() {}'), 1)
  assert.equal(faults('session/a.ts', 'export interface ChatHead {}\nexport const jobQueue = 1'), 2)
  assert.equal(
    faults('store/a.ts', 'const ddl = `CREATE TABLE sessions(id TEXT, principal TEXT NOT NULL, PRIMARY KEY(id))`'),
    1,
  )
  assert.equal(faults('schema/a.ts', `const kinds = ['job.started', 'message']`), 1)
  assert.equal(
    faults('http/a.ts', 'const body = Type.Object({ a: Type.String(), inner: Type.Object({ persona: x }) })'),
    1,
  )
  assert.equal(faults('cli/a.ts', `program.command('sync <file>')`), 1)
  assert.equal(faults('cli/a.ts', `program.command('clean-up')`), 1)
})

test('the name rule lets exceptions, comments and the names of others pass', () => {
  const faults = (text: string): number => nameFaults(source('packages/daybook/src/http/a.ts', text)).length
  assert.equal(faults('export function writeEvent() {}\nexport const openSync = 1'), 0)
  assert.equal(faults('// export function openConversation\nconst chat = 1'), 0)
  assert.equal(faults('const a = Type.Object({ last_activity: x, switch_count: y })'), 0)
})
