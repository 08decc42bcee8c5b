// What holds for every query: it is answered, the same each time, within bounds, with reasons that are true.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyCharacters, cases, worked } from '../../cases.fixture.ts'
import { isDaybookError } from '../../schema/errors.ts'
import { catalog, given, own } from './accuracy.fixture.ts'
import type { Candidate, Routable, Routing } from './contract.ts'
import { router } from './router.ts'

const skills = [...catalog, ...own.skills]
const known = router(skills)
const byId = new Map(skills.map((skill) => [skill.id, skill]))

const words = skills.flatMap(({ name, description, tags }) => [name, description, ...tags])
const queries = [...given, ...own.queries, ...own.across, ...own.spelling].map(({ query }) => query)
const anyText = fc.oneof(
  anyCharacters(),
  fc.string({ unit: 'grapheme' }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60, size: 'max' })
    .map((units) => String.fromCharCode(...units)),
  fc.array(fc.oneof(fc.constantFrom(...words), fc.string()), { maxLength: 8 }).map((parts) => parts.join(' ')),
  fc
    .tuple(fc.constantFrom(...queries), fc.nat(80), fc.string())
    .map(([query, at, put]) => query.slice(0, at) + put + query.slice(at)),
)

function candidatesOf({ skill, confidence, why, alternatives }: Routing): Candidate[] {
  return skill === null ? [...alternatives] : [{ id: skill, confidence, why }, ...alternatives]
}

function textsOf(skill: Routable, field: keyof Routable): readonly string[] {
  const text = skill[field]
  return typeof text === 'string' ? [text] : text
}

test('every text is answered within the bounds of the contract, with reasons that are true', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const routing = known.route(text)
      const candidates = candidatesOf(routing)
      assert.ok(routing.alternatives.length <= 5)
      assert.equal(new Set(candidates.map(({ id }) => id)).size, candidates.length)
      assert.equal(routing.confidence, candidates[0]?.confidence ?? 0)
      for (const { id, confidence, why } of candidates) {
        assert.ok(confidence >= 0 && confidence <= 1 && Math.round(confidence * 100) / 100 === confidence)
        assert.ok(why.length > 0)
        const skill = byId.get(id)
        assert.ok(skill !== undefined)
        for (const { word, field, term } of why) {
          assert.ok(word.length > 0 && text.includes(word), `${word} is not in the query`)
          assert.ok(
            term.length > 0 && textsOf(skill, field).some((each) => each.includes(term)),
            `${term} is not in ${field}`,
          )
        }
      }
    }),
    cases(400),
  )
})

test('neither asking again nor the order of the skills changes an answer', () => {
  fc.assert(
    fc.property(anyText, fc.shuffledSubarray(skills, { minLength: skills.length }), (text, shuffled) => {
      const first = known.route(text)
      assert.deepEqual(known.route(text), first)
      assert.deepEqual(router(shuffled).route(text), first)
    }),
    cases(60),
  )
})

test('skills of any text can be routed among', () => {
  const skill = fc.record({
    id: fc.string(),
    name: anyText,
    description: anyText,
    tags: fc.array(anyText, { maxLength: 3 }),
  })
  fc.assert(
    fc.property(fc.uniqueArray(skill, { maxLength: 5, selector: ({ id }) => id }), anyText, (some, text) => {
      const { skill: chosen } = router(some).route(text)
      assert.ok(chosen === null || some.some(({ id }) => id === chosen))
    }),
    cases(200),
  )
})

test('a megabyte of text costs no more than its beginning', () => {
  for (const unit of ['hotel ', '天气', 'напоминание', 'a', '\ud800', '\0', 'e\u0301', '🙂']) {
    const text = unit.repeat(Math.ceil(1_000_000 / unit.length))
    const milliseconds = worked()
    assert.deepEqual(known.route(text), known.route(text.slice(0, 4096)))
    assert.ok(milliseconds() < 1000)
  }
})

test('without skills nothing fits', () => {
  assert.deepEqual(router([]).route('find a hotel'), { skill: null, confidence: 0, why: [], alternatives: [] })
})

test('what nearly fits is listed when nothing is chosen', () => {
  const { skill, confidence, why, alternatives } = known.route('The price of freedom')
  assert.equal(skill, null)
  assert.deepEqual(why, [])
  assert.equal(alternatives[0]?.confidence, confidence)
})

test('two skills with one id are refused', () => {
  const twice = catalog.slice(0, 1)
  assert.throws(
    () => router([...twice, ...twice]),
    (error) => isDaybookError(error) && error.code === 'exists',
  )
})

test('each kind of match is told as what it is', () => {
  const matches = (query: string): string[] => known.route(query).why.map(({ word, match }) => `${word} ${match}`)
  assert.deepEqual(matches('hotels'), ['hotels exact'])
  assert.deepEqual(matches('converting currencies'), ['converting form', 'currencies exact'])
  assert.deepEqual(matches('itinirary'), ['itinirary typo'])
  assert.deepEqual(matches('酒店'), ['酒店 synonym'])
})
