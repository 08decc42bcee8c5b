// The project speaks of itself alone: no file names the place or the means by which it was made.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allTexts } from './sources.ts'

/**
 * Written in pieces, so that this file does not contain what it forbids. Anna is the person of examples and recordings, whose
 * home folder is on no machine.
 */
const forbidden: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`(?<![\\w./-])/wo${'rk'}/`), 'a path of one machine'],
  [
    new RegExp(`(?<![\\w./-])/(?:tm${'p'}/(?:team|bash_jobs)|ho${'me'}/(?!anna/)\\w+/|ro${'ot'}/|Use${'rs'}/\\w+/)`),
    'a path of one machine',
  ],
  [
    new RegExp(`\\bregis${'try'}\\.[\\w-]+\\.|[\\w-]+\\.[\\w-]*regis${'try'}\\b\\.|^regis${'try'}\\s*=`, 'm'),
    'the host of a package registry',
  ],
  [new RegExp(`"resol${'ved'}":\\s*"https?:`), 'the host of a package registry'],
  [new RegExp(`\\biss${'ue'} #?\\d+\\b`, 'i'), 'an order by its number'],
]

function aloneFaults({ path, text }: { path: string; text: string }): string[] {
  return forbidden.flatMap(([pattern, what]) => {
    const match = pattern.exec(text)
    return match === null ? [] : [`${path}: ${what} (${match[0]})`]
  })
}

test('no file names a machine, a registry or an order of work', () => {
  assert.deepEqual(allTexts().flatMap(aloneFaults), [])
})

test('the rule finds planted violations and lets plain words pass', () => {
  const faults = (text: string): number => aloneFaults({ path: 'p/a.md', text }).length
  const bad = [
    'see /wo~rk/main',
    '"/ho~me/ann/x"',
    'https://regis~try.example.org/a',
    'regis~try=x',
    '"resol~ved": "https://x"',
    'as in iss~ue 12',
  ]
  for (const text of bad) assert.equal(faults(text.replace('~', '')), 1, text)
  for (const text of ['packages/work/run.ts', '../work/run.ts', 'the skill registry. It', '/workers/', 'an issue'])
    assert.equal(faults(text), 0, text)
})
