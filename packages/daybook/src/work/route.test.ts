// Where a text goes among the built-in skills: by words, else to the one skill that reads it, else nowhere.

import { deepStrictEqual, fail, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { routeOf } from './route.ts'
import { builtInSkills } from './skills/builtin/all.ts'
import { fixedSkills } from './skills/fixed.ts'

const skills = fixedSkills(...builtInSkills({ httpAllow: [], blobs: () => fail('nothing is stored') }))
const context = { now: Date.UTC(2026, 10, 21, 12), timeZone: 'UTC' }
const to = (text: string) => routeOf(skills, text, {}, context)

const asked: readonly (readonly [string, string])[] = [
  ['what is 2 + 2 * 10?', 'calculate'],
  ['сколько будет 15% от 200', 'calculate'],
  ['计算 12*(3+4)', 'calculate'],
  ['what time is it in Tokyo?', 'dates'],
  ['который час в Нью-Йорке?', 'dates'],
  ['今天星期几', 'dates'],
  ['remind me in 20 minutes to call Anna', 'remind'],
  ['напомни через 2 часа позвонить', 'remind'],
  ['20分钟后提醒我打电话', 'remind'],
  ['summarise this session', 'summarise'],
  ['note: the key lives for an hour', 'note'],
  ['export this session as Markdown', 'export-markdown'],
]

test('[S1.8] a text in three languages finds its built-in skill, with a reason and a confidence', () => {
  for (const [text, skill] of asked) {
    const found = to(text)
    deepStrictEqual([text, found.skill], [text, skill])
    ok(found.confidence >= 0.5 && found.why.length > 0, text)
  }
})

test('[S1.8] nothing fits, and that is said: nonsense and small talk go nowhere', () => {
  for (const text of [
    'blorp frobnicate the wug',
    'how are you?',
    'привет, как дела',
    '你喜欢猫吗',
    'tell me a joke',
    '',
  ]) {
    const found = to(text)
    strictEqual(found.skill, null, text)
    ok(found.confidence < 0.5, text)
  }
})

test('[S1.8] a skill that is not for a role is not found for it', () => {
  const guarded = fixedSkills({
    id: 'pay',
    name: 'Pay an invoice',
    description: 'Pays an invoice of a supplier.',
    tags: ['pay', 'invoice'],
    roles: ['accountant'],
    run: () => null,
  })
  strictEqual(routeOf(guarded, 'pay the invoice', { role: 'accountant' }, context).skill, 'pay')
  strictEqual(routeOf(guarded, 'pay the invoice', { role: 'guest' }, context).skill, null)
  strictEqual(routeOf(guarded, 'pay the invoice', {}, context).skill, null)
})
