// The programs file: what it may say, what is told about a fault, and that changes of it count at once and never halfway.

import assert from 'node:assert/strict'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { isDaybookError } from '../schema/errors.ts'
import { builtinPrograms } from './builtin.ts'
import { headlessCall } from './call.ts'
import { programsFrom } from './programs.ts'
import { type ProgramSet, readPrograms } from './programs-file.ts'

function setOf(file: object | string): ProgramSet {
  const read = readPrograms(typeof file === 'string' ? file : JSON.stringify(file), '/base')
  assert.ok(read.ok, JSON.stringify(read))
  return read.set
}

function faultOf(file: object | string) {
  const read = readPrograms(typeof file === 'string' ? file : JSON.stringify(file, null, 1), '/base')
  assert.ok(!read.ok)
  return read.fault
}

test('without a word every known program is there, with the defaults', () => {
  const set = setOf({})
  assert.deepEqual(
    set.list().map(({ name }) => name),
    Object.keys(builtinPrograms).toSorted(),
  )
  assert.deepEqual(
    set
      .list()
      .filter(({ untested }) => untested)
      .map(({ name }) => name),
    ['aider', 'claude'],
  )
  const codex = set.get('codex')
  assert.deepEqual(
    [codex?.idle_timeout_sec, codex?.prompt_timeout_sec, codex?.cols, codex?.rows, codex?.drivers],
    [600, 1800, 120, 40, ['headless', 'acp', 'pty']],
  )
  assert.deepEqual(set.workdirs, [homedir()])
  assert.deepEqual(setOf({ workdirs: [] }).workdirs, [])
})

test('what a file says of a program lies over what is known of it, member by member of its sections', () => {
  const set = setOf({
    workdirs: ['~/work', 'here', '/abs'],
    defaults: { idle_timeout_sec: 60, rows: 50 },
    programs: {
      codex: { bin: '/opt/codex', rows: 30, headless: { grace_after_done_ms: 1 }, env: { A: '{state}/x' } },
      bash: { disabled: true },
      mine: { bin: './mine', headless: { format: 'text', start: ['--', '{prompt}'] } },
    },
  })
  const codex = set.get('codex')
  assert.deepEqual(
    [codex?.bin, codex?.rows, codex?.idle_timeout_sec, codex?.env],
    ['/opt/codex', 30, 60, { A: '{state}/x' }],
  )
  assert.deepEqual(codex?.headless, { ...builtinPrograms.codex?.headless, grace_after_done_ms: 1 })
  assert.equal(set.get('bash'), undefined)
  assert.deepEqual(set.get('mine')?.drivers, ['headless'])
  assert.deepEqual(set.workdirs, [join(homedir(), 'work'), '/base/here', '/abs'])
})

test('the same settings have the same hash however they are written, others another', () => {
  const hash = (program: object) => setOf({ programs: { codex: program } }).get('codex')?.config_hash
  assert.equal(hash({}), hash({ bin: 'codex' }))
  assert.equal(hash({ env: { A: '1', B: '2' } }), hash({ env: { B: '2', A: '1' } }))
  assert.notEqual(hash({}), hash({ rows: 41 }))
  assert.match(String(hash({})), /^[\w-]{43}$/)
})

test('a fault is told with its field, its line and what is expected', () => {
  const mine = (more: object) => ({ programs: { mine: { bin: 'mine', ...more } } })
  const headless = (more: object) => mine({ headless: { format: 'text', start: ['--', '{prompt}'], ...more } })
  const cases: readonly [object, string, number][] = [
    [{ program: {} }, 'program', 2],
    [{ programs: { codex: { bin: 1 } } }, 'programs.codex.bin', 4],
    [{ defaults: { rows: 1 } }, 'defaults.rows', 3],
    [mine({}), 'programs.mine', 3],
    [{ programs: { mine: { pty: {} } } }, 'programs.mine.bin', 3],
    [{ programs: { 'My one': { bin: 'x', pty: {} } } }, 'programs.My one', 3],
    [mine({ drivers: ['acp'] }), 'programs.mine.acp', 3],
    [mine({ drivers: ['ssh'] }), 'programs.mine.drivers[0]', 6],
    [mine({ headless: { format: 'text' } }), 'programs.mine.headless', 5],
    [headless({ start: ['{prompt}'] }), 'programs.mine.headless.start[0]', 8],
    [headless({ start: ['--', { iff: 'image', args: [] }] }), 'programs.mine.headless.start[1].iff', 10],
    [headless({ resume: ['{resume}'] }), 'programs.mine.headless.resume', 11],
    [headless({ token: 'uuid' }), 'programs.mine.headless.start', 7],
    [headless({ prompt_via: ['stdin', 'arg'] }), 'programs.mine.headless.prompt_via', 11],
    [headless({ image: { in_prompt: '@{file}' } }), 'programs.mine.headless.image.in_prompt', 12],
    [mine({ pty: { prompt_regex: '(' } }), 'programs.mine.pty.prompt_regex', 6],
    [mine({ pty: { dialogs: [{ match: '[', answer: null }] } }), 'programs.mine.pty.dialogs[0].match', 8],
    [mine({ pty: { argv: ['{prompt}'] } }), 'programs.mine.pty.argv[0]', 7],
    [mine({ pty: {}, resume_regex: 'id (.*)' }), 'programs.mine.resume_regex', 6],
    [mine({ pty: {}, env: { 'A-B': '1' } }), 'programs.mine.env.A-B', 7],
    [mine({ pty: {}, env: { A: '{prompt}' } }), 'programs.mine.env.A', 7],
    [mine({ pty: {}, secrets: ['$KEY'] }), 'programs.mine.secrets[0]', 7],
  ]
  for (const [file, field, line] of cases) {
    const fault = faultOf(file)
    assert.deepEqual([fault.field, fault.line], [field, line], JSON.stringify(file))
    assert.notEqual(fault.why, '')
  }
  assert.deepEqual([faultOf('{').field, faultOf('{').line], ['', 1])
  assert.equal(faultOf('{"programs":{},"programs":{}}').field, 'programs')
})

test('a changed file counts with the next look; a faulty one is told and changes nothing', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-programs-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'programs.json')
  const write = (text: string) => {
    writeFileSync(`${path}.new`, text)
    renameSync(`${path}.new`, path)
  }
  const programs = programsFrom({ path })
  const binary = () => programs.current().get('codex')?.bin
  assert.deepEqual([binary(), programs.fault()], ['codex', null])
  write('{"programs":{"codex":{"bin":"/one"}}}')
  assert.equal(binary(), '/one')
  assert.equal(programs.current(), programs.current())
  write('{"programs":{"codex":{"bin":"/two"}')
  assert.equal(binary(), '/one')
  assert.equal(programs.fault()?.line, 1)
  write('{"programs":{"codex":{"bin":"/two"}}}')
  assert.deepEqual([binary(), programs.fault()], ['/two', null])
  rmSync(path)
  assert.deepEqual([binary(), programs.fault()], ['codex', null])
})

test('a file that is faulty from the beginning gives no program, for it may have meant to switch some off', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-programs-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'programs.json')
  writeFileSync(path, '{"programs":{"bash":{"disabled":1}}}')
  const programs = programsFrom({ path })
  assert.deepEqual(programs.current().list(), [])
  assert.equal(programs.fault()?.field, 'programs.bash.disabled')
  const folderAsFile = programsFrom({ path: folder })
  assert.deepEqual(folderAsFile.current().list(), [])
  assert.notEqual(folderAsFile.fault(), null)
})

test('a prompt becomes the call that its program takes, new and resumed, with images and by standard input', () => {
  const set = setOf({})
  const call = (name: string, more: object = {}) => {
    const program = set.get(name)
    assert.ok(program)
    const values = { prompt: 'hi', images: [], token: null, workdir: '/w', session: 's1', state: '/st', ...more }
    return headlessCall(program, values, () => 'u-u-i-d')
  }
  const codex = ['exec', '--json', '--skip-git-repo-check', '-s', 'workspace-write']
  assert.deepEqual(call('codex'), { args: [...codex, '--', 'hi'], input: null, token: null })
  assert.deepEqual(call('codex', { token: 't1', images: ['/a.png'] }).args.slice(-5), [
    '-i',
    '/a.png',
    't1',
    '--',
    'hi',
  ])
  assert.deepEqual(call('codex', { model: 'm' }).args, [...codex, '-m', 'm', '--', 'hi'])
  assert.equal(call('gemini').token, 'u-u-i-d')
  assert.deepEqual(call('gemini', { token: 't1' }).token, 't1')
  assert.equal(call('gemini', { images: ['/w/in/a.png'] }).args.at(-1), '--prompt=hi @in/a.png')
  assert.equal(call('aider').token, 's1')
  assert.deepEqual(call('bc', { prompt: '-1' }), { args: ['-q'], input: '-1\n', token: null })
  const refused = (name: string, more: object) => {
    try {
      call(name, more)
    } catch (error) {
      return isDaybookError(error) ? [error.code, error.field] : error
    }
    return null
  }
  assert.deepEqual(refused('bash', { images: ['/a.png'] }), ['invalid', 'images'])
  assert.deepEqual(refused('gemini', { images: ['/elsewhere/a.png'] }), ['invalid', 'images[0]'])
  assert.deepEqual(refused('gemini', { images: ['/w/a b.png'] }), ['invalid', 'images[0]'])
  assert.deepEqual(refused('gemini', { prompt: '  !rm -rf /' }), ['invalid', 'prompt'])
  assert.deepEqual(refused('psql', { prompt: '\\! id' }), ['invalid', 'prompt'])
  assert.deepEqual(refused('codex', { token: '--last' }), ['invalid', 'resume'])
})
