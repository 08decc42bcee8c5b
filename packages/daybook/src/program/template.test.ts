// Templates: what a prompt says reaches the program as it is, and no template gets by in which it could be anything else.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { cases } from '../cases.fixture.ts'
import { isDaybookError } from '../schema/errors.ts'
import { builtinPrograms } from './builtin.ts'
import type { Template } from './shape.ts'
import { argvOf, longestArgument, type TemplateValues } from './template.ts'
import { type TemplateRules, templateMisfit } from './template-rules.ts'

const recorder = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))'
const places = { workdir: '/w', session: 's1', state: '/st' }

/** What a program finds in its argument vector. */
function recorded(args: readonly string[]): string[] {
  return JSON.parse(execFileSync(process.execPath, ['-e', recorder, '--', ...args], { encoding: 'utf8' }))
}

const hostile = fc.constantFrom(
  ...[
    '--x',
    '-c',
    '--',
    '{resume}',
    '{prompt}',
    '{image}',
    '"',
    "'",
    '`id`',
    '$(id)',
    '$HOME',
    '\\',
    '\n',
    '\r\n',
    '*',
    '~',
  ],
  ...[';', '&&', '|', '%s', '%n', '\u001b[31m', '\u0003', ' ', '\t', 'é', '日本', '👩‍💻', '$&', '$1', '$`'],
)
const prompts = fc
  .array(fc.oneof(hostile, fc.string({ unit: 'grapheme', maxLength: 12 })), { maxLength: 24 })
  .map((parts) => parts.join('').replaceAll('\0', ''))

test('10,000 random prompts reach a real program exactly as they are', () => {
  const template: Template = [
    'exec',
    { if: 'resume', args: ['--resume', '{resume}'] },
    { each: 'image', args: ['-i', '{image}'] },
    '--say={prompt}',
    '--',
    'end',
  ]
  const batch = 1000
  const samples = fc.sample(prompts, cases(10_000, 6))
  assert.ok(samples.some((one) => one.includes('{resume}') && one.startsWith('--')))
  for (let from = 0; from < samples.length; from += batch) {
    const some = samples.slice(from, from + batch)
    const args = some.flatMap((prompt, index) => {
      const values = { ...places, prompt, images: ['/a b', '/{prompt}'], ...(index % 2 ? { resume: 't-1' } : {}) }
      return argvOf(template, values).args
    })
    const expected = some.flatMap((prompt, index) => [
      ...['exec', ...(index % 2 ? ['--resume', 't-1'] : [])],
      ...['-i', '/a b', '-i', '/{prompt}', `--say=${prompt}`, '--', 'end'],
    ])
    assert.deepEqual(recorded(args), expected)
  }
})

function codeOf(act: () => unknown): [string, string | undefined] {
  try {
    act()
  } catch (error) {
    if (isDaybookError(error)) return [error.code, error.field]
    throw error
  }
  assert.fail('nothing was thrown')
}

test('what no argument can carry, or what would become an option, is refused', () => {
  const call = (values: TemplateValues) => codeOf(() => argvOf(['--', '{prompt}'], { ...places, ...values }))
  assert.deepEqual(call({ prompt: 'a\0b' }), ['invalid', 'prompt'])
  assert.deepEqual(call({ prompt: 'half \ud800' }), ['invalid', 'prompt'])
  assert.deepEqual(call({ prompt: 'x', resume: '--last' }), ['invalid', 'resume'])
  assert.deepEqual(call({ prompt: 'x', model: '-c' }), ['invalid', 'model'])
  assert.deepEqual(call({ prompt: 'x', images: ['/a', '-rf'] }), ['invalid', 'images'])
  assert.deepEqual(argvOf(['--', '{prompt}'], { prompt: '-x' }).args, ['--', '-x'])
})

test('a prompt too long for an argument goes by standard input where the program takes it, and is refused elsewhere', () => {
  const template: Template = ['exec', { if: 'prompt', args: ['--', '{prompt}'] }]
  const fits = 'é'.repeat(longestArgument / 2)
  const long = `${fits}x`
  assert.deepEqual(argvOf(template, { prompt: fits }, ['arg', 'stdin']), { args: ['exec', '--', fits], input: null })
  assert.deepEqual(argvOf(template, { prompt: long }, ['arg', 'stdin']), { args: ['exec'], input: long })
  assert.deepEqual(argvOf(template, { prompt: long }, ['arg', 'stdin:-']), { args: ['exec', '--', '-'], input: long })
  assert.deepEqual(argvOf(['-q'], { prompt: '1+1' }, ['stdin']), { args: ['-q'], input: '1+1' })
  assert.deepEqual(argvOf(['--say={prompt}'], { prompt: long }, ['arg', 'stdin']), { args: [], input: long })
  assert.deepEqual(
    codeOf(() => argvOf(template, { prompt: long })),
    ['too_large', 'prompt'],
  )
  assert.deepEqual(
    codeOf(() => argvOf(['{workdir}'], { prompt: 'x', workdir: `/${long}` }, ['arg', 'stdin'])),
    ['too_large', 'prompt'],
  )
})

test('groups come and go as a whole, once or for each image', () => {
  const one: Template = [{ if: 'image', args: ['-i', '{image}'] }, '--', '{prompt}']
  assert.deepEqual(argvOf(one, { prompt: 'p' }).args, ['--', 'p'])
  assert.deepEqual(argvOf(one, { prompt: 'p', images: ['/1'] }).args, ['-i', '/1', '--', 'p'])
  assert.deepEqual(
    codeOf(() => argvOf(one, { prompt: 'p', images: ['/1', '/2'] })),
    ['invalid', 'images'],
  )
  const all: Template = [{ each: 'image', args: ['-i', '{image}'] }, '--', '{prompt}']
  assert.deepEqual(argvOf(all, { prompt: 'p', images: ['/1', '/2'] }).args, ['-i', '/1', '-i', '/2', '--', 'p'])
})

const rules = (isCode = false, ways: NonNullable<TemplateRules['prompt']>['ways'] = ['arg']): TemplateRules => ({
  always: ['workdir'],
  maybe: ['image', 'resume', 'model'],
  prompt: { ways, isCode },
})
const misfit = (template: Template, given = rules()) => templateMisfit(template, 'start', given)?.field ?? null

test('a template in which a prompt could be an option, vanish or stand twice is refused at its place', () => {
  const cases: readonly [Template, string | null, TemplateRules?][] = [
    [['--', '{prompt}'], null],
    [['--say={prompt}'], null],
    [['-c', '{prompt}'], null, rules(true)],
    [['-ex', '{prompt}'], null, rules(true)],
    [['-c', '{prompt}'], 'start[1]'],
    [['{prompt}'], 'start[0]'],
    [['run', '{prompt}', '--'], 'start[1]'],
    [['--', 'say {prompt}'], 'start[1]'],
    [['-s={prompt}'], 'start[0]'],
    [['--say={prompt} now'], 'start[0]'],
    [['--{prompt}'], 'start[0]'],
    [[{ if: 'model', args: ['-m', '{model}', '--'] }, '{prompt}'], 'start[1]'],
    [[{ if: 'prompt', args: ['--', '{prompt}'] }], null],
    [[{ if: 'image', args: ['-c'] }, '{prompt}'], 'start[0].args', rules(true)],
    [['--', '{prompt}', '{prompt}'], 'start'],
    [['run'], 'start'],
    [['run'], null, rules(false, ['stdin'])],
    [['-c', '{prompt}'], 'start[1]', rules(true, ['arg', 'stdin'])],
    [[{ if: 'prompt', args: ['-c', '{prompt}'] }], null, rules(true, ['arg', 'stdin'])],
    [['--say={prompt}'], 'start[0]', rules(false, ['arg', 'stdin:-'])],
    [['{home}', '--', '{prompt}'], 'start[0]'],
    [['-i', '{image}', '--', '{prompt}'], 'start[1]'],
    [[{ if: 'resume', args: ['-i', '{image}'] }, '--', '{prompt}'], 'start[0].args[1]'],
    [[{ if: 'model', each: 'image', args: ['{image}'] }, '--', '{prompt}'], 'start[0]'],
    [[{ args: ['x'] }, '--', '{prompt}'], 'start[0]'],
    [[{ each: 'image', args: ['{image}', '--', '{prompt}'] }], 'start[0].args[2]'],
  ]
  for (const [template, field, given] of cases) assert.equal(misfit(template, given), field, JSON.stringify(template))
})

test('the options that shells and interpreters would take from a prompt stay words of the prompt', () => {
  const { start = [], prompt_via = [] } = builtinPrograms.bash?.headless ?? {}
  const { args } = argvOf(start, { ...places, prompt: '--version' }, prompt_via)
  const ran = () => execFileSync('bash', args, { encoding: 'utf8', stdio: 'pipe' })
  assert.throws(
    ran,
    ({ status, stderr }: { status: number; stderr: string }) => status === 127 && stderr.includes('--version'),
  )
})
