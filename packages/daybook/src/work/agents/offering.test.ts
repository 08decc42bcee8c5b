// Names under which models are offered skills: taken by every provider, stable, and never two ids under one.

import { deepStrictEqual, match, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cases } from '../../cases.fixture.ts'
import { openModels } from '../../open-models.ts'
import { fixedSkills } from '../skills/fixed.ts'
import { buildContext } from './context/build.ts'
import { offersOf } from './context-setting.ts'
import { handOverName, inputFor, offered, offeredName } from './offering.ts'
import { defined } from './turns.fixture.ts'

const id = fc
  .array(fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,40}$/), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('/'))

test('no two ids share a name, which is one that every provider takes', () => {
  const near = fc.constantFrom(
    'a/b',
    'a__b',
    'a.b',
    'a_-b',
    'a_b',
    'a-b',
    'a_/b',
    'a._b',
    'hand_over',
    'a/b.c',
    'a/b_-c',
  )
  fc.assert(
    fc.property(fc.uniqueArray(fc.oneof(id, near), { maxLength: 40, size: 'max' }), (ids) => {
      const names = ids.map(offeredName)
      for (const name of names) match(name, /^[A-Za-z0-9_-]{1,64}$/)
      strictEqual(new Set(names).size, ids.length)
      strictEqual(names.includes(handOverName), false)
    }),
    cases(300),
  )
})

test('common names stay readable', () => {
  deepStrictEqual(['calculate', 'file/read', 'mcp/github/list.issues'].map(offeredName), [
    'calculate',
    'file__read',
    'mcp__github__list_-issues',
  ])
})

test('an input that is no object is a field of one, and comes back out of it', () => {
  const skill = { id: 'say', name: 'say', description: 'Says it.', instructions: null, input: { type: 'string' } }
  const { input } = offered({ ...skill, run: async () => null } as never)
  deepStrictEqual(input, {
    type: 'object',
    properties: { input: { type: 'string' } },
    required: ['input'],
    additionalProperties: false,
  })
  strictEqual(inputFor(skill as never, { input: 'hello' }), 'hello')
})

test('a turn may be handed to a program that reads words by whoever may use programs, and to none that takes commands', () => {
  const program = { kind: 'program', description: 'A program.', perform: async () => undefined } as const
  const programs = [
    { ...program, name: 'bash', converses: false },
    { ...program, name: 'codex', converses: true },
  ]
  const setting = {
    ...{ models: openModels({ key: () => undefined }), skills: fixedSkills(), context: buildContext },
    definition: () => undefined,
    others: (name: string) => programs.find((one) => one.name === name),
  }
  const coder = defined('coder', { handoffs: ['bash', 'codex', 'nobody'] })
  deepStrictEqual(offersOf(coder, setting, { programs: true }).handoffs, ['codex'])
  deepStrictEqual(offersOf(coder, setting, {}).offers, [])
})
