// The interpreters that are known, as far as this machine has them: a prompt is what they run, whatever it begins with.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { builtinPrograms } from './builtin.ts'
import { headlessCall } from './call.ts'
import { locate } from './find.ts'
import { readPrograms } from './programs-file.ts'
import { longestArgument } from './template.ts'

const read = readPrograms('{}', '/')
assert.ok(read.ok)
const { set } = read

function run(name: string, prompt: string): string | null {
  const program = set.get(name)
  assert.ok(program)
  const path = locate(program.bin, process.env)
  if (path === null) return null
  const values = { prompt, images: [], token: null, workdir: tmpdir(), session: 's1', state: tmpdir() }
  const { args, input } = headlessCall(program, values)
  const { stdout, error } = spawnSync(path, args, {
    input: input ?? '',
    encoding: 'utf8',
    cwd: tmpdir(),
    timeout: 30_000,
  })
  if (error) throw error
  return stdout.trim()
}

const long = ' '.repeat(longestArgument)
const cases: readonly (readonly [string, string, string])[] = [
  ['bash', 'echo "$((6*7))"; cat', '42'],
  ['bash', '--version || echo no option', 'no option'],
  ['bash', `echo '${'x'.repeat(longestArgument)}' | wc -c | tr -d ' '`, String(longestArgument + 1)],
  ['python', 'import sys\nprint(sys.argv, 6*7)', "['-c'] 42"],
  ['python', '-1; print("dash")', 'dash'],
  ['python', `${long.replaceAll(' ', '#')}\nprint("long")`, 'long'],
  ['node', '6*7', '42'],
  ['node', '-1+3', '2'],
  ['node', `${long}7`, '7'],
  ['sqlite3', '-- says\nselect 6*7 as n;', '[{"n":42}]'],
  ['gdb', 'print 6*7', '$1 = 42'],
  ['gdb', '-version', ''],
  ['bc', '-1 * 42\n2^10', '-42\n1024'],
]

test('the interpreters of this machine run a prompt and nothing else', () => {
  const ran = new Set<string>()
  for (const [name, prompt, expected] of cases) {
    const printed = run(name, prompt)
    if (printed === null) continue
    ran.add(name)
    assert.equal(printed, expected, `${name}: ${prompt.slice(0, 80)}`)
  }
  assert.ok(ran.has('bash') && ran.has('node'), [...ran].join(' '))
})

test('every known program can be given a prompt', () => {
  for (const name of Object.keys(builtinPrograms)) {
    const program = set.get(name)
    assert.ok(program?.headless, name)
    const values = { prompt: 'hi', images: [], token: null, workdir: '/w', session: 's1', state: '/st' }
    const { args, input } = headlessCall(program, values)
    assert.ok(input?.trim() === 'hi' || args.some((one) => one.endsWith('hi')), name)
  }
})
