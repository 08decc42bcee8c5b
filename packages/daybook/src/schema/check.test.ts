// The check of shapes agrees with an outside JSON Schema validator, and names the field.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { cases } from '../cases.fixture.ts'
import { compile } from './check.ts'
import { dataSchemas } from './data.generated.ts'
import { kindNames } from './kinds.ts'
import * as requests from './wire-requests.ts'

const field = (schema: Parameters<typeof compile>[0], value: unknown) => compile(schema)(value, '')?.field ?? null

test('every keyword refuses what it says, at the right place', () => {
  const cases: readonly [Parameters<typeof compile>[0], unknown, boolean][] = [
    [{ type: 'string', minLength: 2, maxLength: 3 }, 'a', false],
    [{ type: 'string', minLength: 2, maxLength: 3 }, 'abc', true],
    [{ type: 'string', minLength: 2, maxLength: 3 }, 'abcd', false],
    [{ type: 'string', pattern: '^a+$' }, 'aa', true],
    [{ type: 'string', pattern: '^a+$' }, 'ab', false],
    [{ type: 'string', format: 'date-time' }, '2026-01-01T00:00:00.000Z', true],
    [{ type: 'string', format: 'date-time' }, '2026-01-01T00:00:00+02:00', true],
    [{ type: 'string', format: 'date-time' }, '2026-13-01T00:00:00Z', false],
    [{ type: 'string', format: 'date-time' }, 'tomorrow', false],
    [{ type: 'string' }, 1, false],
    [{ type: 'integer', minimum: 1, maximum: 3 }, 0, false],
    [{ type: 'integer', minimum: 1, maximum: 3 }, 2, true],
    [{ type: 'integer', minimum: 1, maximum: 3 }, 4, false],
    [{ type: 'integer' }, 1.5, false],
    [{ type: 'number' }, 1.5, true],
    [{ type: 'number' }, Number.NaN, false],
    [{ type: 'number' }, '1', false],
    [{ type: 'boolean' }, true, true],
    [{ type: 'boolean' }, 1, false],
    [{ type: 'null' }, null, true],
    [{ type: 'null' }, 0, false],
    [{ const: 'a' }, 'a', true],
    [{ const: 'a' }, 'b', false],
    [{ enum: ['a', 'b'] }, 'b', true],
    [{ enum: ['a', 'b'] }, 'c', false],
    [{ type: 'array', minItems: 1, maxItems: 2 }, [], false],
    [{ type: 'array', minItems: 1, maxItems: 2 }, [1], true],
    [{ type: 'array', minItems: 1, maxItems: 2 }, [1, 2, 3], false],
    [{ type: 'array' }, {}, false],
    [{ type: 'object' }, [], false],
    [{ type: 'object' }, null, false],
    [{}, undefined, true],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, null, true],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 5, false],
  ]
  for (const [schema, value, fits] of cases)
    strictEqual(field(schema, value) === null, fits, JSON.stringify([schema, value]))
  const deep = {
    type: 'object',
    properties: { a: { type: 'array', items: { type: 'object', required: ['b'] } } },
  } as const
  strictEqual(field(deep, { a: [{ b: 1 }, {}] }), 'a[1].b')
  strictEqual(
    field({ type: 'array', items: { type: 'array', items: { type: 'string' } } }, [['a'], ['b', 1]]),
    '[1][1]',
  )
  strictEqual(field({ type: 'object', properties: { a: {} }, additionalProperties: false }, { a: 1, b: 2 }), 'b')
  const named = { type: 'object', properties: { a: {} }, additionalProperties: { type: 'string' } } as const
  deepStrictEqual([field(named, { a: 1, b: 'x' }), field(named, { a: 1, b: 'x', c: 1 })], [null, 'c'])
})

test('for every kind the check and an outside validator agree on random data', () => {
  const ajv = addFormats.default(new Ajv({ strict: false }))
  for (const kind of kindNames) {
    const validate = ajv.compile(dataSchemas[kind])
    const check = compile(dataSchemas[kind])
    const names = Object.keys(dataSchemas[kind].properties ?? {})
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('user', 'done', 'session', 'approved', 'idea', 1, true, 'a'))
    const data = fc.dictionary(names.length > 0 ? fc.constantFrom(...names, 'other') : fc.constant('other'), value)
    fc.assert(
      fc.property(data, (given) => {
        const fits = check(given, '') === null
        strictEqual(fits, validate(given), JSON.stringify(given))
      }),
      cases(200, 11),
    )
  }
})

test('of several shapes the one that the value names tells what is wrong', () => {
  const shape = (name: string, needs: string) =>
    ({
      type: 'object',
      required: ['type', needs],
      properties: { type: { const: name }, [needs]: { type: 'string' } },
    }) as const
  const check = compile({ anyOf: [shape('a', 'x'), shape('b', 'y')] })
  deepStrictEqual(
    [{ type: 'a' }, { type: 'b' }, { type: 'b', y: 1 }, { type: 'c' }, {}, 5].map((value) => check(value, '')?.field),
    ['x', 'y', 'y', 'type', 'type', 'type'],
  )
  strictEqual(check({ type: 'b', y: 'z' }, ''), null)
})

test('a pattern is told in words, wherever callers meet one', () => {
  const patterns = new Set<string>()
  JSON.stringify([dataSchemas, requests], (key, value) => {
    if (key === 'pattern' && typeof value === 'string') patterns.add(value)
    return value
  })
  ok(patterns.size > 3)
  const whys = [...patterns].map((pattern) => compile({ type: 'string', pattern })('\n', '')?.why ?? '')
  deepStrictEqual(
    whys.filter((why) => why === '' || why.includes('^')),
    [],
  )
  strictEqual(compile({ type: 'string', minLength: 1 })('', '')?.why, 'must not be empty')
})
