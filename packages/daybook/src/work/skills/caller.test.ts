// Who calls a skill and what it is given are two things: no input can set, read or change the caller.

import { deepStrictEqual, ok, strictEqual, throws } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cases } from '../../cases.fixture.ts'
import type { Json, JsonObject } from '../../schema/json.ts'
import { fails } from '../../session/testing.fixture.ts'
import type { RunCaller, SkillContext } from './contract.ts'
import { contextOf, Place } from './folders.fixture.ts'
import { skillOf } from './skill.ts'
import { openSkills } from './skills.ts'

const names = ['role', 'attributes', 'caller', 'context', 'session', 'run', 'input', 'key', 'signal', 'attempt']
const inherited = ['constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', 'toJSON', '__defineGetter__']

/** Inputs full of the names that stand in a context or that every object has, at any depth. */
const { input } = fc.letrec<{ input: Json }>((tie) => ({
  input: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<Json>(null, true, 0, 'admin', 'role', { role: 'admin' }),
    fc.array(tie('input'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names, ...inherited), tie('input'), { maxKeys: 4, noNullPrototype: true }),
  ),
}))
const caller: fc.Arbitrary<RunCaller> = fc.record(
  {
    role: fc.constantFrom('guest', 'user'),
    attributes: fc.dictionary(fc.constantFrom('team', ...names), fc.string(), { noNullPrototype: true }),
  },
  { requiredKeys: [], noNullPrototype: true },
)

interface Seen {
  readonly input: Json
  readonly context: SkillContext
}

/** A skill that keeps what it is given, with parameters of the caller's names. */
function watcher(): { readonly seen: Seen[]; readonly call: (input: Json, context: SkillContext) => Promise<unknown> } {
  const seen: Seen[] = []
  const open = { properties: { role: {}, attributes: {}, caller: {} } }
  const definition = {
    id: 'watch',
    name: 'Watch',
    description: 'D',
    input: open,
    run: (given: Json, context: SkillContext) => {
      seen.push({ input: given, context })
      return given
    },
  }
  const { run } = skillOf(definition, 'built-in')
  return { seen, call: async (given, context) => run?.(given, context) }
}

test('[S1.7] a skill gets exactly its input, and the caller beside it as it was, whatever names the input has', async () => {
  const { seen, call } = watcher()
  await fc.assert(
    fc.asyncProperty(input, caller, async (given, by) => {
      const [input, before] = [structuredClone(given), structuredClone(by)]
      const own = structuredClone(by)
      deepStrictEqual(await call(given, contextOf({ caller: own })), input)
      const last = seen.at(-1)
      deepStrictEqual(last?.input, input)
      deepStrictEqual(last?.context.caller, before)
      strictEqual(last?.context.caller, own)
      deepStrictEqual(given, input)
      strictEqual(Object.getPrototypeOf({}), Object.prototype)
      strictEqual(Reflect.get({}, 'role'), undefined)
    }),
    cases(500),
  )
})

test('[S1.7] no skill can change who called, at any depth', async () => {
  await fc.assert(
    fc.asyncProperty(caller, fc.constantFrom(...names, ...inherited), async (by, name) => {
      const before = structuredClone(by)
      const tampering = skillOf(
        {
          id: 'tamper',
          name: 'T',
          description: 'D',
          run: (_: Json, context: SkillContext) => {
            const who = context.caller as { role?: string; attributes?: Record<string, Json> }
            throws(() => Object.assign(who, { role: 'admin' }), TypeError)
            // A value of its own: what is frozen may be defined as what it is.
            if (who.attributes) throws(() => Object.defineProperty(who.attributes, name, { value: {} }), TypeError)
            throws(() => Object.setPrototypeOf(who, { role: 'admin' }), TypeError)
            return null
          },
        },
        'built-in',
      )
      await tampering.run?.(null, contextOf({ caller: by }))
      deepStrictEqual(by, before)
      ok(Object.isFrozen(by))
    }),
    cases(200),
  )
})

test('[S1.7] an input that would be somebody’s prototype is refused, at any depth, and never reaches the skill', async () => {
  const { seen, call } = watcher()
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...names), { maxLength: 5 }), async (path) => {
      // Only JSON text makes it a name of its own.
      let text = '{"__proto__":{"role":"admin"}}'
      for (const name of path) text = `{"${name}":${text}}`
      const error = await fails(() => call(JSON.parse(text) as JsonObject, contextOf({ caller: {} })), 'invalid')
      strictEqual(error.field, ['input', ...path.toReversed(), '__proto__'].join('.'))
      deepStrictEqual(seen, [])
      strictEqual(Reflect.get({}, 'role'), undefined)
    }),
    cases(100),
  )
})

test('[S1.7] a module of a folder sees the caller only beside its input', async () => {
  await using place = await Place.make()
  await place.write(
    'who/skill.mjs',
    `export default { name: 'Who', description: 'D', input: { type: 'object', required: ['role'] },
      run: (input, context) => ({ input, caller: context.caller, names: Object.keys(input) }) }`,
  )
  await using skills = await openSkills({ folders: [place.path] })
  const run = skills.get('who')?.run
  const given = { role: 'pilot', attributes: { team: 'x' } }
  const by = { role: 'guest', attributes: { team: 'y' } }
  deepStrictEqual(await run?.(given, contextOf({ caller: by })), {
    input: given,
    caller: by,
    names: ['role', 'attributes'],
  })
  // A caller with a role does not make up for an input without one.
  const error = await fails(() => run?.({}, contextOf({ caller: by })), 'invalid')
  strictEqual(error.field, 'input.role')
})
