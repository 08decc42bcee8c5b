// Drafts: what a caller may hand in, which field is named when it does not fit, and how much of it.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cases } from '../cases.fixture.ts'
import type { NewEntry } from '../schema/entries.ts'
import type { Json } from '../schema/json.ts'
import { draft, draftAll } from './drafts.ts'
import { redactor } from './redact.ts'
import { eachStore, fails, range, say } from './testing.fixture.ts'
import { checkJson, mergePatch } from './values.ts'

const plain = redactor()
const all = (...entries: unknown[]) => draftAll(entries as NewEntry[], 'C', plain)
const message = (data: object) => ({ kind: 'message', data: { role: 'user', content: '', ...data } })

test('what does not fit is refused with the path of its field', async () => {
  const cyclic: Record<string, unknown> = {}
  cyclic.self = cyclic
  const cases: readonly [unknown, string][] = [
    [null, 'entry'],
    [5, 'entry'],
    [{ kind: 'unknown', data: {} }, 'kind'],
    [{ ...message({}), at: 5 }, 'at'],
    [{ kind: 'toString', data: {} }, 'kind'],
    [{ kind: 5, data: {} }, 'kind'],
    [{ kind: 'message' }, 'data'],
    [{ kind: 'message', data: [] }, 'data'],
    [message({ role: 'chef' }), 'data.role'],
    [message({ content: 5 }), 'data.content'],
    [message({ other: 5 }), 'data.other'],
    [message({ parts: [{ type: 'text' }] }), 'data.parts[0].text'],
    [message({ metadata: { a: { b: Number.NaN } } }), 'data.metadata.a.b'],
    [message({ metadata: { a: [1, undefined] } }), 'data.metadata.a[1]'],
    [message({ metadata: { a: 2 ** 53 } }), 'data.metadata.a'],
    [message({ metadata: { a: 1n } }), 'data.metadata.a'],
    [message({ metadata: { a: () => 1 } }), 'data.metadata.a'],
    [message({ metadata: { a: new Date() } }), 'data.metadata.a'],
    [message({ metadata: { a: new Map() } }), 'data.metadata.a'],
    [message({ metadata: JSON.parse('{"__proto__": 1}') }), 'data.metadata.__proto__'],
    [message({ parts: Object.assign([], { toJSON: () => 'other' }) }), 'data.parts'],
    [{ ...message({}), run: '' }, 'run'],
    [{ ...message({}), run: 'x'.repeat(129) }, 'run'],
    [{ ...message({}), cause: 0 }, 'cause'],
    [{ ...message({}), cause: 1.5 }, 'cause'],
  ]
  for (const [entry, field] of cases) {
    strictEqual((await fails(() => all(entry), 'invalid')).field, field)
    strictEqual((await fails(() => all(say('a'), entry), 'invalid')).field, `entries[1].${field}`)
  }
  ok((await fails(() => all(message({ metadata: cyclic })), 'invalid')).field?.startsWith('data.metadata.self'))
  strictEqual((await fails(() => all(), 'invalid')).field, 'entries')
})

test('sizes: 1 MiB of text in an entry, 512 entries, 64 levels', async () => {
  const frame = '{"role":"user","content":""}'.length
  const most = 1024 * 1024 - frame
  strictEqual(all(message({ content: 'x'.repeat(most) })).length, 1)
  strictEqual((await fails(() => all(message({ content: 'x'.repeat(most + 1) })), 'too_large')).field, 'data')
  strictEqual((await fails(() => all(message({ content: 'ж'.repeat(most / 2 + 1) })), 'too_large')).field, 'data')
  strictEqual(all(...range(512).map(() => say('a'))).length, 512)
  strictEqual((await fails(() => all(...range(513).map(() => say('a'))), 'too_large')).field, 'entries')
  const nested = (depth: number): Json => (depth === 0 ? 1 : [nested(depth - 1)])
  strictEqual(all(message({ metadata: { a: nested(62) } })).length, 1)
  await fails(() => all(message({ metadata: { a: nested(63) } })), 'invalid')
})

test('whatever is accepted comes back from its text as it was', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ noUnicodeString: false } as object)), (metadata) => {
      let drafts: ReturnType<typeof all>
      try {
        drafts = all(message({ metadata }))
      } catch {
        // Integers beyond 2^53 - 1 and __proto__.
        return
      }
      const { body } = drafts[0] ?? { body: '' }
      const back = JSON.parse(body).metadata
      strictEqual(JSON.stringify(back), JSON.stringify(metadata))
    }),
    cases(500, 7),
  )
})

test('an import says when something happened, and nobody else does', async () => {
  const at = (value: unknown) => draftAll([{ ...message({}), at: value }] as NewEntry[], 'I', plain)
  strictEqual(at(1_795_278_642_817)[0]?.at, 1_795_278_642_817)
  for (const value of [-1, 1.5, Number.NaN, '2026-11-21', 2 ** 53]) await fails(() => at(value), 'invalid')
  for (const writer of ['C', 'E', 'R', 'P'] as const) {
    await fails(() => draftAll([{ ...message({}), at: 5 }] as NewEntry[], writer, plain), 'invalid')
  }
})

test('what a redactor of any kind takes out is in no fold', () => {
  const upper = {
    ...plain,
    clean: () => false,
    value: <T>() => ({ value: { role: 'user', content: 'XXX' } as T, found: [] }),
  }
  const made = draft(say('hush') as NewEntry, 'C', upper)
  strictEqual((made.data as { content: string }).content, 'XXX')
  strictEqual(made.body, '{"role":"user","content":"XXX"}')
})

test('merge patches follow RFC 7396', () => {
  const cases: readonly [Json, Json, Json][] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    [{}, { constructor: { a: 1 }, toString: null }, { constructor: { a: 1 } }],
  ]
  for (const [target, patch, result] of cases) {
    const before = JSON.stringify(target)
    deepStrictEqual(mergePatch(target, patch), result)
    strictEqual(JSON.stringify(target), before)
  }
})

test('numbers: doubles are kept, what JSON would change is refused', async () => {
  for (const number of [0, 1.5, -1e300, 1e21, 2 ** 53 - 1, 5e-324]) checkJson(number, 'n')
  for (const number of [2 ** 53, -(2 ** 53), Number.NaN, Number.POSITIVE_INFINITY])
    await fails(() => checkJson(number, 'n'), 'invalid')
})

eachStore('a cause is an earlier entry, also of the same append', async ({ anna }) => {
  const session = await anna.open()
  const receipt = await session.append([say('a'), { ...say('b'), cause: 2 }, { ...say('c'), cause: 1 }])
  deepStrictEqual(
    receipt.entries.map(({ cause }) => cause),
    [undefined, 2, 1],
  )
  for (const cause of [5, 6, 99])
    strictEqual((await fails(() => session.append({ ...say('d'), cause }), 'invalid')).field, 'cause')
})

eachStore('texts of any kind come back: NUL, lone surrogates, astral characters, 1 MiB', async (world) => {
  const session = await world.anna.open()
  const texts = ['\u0000', '\ud800', 'a\udc00b', '𝒳'.repeat(300), '\r\n\t', '', ' ', 'ж'.repeat(200_000)]
  await session.append(texts.map((text) => say(text)))
  await session.update({ name: '\u0000\ud800', state: { '\ud800\u0000': '\udfff' } })
  await world.restart()
  const again = world.anna.session(session.id)
  deepStrictEqual(
    (await again.read({ after: 1, until: 9 })).map(({ data }) => (data as { content: string }).content),
    texts,
  )
  deepStrictEqual((await again.cell()).state, { '\ud800\u0000': '\udfff' })
  strictEqual((await again.head()).name, '\u0000\ud800')
  strictEqual((await again.append(say('on'))).first, 12)
})
