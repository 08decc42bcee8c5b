// Properties of contexts over random sessions, models of every size and estimators of any kind: never over the budget, always valid.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cases } from '../../../cases.fixture.ts'
import { ModelFailure, type ModelMessage } from '../../../model/contract.ts'
import type { NewEntry } from '../../../schema/entries.ts'
import type { Session } from '../../../session/contract.ts'
import { World } from '../../../session/testing.fixture.ts'
import type { Context, ContextSetting } from '../contract.ts'
import { buildContext } from './build.ts'
import { called, factsOf, gave, said } from './context.fixture.ts'

const words = fc.constantFrom('order', 'заказ', '订单', 'x'.repeat(50), '😀', '{"a":1}', 'Why?')
const text = fc
  .record({
    word: words,
    times: fc.oneof({ weight: 4, arbitrary: fc.nat(30) }, { weight: 1, arbitrary: fc.nat(4000) }),
  })
  .map(({ word, times }) => Array.from({ length: times }, () => word).join(' '))
const id = fc.constantFrom('c1', 'c2', 'c3', 'an id with spaces')

type Step =
  | { readonly type: 'write'; readonly entry: NewEntry }
  | { readonly type: 'rewind'; readonly back: number }
  | { readonly type: 'fork' }

const entry: fc.Arbitrary<NewEntry> = fc.oneof(
  { weight: 4, arbitrary: text.map((content) => said('user', content)) },
  { weight: 3, arbitrary: text.map((content) => said('assistant', content, { agent: 'coder', model: 'mock/small' })) },
  { weight: 2, arbitrary: text.map((content) => said('assistant', content, { agent: 'architect' })) },
  { weight: 3, arbitrary: fc.tuple(id, text).map(([call, input]) => called(call, 'look', { input })) },
  { weight: 3, arbitrary: fc.tuple(id, text).map(([call, output]) => gave(call, output)) },
  { weight: 1, arbitrary: text.map((content) => said('system', content)) },
  {
    weight: 1,
    arbitrary: text.map((body): NewEntry => ({ kind: 'note', data: { type: 'decision', text: `n ${body}` } })),
  },
  { weight: 1, arbitrary: fc.constant<NewEntry>({ kind: 'pin', data: { path: 'src/a.ts', on: true } }) },
  { weight: 1, arbitrary: text.map((body): NewEntry => ({ kind: 'summary', data: { covers_seq: 1, text: body } })) },
  {
    weight: 1,
    arbitrary: text.map(
      (value): NewEntry => ({
        kind: 'state.changed',
        data: { scope: 'session', patch: { value: value.slice(0, 9000) } },
      }),
    ),
  },
)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 20, arbitrary: entry.map((one): Step => ({ type: 'write', entry: one })) },
  { weight: 1, arbitrary: fc.nat(12).map((back): Step => ({ type: 'rewind', back })) },
  { weight: 1, arbitrary: fc.constant<Step>({ type: 'fork' }) },
)
const estimator = fc.constantFrom<(text: string) => number>(
  (one) => Math.ceil(one.length / 4),
  (one) => one.length,
  (one) => Math.ceil(new TextEncoder().encode(one).length / 3),
  (one) => Math.ceil(one.length / 4) + 3,
)
const size = fc.oneof(fc.integer({ min: 64, max: 4000 }), fc.constantFrom(8_000, 32_000, 200_000, 1_000_000))

async function sessionOf(world: World, steps: readonly Step[]): Promise<Session> {
  let session = await world.runner.open(steps.length % 2 === 0 ? { state: { a: 1 } } : {})
  for (const one of steps) {
    if (one.type === 'fork') session = await session.fork()
    else if (one.type === 'rewind') await session.rewind(Math.max(1, (await session.head()).seq - one.back))
    else if (one.entry.kind === 'pin') await world.anna.session(session.id).pin('src/a.ts')
    else {
      const { seq } = await session.head()
      const covers =
        one.entry.kind === 'summary'
          ? { ...one.entry, data: { ...one.entry.data, covers_seq: Math.max(1, seq >> 1) } }
          : one.entry
      await session.append(covers as NewEntry)
    }
  }
  return session
}

/** What every provider asks of a request. */
function valid(messages: readonly ModelMessage[]): void {
  strictEqual(messages[0]?.role, 'user')
  ok(messages.at(-1)?.role !== 'assistant', 'it is the model that speaks next')
  const seen = new Set<string>()
  for (const [at, { role, content, parts = [] }] of messages.entries()) {
    const before = messages[at - 1]
    ok(before?.role !== role, `${role} behind ${role}`)
    ok(parts.length > 0 || content.trim() !== '', 'an empty message')
    ok(`${content}${JSON.stringify(parts)}`.isWellFormed())
    const calls = parts.flatMap((part) => (part.type === 'call' ? [part.call_id] : []))
    const results = parts.flatMap((part) => (part.type === 'result' ? [part.call_id] : []))
    for (const call of calls) {
      ok(/^[A-Za-z0-9_-]{1,64}$/.test(call) && !seen.has(call), `the id ${call}`)
      seen.add(call)
    }
    const asked = (before?.parts ?? []).flatMap((part) => (part.type === 'call' ? [part.call_id] : []))
    deepStrictEqual(results.toSorted(), role === 'tool' ? asked.toSorted() : [])
    if (calls.length > 0) strictEqual(messages[at + 1]?.role, 'tool')
  }
}

async function built(setting: ContextSetting): Promise<Context | null> {
  try {
    return await buildContext(setting)
  } catch (error) {
    if (!(error instanceof ModelFailure)) throw error
    strictEqual(error.code, 'too_long')
    return null
  }
}

test('[S1.9] over random sessions and models of every size a context is within its budget, valid and the same again', async () => {
  const steps = fc.array(step, { minLength: 1, maxLength: 60, size: 'max' })
  await fc.assert(
    fc.asyncProperty(
      steps,
      size,
      estimator,
      fc.boolean(),
      fc.nat(500),
      async (all, tokens, estimate, corrected, skillTokens) => {
        await using world = await World.open('memory')
        const session = await sessionOf(world, all)
        const agent = { name: 'coder', instructions: 'You write code. '.repeat(4) }
        const setting = { session, agent, model: { facts: factsOf(tokens), estimate, corrected }, skillTokens }
        const context = await built(setting)
        if (context === null) {
          ok(tokens < 3000 + 4 * skillTokens, `nothing fits into ${tokens}`)
          return
        }
        ok(context.tokens <= context.budget, `${context.tokens} of ${context.budget}`)
        valid(context.messages)
        const { seq } = context
        if ((await session.head()).base === null) {
          const log = await session.stored()
          deepStrictEqual(await built({ ...setting, log }), context)
        }
        await session.append([said('user', 'What comes behind changes nothing.'), said('assistant', 'Indeed.')])
        deepStrictEqual(await built({ ...setting, until: seq }), context)
      },
    ),
    cases(60),
  )
})
