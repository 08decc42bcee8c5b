// The shapes of the kinds: generated from data.ts, understood by the check, and named where they do not fit.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { generate, generatedFile } from '../../../../scripts/generate-data.ts'
import { compile } from './check.ts'
import { dataSchemas } from './data.generated.ts'
import { kindNames, kinds } from './kinds.ts'

const known = new Set(
  'type properties required additionalProperties items minItems maxItems minLength maxLength pattern format minimum maximum enum const anyOf description'.split(
    ' ',
  ),
)

function keywords(schema: object, found: Set<string>): Set<string> {
  for (const [name, value] of Object.entries(schema)) {
    found.add(name)
    if (name === 'properties') for (const part of Object.values(value)) keywords(part as object, found)
    if (name === 'items') keywords(value, found)
    if (name === 'anyOf') for (const part of value) keywords(part, found)
  }
  return found
}

test('the generated shapes are those of data.ts', () => {
  assert.equal(readFileSync(generatedFile, 'utf8'), generate())
})

test('the check understands every keyword that a kind uses', () => {
  const used = keywords({ anyOf: Object.values(dataSchemas) }, new Set())
  assert.deepEqual(
    [...used].filter((name) => !known.has(name)),
    [],
  )
})

test('kind numbers are unique and belong to the kind for ever', () => {
  assert.equal(new Set(kindNames.map((name) => kinds[name].number)).size, kindNames.length)
  assert.equal(kinds.message.number, 1)
  assert.equal(kinds['session.opened'].number, 16)
  assert.equal(kinds['question.answered'].number, 60)
})

const cases: readonly [unknown, string | null][] = [
  [{ role: 'user', content: 'hi' }, null],
  [{ role: 'user' }, 'content'],
  [{ role: 'chef', content: 'hi' }, 'role'],
  [{ role: 'user', content: 1 }, 'content'],
  [{ role: 'user', content: '', extra: 1 }, 'extra'],
  [{ role: 'user', content: '', usage: { input_tokens: -1 } }, 'usage.input_tokens'],
  [{ role: 'user', content: '', usage: { input_tokens: 1.5 } }, 'usage.input_tokens'],
  [{ role: 'user', content: '', parts: [{ type: 'text', text: 'a' }, { type: 'text' }] }, 'parts[1].text'],
  [{ role: 'user', content: '', parts: [{ type: 'smell' }] }, 'parts[0].type'],
  [{ role: 'user', content: '', metadata: { 'any\nkey': [1, { deep: null }] } }, null],
  [null, ''],
  [[], ''],
]

test('the check names the first field that does not fit', () => {
  const check = compile(dataSchemas.message)
  for (const [value, field] of cases) assert.equal(check(value, '')?.field ?? null, field, JSON.stringify(value))
})
