// What may be typed for a prompt: no command of the program itself, however it is wrapped.

import { deepStrictEqual, doesNotThrow, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { headlessCall } from '../call.ts'
import { programOf } from '../driving.fixture.ts'
import { indentedLines } from './blocks.ts'
import { checkTyped } from './typing.ts'

const [codex, sqlite, psql] = [programOf('codex'), programOf('sqlite3'), programOf('psql')]
const invalid = { code: 'invalid', field: 'prompt' }

test('a command behind control characters is one: they are not typed', () => {
  for (const text of ['!id', '\u0001!id', '\u001b[200~!id', ' \u007f\r\u009b/quit'])
    throws(() => checkTyped(codex, text, []), invalid, JSON.stringify(text))
  doesNotThrow(() => checkTyped(codex, 'what is !id', []))
})

test('what reads line by line gets no command in a later line; to an agent the lines are one text', () => {
  for (const text of ['select 1;\n.shell id', 'select 1;\r.shell id', 'select 1;\n \u0001.shell id'])
    throws(() => checkTyped(sqlite, text, []), invalid, JSON.stringify(text))
  doesNotThrow(() => checkTyped(sqlite, 'select 1;\nselect 0.5;', []))
  doesNotThrow(() => checkTyped(codex, 'explain\n/etc/hosts', []))
  const places = { images: [], token: null, workdir: '/', session: 'a', state: '/' }
  throws(() => headlessCall(sqlite, { ...places, prompt: 'select 1;\n.shell id' }), invalid)
  doesNotThrow(() => headlessCall(sqlite, { ...places, prompt: 'select 1;\nselect 0.5;' }))
  doesNotThrow(() => headlessCall(codex, { ...places, prompt: 'explain\n/etc/hosts' }))
})

test('what takes commands in the middle of a line gets none there, where it reads lines', () => {
  const places = { images: [], token: null, workdir: '/', session: 'a', state: '/' }
  const texts = ['select 1 \\! id', "select $$ it's $$; \\! id", "'; select 1 \\g |id"]
  for (const text of texts) throws(() => checkTyped(psql, text, []), invalid, text)
  const long = `select 1; -- ${'x'.repeat(200_000)}\n\\! id`
  throws(() => headlessCall(psql, { ...places, prompt: long }), invalid)
  // Handed over whole, it goes to the server as it is.
  for (const text of texts) doesNotThrow(() => headlessCall(psql, { ...places, prompt: text }), text)
  throws(() => headlessCall(psql, { ...places, prompt: ' \\! id' }), invalid)
  doesNotThrow(() => checkTyped(psql, 'select 1', []))
  doesNotThrow(() => checkTyped({ ...psql, allow_commands: true }, texts[0] ?? '', []))
})

test('lines of blocks are typed so that only their ends end them', () => {
  const typed = (text: string) => indentedLines(text.split('\n')).join('\n')
  const same = [
    'x = 1\n\ny = 2',
    'f(\n\n1)\ng()',
    's = """\n\n  a\nb"""',
    'if x:\n  y\nelse:\n  z',
    '@d\ndef f():\n  pass',
  ]
  for (const text of same) deepStrictEqual(typed(text), text)
  deepStrictEqual(typed('def f():\n\n  pass\n\n\n  pass'), 'def f():\n \n  pass\n \n \n  pass')
  deepStrictEqual(typed('def f():\n  pass\nf()'), 'def f():\n  pass\n\nf()')
  deepStrictEqual(typed('def f():\n  pass\n\nf()'), 'def f():\n  pass\n\nf()')
  deepStrictEqual(typed('for x in y: f(x)\nf()'), 'for x in y: f(x)\n\nf()')
  deepStrictEqual(typed('try:\n  a\n\nexcept B: c\nd'), 'try:\n  a\n \nexcept B: c\n\nd')
  deepStrictEqual(typed("a = 'it''s' # if\nb = {\n\n1: 2}\nc"), "a = 'it''s' # if\nb = {\n\n1: 2}\nc")
})
