// Making a skill of a definition: strict checks, defaults, and input and output held to their schemas.

import { deepStrictEqual, notStrictEqual, strictEqual, throws } from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../../schema/json.ts'
import { fails } from '../../session/testing.fixture.ts'
import { defineSkill } from './define.ts'
import { contextOf } from './folders.fixture.ts'
import { skillOf } from './skill.ts'

const least = { id: 'money/add', name: 'Add', description: 'Adds.', run: () => 1 }
const text = { now: 0, timeZone: 'UTC' }

test('a definition of the least fields gets the defaults', () => {
  const { hash, fromText, undo, check, run, ...plain } = skillOf(least, 'built-in')
  deepStrictEqual(plain, {
    id: 'money/add',
    name: 'Add',
    description: 'Adds.',
    version: '',
    tags: [],
    input: null,
    output: null,
    roles: [],
    risk: 'low',
    idempotent: false,
    claims: false,
    routable: true,
    programs: false,
    durable: false,
    source: 'built-in',
    instructions: null,
  })
  strictEqual(hash.length, 43)
  strictEqual(fromText('add', text), null)
  strictEqual(undo, null)
  deepStrictEqual([typeof check, typeof run], ['function', 'function'])
})

const wrong: readonly [part: object, field: string][] = [
  [{ id: undefined }, 'id'],
  [{ id: '' }, 'id'],
  [{ id: 'route' }, 'id'],
  [{ id: 'Add' }, 'id'],
  [{ id: 'a b' }, 'id'],
  [{ id: '../up' }, 'id'],
  [{ id: 'a//b' }, 'id'],
  [{ id: 'a/' }, 'id'],
  [{ id: 'a'.repeat(129) }, 'id'],
  [{ name: undefined }, 'name'],
  [{ name: ' ' }, 'name'],
  [{ name: 'n'.repeat(513) }, 'name'],
  [{ description: 5 }, 'description'],
  [{ description: '' }, 'description'],
  [{ description: 'd'.repeat(8193) }, 'description'],
  [{ version: 1 }, 'version'],
  [{ version: 'v'.repeat(129) }, 'version'],
  [{ tags: 'money' }, 'tags'],
  [{ tags: ['a', ''] }, 'tags[1]'],
  [{ tags: Array.from({ length: 257 }, String) }, 'tags'],
  [{ roles: [5] }, 'roles[0]'],
  [{ risk: 'none' }, 'risk'],
  [{ idempotent: 'yes' }, 'idempotent'],
  [{ durable: 1 }, 'durable'],
  [{ input: { type: 'money' } }, 'input.type'],
  [{ output: [] }, 'output'],
  [{ run: undefined }, 'run'],
  [{ run: 'x' }, 'run'],
  [{ undo: true }, 'undo'],
  [{ fromText: {} }, 'fromText'],
  [{ discription: 'x' }, 'discription'],
]

for (const [part, field] of wrong) {
  test(`a definition with ${JSON.stringify(part).slice(0, 60)} is refused at ${field}`, async () => {
    const error = await fails(() => skillOf({ ...least, ...part }, 'built-in'), 'invalid')
    strictEqual(error.field, field)
  })
}

test('instructions may do without a function', () => {
  const skill = skillOf({ ...least, run: undefined }, '/here', { hash: 'h'.repeat(43), instructions: 'Think.' })
  strictEqual(skill.run, null)
  strictEqual(skill.instructions, 'Think.')
  strictEqual(skill.hash, 'h'.repeat(43))
})

test('the hash follows the fields and the sources of functions, not their order', () => {
  const hash = (part: object) => skillOf({ ...least, ...part }, 'built-in').hash
  const { run, ...rest } = least
  strictEqual(skillOf({ run, ...rest }, 'built-in').hash, hash({}))
  notStrictEqual(hash({ description: 'Sums.' }), hash({}))
  notStrictEqual(hash({ run: () => 2 }), hash({}))
  notStrictEqual(hash({ tags: ['a'] }), hash({ roles: ['a'] }))
})

test('wrong input never reaches the skill, wrong output never leaves it, and both name the field', async () => {
  const calls: Json[] = []
  const input = { type: 'object', properties: { amount: { type: 'number' } }, required: ['amount'] }
  const output = { type: 'object', properties: { sum: { type: 'integer' } }, required: ['sum'] }
  const run = (given: Json) => {
    calls.push(given)
    return { sum: (given as { amount: number }).amount }
  }
  const skill = skillOf({ ...least, input, output, run }, 'built-in')
  const call = (given: unknown) => skill.run?.(given as Json, contextOf())
  strictEqual((await fails(() => call({ amount: 'x' }), 'invalid')).field, 'input.amount')
  strictEqual((await fails(() => call({ amount: 1, at: new Date() }), 'invalid')).field, 'input.at')
  strictEqual((await fails(() => call(undefined), 'invalid')).field, 'input')
  deepStrictEqual(calls, [])
  strictEqual((await fails(() => call({ amount: 1.5 }), 'invalid')).field, 'output.sum')
  deepStrictEqual(await call({ amount: 2 }), { sum: 2 })
})

test('an output that is no JSON is refused without a schema too', async () => {
  for (const made of [Number.NaN, 10n, new Date(), { at: () => 1 }, [undefined]]) {
    const skill = skillOf({ ...least, run: () => made }, 'built-in')
    await fails(() => skill.run?.(null, contextOf()), 'invalid')
  }
  strictEqual(await skillOf({ ...least, run: () => undefined }, 'built-in').run?.(null, contextOf()), undefined)
})

test('a skill that changes its input changes nothing outside', async () => {
  const given = { list: [3, 1, 2] }
  const skill = skillOf({ ...least, run: (input: { list: number[] }) => input.list.sort() }, 'built-in')
  deepStrictEqual(await skill.run?.(given, contextOf()), [1, 2, 3])
  deepStrictEqual(given, { list: [3, 1, 2] })
})

test('what a module does to its definition later changes nothing that was checked', () => {
  const definition = { ...least, tags: ['a'], input: { type: 'string' } }
  const skill = skillOf(definition, 'built-in')
  definition.tags.push('b')
  definition.input.type = 'number'
  deepStrictEqual([skill.tags, skill.input], [['a'], { type: 'string' }])
  throws(() => Object.assign(skill, { risk: 'high' }), TypeError)
})

test('a text is the input where that is one string, or has exactly one that is required', () => {
  const of = (input: object) => skillOf({ ...least, input }, 'built-in').fromText('hello', text)
  const string = { type: 'string' }
  strictEqual(of(string), 'hello')
  deepStrictEqual(of({ type: 'object', properties: { q: string, n: string }, required: ['q'] }), { q: 'hello' })
  strictEqual(of({ type: 'object', properties: { q: string, n: string }, required: ['q', 'n'] }), null)
  strictEqual(of({ type: 'object', properties: { q: { type: 'number' } }, required: ['q'] }), null)
  strictEqual(of({ type: 'object', properties: { q: string } }), null)
  strictEqual(of({ type: 'object', properties: {}, required: ['constructor'] }), null)
  strictEqual(of({ type: 'number' }), null)
})

test('a skill reads texts by its own rule where it has one', () => {
  const definition = defineSkill({
    ...least,
    run: (_: { words: number }) => null,
    fromText: (line) => ({ words: line.split(' ').length }),
  })
  deepStrictEqual(skillOf(definition, 'built-in').fromText('a b c', text), { words: 3 })
})
