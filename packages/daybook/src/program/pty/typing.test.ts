// What may be typed for a prompt: no command of the program itself, however it is wrapped.

import { doesNotThrow, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { headlessCall } from '../call.ts'
import { programOf } from '../driving.fixture.ts'
import { checkTyped } from './typing.ts'

const [codex, sqlite] = [programOf('codex'), programOf('sqlite3')]
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
