// Schemas of skills: unsound ones are refused, and a value that does not fit names its field.

import { strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../../schema/json.ts'
import { fails } from '../../session/testing.fixture.ts'
import { checkFit, checkSchema } from './schemas.ts'

const unsound: readonly [schema: unknown, field: string][] = [
  ['string', 'input'],
  [[], 'input'],
  [{ type: 'text' }, 'input.type'],
  [{ type: [] }, 'input.type'],
  [{ type: 'string', pattern: '[' }, 'input.pattern'],
  [{ type: 'string', minLength: -1 }, 'input.minLength'],
  [{ type: 'number', minimum: '1' }, 'input.minimum'],
  [{ type: 'number', multipleOf: 0 }, 'input.multipleOf'],
  [{ properties: { amount: { type: 'money' } } }, 'input.properties.amount.type'],
  [{ properties: [] }, 'input.properties'],
  [{ patternProperties: { '(': {} } }, 'input.patternProperties'],
  [{ anyOf: [] }, 'input.anyOf'],
  [{ oneOf: {} }, 'input.oneOf'],
  [{ items: 3 }, 'input.items'],
  [{ items: { enum: [] } }, 'input.items.enum'],
  [{ required: 'name' }, 'input.required'],
  [{ required: [1] }, 'input.required'],
  [{ additionalProperties: 'no' }, 'input.additionalProperties'],
  [{ uniqueItems: 1 }, 'input.uniqueItems'],
  [{ $ref: '#/$defs/none' }, 'input.$ref'],
  [{ $ref: 'other.json' }, 'input.$ref'],
  [{ $ref: '#' }, 'input.$ref'],
  [{ items: { $ref: '#/$defs/a' }, $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } }, 'input.items.$ref'],
  [{ properties: { a: { $ref: '#gone' } } }, 'input.properties.a.$ref'],
  [{ default: () => 1 }, 'input.default'],
]

for (const [schema, field] of unsound) {
  test(`the schema ${JSON.stringify(schema)} is refused at ${field}`, async () => {
    const error = await fails(() => checkSchema(schema, 'input'), 'invalid')
    strictEqual(error.field, field)
  })
}

test('sound schemas pass, with references inside and keywords of others', () => {
  checkSchema({}, 'input')
  checkSchema({ type: ['string', 'null'], 'x-shown': true, format: 'date' }, 'input')
  checkSchema({ $ref: '#/$defs/a~1b', $defs: { 'a/b': { $anchor: 'here' }, c: { $ref: '#here' }, d: false } }, 'input')
  checkSchema({ items: [{}, true], not: false, if: {}, else: {}, dependentSchemas: { a: {} } }, 'input')
})

const order: JsonObject = {
  type: 'object',
  properties: {
    amount: { type: 'number', minimum: 1 },
    when: { type: 'string', format: 'date-time' },
    lines: { type: 'array', items: { $ref: '#/$defs/line' } },
    to: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    'a/b': { type: 'string' },
    kind: { enum: ['buy', 'sell'] },
  },
  required: ['amount'],
  additionalProperties: false,
  $defs: { line: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } },
}
const misfits: readonly [value: unknown, field: string][] = [
  [3, 'input'],
  [{}, 'input.amount'],
  [{ amount: 'ten' }, 'input.amount'],
  [{ amount: 0 }, 'input.amount'],
  [{ amount: 1, when: 'soon' }, 'input.when'],
  [{ amount: 1, lines: {} }, 'input.lines'],
  [{ amount: 1, lines: [{ name: 'a' }, {}] }, 'input.lines[1].name'],
  [{ amount: 1, lines: [{ name: 5 }] }, 'input.lines[0].name'],
  [{ amount: 1, to: 5 }, 'input.to'],
  [{ amount: 1, 'a/b': 5 }, 'input.a/b'],
  [{ amount: 1, kind: 'lend' }, 'input.kind'],
  [{ amount: 1, more: 5 }, 'input.more'],
  [{ amount: 1, constructor: 5 }, 'input.constructor'],
]

for (const [value, field] of misfits) {
  test(`the value ${JSON.stringify(value)} does not fit at ${field}`, async () => {
    const error = await fails(() => checkFit(order, value, 'input'), 'invalid')
    strictEqual(error.field, field)
  })
}

test('a value that fits passes', async () => {
  await checkFit(order, { amount: 2, lines: [{ name: 'a', more: 1 }], to: null, 'a/b': '', kind: 'buy' }, 'input')
})

test('a schema may refer to itself where the value goes deeper', async () => {
  const tree = { type: 'object', properties: { left: { $ref: '#' } }, additionalProperties: false }
  checkSchema(tree, 'input')
  await checkFit(tree, { left: { left: {} } }, 'input')
  const error = await fails(() => checkFit(tree, { left: { left: { right: 1 } } }, 'input'), 'invalid')
  strictEqual(error.field, 'input.left.left.right')
})

test('names that every object inherits are no required fields that are there', async () => {
  await fails(() => checkFit({ type: 'object', required: ['constructor'] }, {}, 'input'), 'invalid')
})
