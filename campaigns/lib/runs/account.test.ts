// The accounting of runs is itself tried: each planted disagreement between log and effects must be found.

import { deepStrictEqual, ok } from 'node:assert/strict'
import { test } from 'node:test'
import type { AnyEntry } from '../../../packages/daybook/src/schema/entries.ts'
import { accountOf } from './account.ts'
import type { Effect } from './effects.ts'

type Line = readonly [kind: string, data?: object]

const entriesOf = (lines: readonly Line[]) =>
  lines.map(([kind, data], index) => ({
    kind,
    seq: index + 1,
    data: { run_id: 'run', ...data },
  })) as unknown as AnyEntry[]

const started = (step: string, attempt: number): Line => [
  'step.started',
  { step, name: `step ${step}`, ...(attempt === 1 ? {} : { attempt }) },
]
const finished = (step: string, attempt: number, by = 'w1'): Line => [
  'step.finished',
  { step, output: { attempt, by } },
]
const unknown = (step: string): Line => ['step.finished', { step, unknown: true }]
const done = (...outputs: readonly object[]): Line => ['run.finished', { status: 'done', output: outputs }]
const effect = (key: string, attempt: number, by = 'w1'): Effect => ({
  run: 'run',
  name: `step ${key}`,
  key,
  attempt,
  by,
})

/** Step 1 may be repeated and was; step 2 may not. */
const steps = new Map([
  ['step 1', true],
  ['step 2', false],
])
const right: readonly Line[] = [
  ['run.queued'],
  ['run.started'],
  started('1', 1),
  ['run.started'],
  started('1', 2),
  finished('1', 2, 'w2'),
  started('2', 1),
  finished('2', 1, 'w2'),
  done({ attempt: 2, by: 'w2' }, { attempt: 1, by: 'w2' }),
]
const rightEffects = [effect('1', 1), effect('1', 2, 'w2'), effect('2', 1, 'w2')]
const lost: readonly Line[] = [
  ['run.queued'],
  ['run.started'],
  started('2', 1),
  ['run.started'],
  unknown('2'),
  ['run.finished', { status: 'failed', reason: 'outcome_unknown' }],
]

test('A run that was taken over and repeated what may be repeated is in order, and so is one of unknown outcome', () => {
  const good = accountOf(entriesOf(right), rightEffects, { steps })
  deepStrictEqual([good.problems, good.ended, good.takes, good.repeated], [[], 'done', 2, 1])
  const unsure = accountOf(entriesOf(lost), [effect('2', 1)], { steps })
  deepStrictEqual([unsure.problems, unsure.ended], [[], 'unknown'])
  const woken = [effect('1', 2, 'w2'), effect('2', 1, 'w2'), effect('1', 1)]
  deepStrictEqual(accountOf(entriesOf(right), woken, { steps, stoodStill: new Set(['w1']) }).problems, [])
})

const without = (lines: readonly Line[], at: number) => lines.filter((_, index) => index !== at)
const within = (lines: readonly Line[], at: number, ...more: readonly Line[]) => lines.toSpliced(at, 0, ...more)

const planted: Readonly<Record<string, readonly [readonly Line[], readonly Effect[]]>> = {
  'an effect that may not be repeated, twice': [right, [...rightEffects, effect('2', 2)]],
  'one attempt that did it twice': [right, [effect('1', 1), effect('1', 1), ...rightEffects.slice(1)]],
  'an earlier attempt after a later one': [right, [effect('1', 2, 'w2'), effect('1', 1), effect('2', 1, 'w2')]],
  'an effect without a step': [right, [...rightEffects, effect('3', 1)]],
  'an effect before its attempt is in the log': [right, [...rightEffects, effect('1', 3)]],
  'a finished step without its effect': [right, rightEffects.slice(0, 2)],
  'a finished step that begins again': [within(right, 6, started('1', 3)), rightEffects],
  'a step that may not be repeated and begins again': [within(right, 7, started('2', 2)), rightEffects],
  'a step of unknown outcome that begins again': [within(lost, 5, started('2', 2)), [effect('2', 1)]],
  'an end of the old attempt': [right.with(5, finished('1', 1)), rightEffects],
  'two ends of one step': [within(right, 6, finished('1', 2, 'w2')), rightEffects],
  'a run without an end': [without(right, 8), rightEffects],
  'a run with two ends': [[...right, done()], rightEffects],
  'something behind the end': [[...right, ['run.started']], rightEffects],
  'a run that is done without a step': [right.toSpliced(6, 2), rightEffects.slice(0, 2)],
  'an output that its steps did not give': [right.with(8, done({ attempt: 1, by: 'w1' })), rightEffects],
  'an unknown outcome that nobody took over': [without(lost, 3), [effect('2', 1)]],
  'an unknown outcome whose step is not marked': [without(lost, 4), [effect('2', 1)]],
}

for (const [what, [lines, effects]] of Object.entries(planted)) {
  test(`The accounting finds ${what}`, () => {
    ok(accountOf(entriesOf(lines), effects, { steps }).problems.length > 0)
  })
}
