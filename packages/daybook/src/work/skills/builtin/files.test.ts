// Tests of the skills that read and change files: what they give, what they refuse, and that nothing beyond the folder is reached.

import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { cases } from '../../../cases.fixture.ts'
import type { Json } from '../../../schema/json.ts'
import { until } from '../../../session/testing.fixture.ts'
import type { SkillContext, SkillDefinition } from '../contract.ts'
import { skillOf } from '../skill.ts'
import { builtInSkills } from './all.ts'
import { type Stage, stage } from './builtin.fixture.ts'
import { diffOf, undone } from './files/diff.ts'
import type { FileSettings } from './files/place.ts'

const home = mkdtempSync(join(tmpdir(), 'daybook-files-'))
after(() => rmSync(home, { recursive: true, force: true }))
const app = join(home, 'app')
mkdirSync(join(app, 'src'), { recursive: true })
writeFileSync(join(home, 'secret.txt'), 'not yours')
writeFileSync(join(app, 'src', 'a.ts'), 'export const one = 1\nexport const two = 2\n')
writeFileSync(join(app, 'picture.bin'), new Uint8Array([1, 0, 2]))
symlinkSync(home, join(app, 'out'))
symlinkSync(join(home, 'nowhere.txt'), join(app, 'dangling'))
symlinkSync(join(app, 'src', 'a.ts'), join(app, 'inside.ts'))

/** Calls a skill of files as it is called in a run, in a session that works in `app`. */
async function caller(world: Stage, settings: Partial<FileSettings> = {}, more: Partial<SkillContext> = {}) {
  await world.session.update({ metadata: { cwd: app } })
  const files = { folders: [home], workdirs: () => [], ...settings }
  const skills = new Map(
    builtInSkills({ blobs: world.blobs, files }).map((one: SkillDefinition) => [one.id, skillOf(one, 'built-in')]),
  )
  const skill = (id: string) => skills.get(id) ?? assert.fail(id)
  const context = world.context(more)
  const call = async (id: string, input: Json) => (await skill(id).run?.(input, context)) as Record<string, never>
  const undo = (id: string, input: Json, output: Json) => skill(id).undo?.({ input, output }, context)
  return { call, undo, skill }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false // ESRCH
  }
}

const refusedWith = (code: string) => (error: unknown) => (error as { code?: unknown }).code === code

test('a file is read by lines, with the hash of all of it', async () => {
  await using world = await stage()
  const { call } = await caller(world)
  const whole = await call('file/read', { path: 'src/a.ts' })
  assert.deepEqual([whole.text, whole.lines, whole.more], [readFileSync(join(app, 'src/a.ts'), 'utf8'), 2, false])
  const part = await call('file/read', { path: 'inside.ts', from: 2, lines: 1 })
  assert.deepEqual([part.text, part.path, part.hash], ['export const two = 2\n', 'src/a.ts', whole.hash])
})

test('nothing outside the folder is read, listed, found or written, whatever links or dots lead there', async () => {
  await using world = await stage()
  const { call } = await caller(world)
  for (const path of ['../secret.txt', join(home, 'secret.txt'), 'out/secret.txt', 'src/../../secret.txt']) {
    await assert.rejects(call('file/read', { path }), refusedWith('forbidden'), path)
    await assert.rejects(call('file/write', { path, text: 'x', hash: 'h' }), refusedWith('forbidden'), path)
  }
  await assert.rejects(call('file/list', { path: 'out' }), refusedWith('forbidden'))
  await assert.rejects(call('file/write', { path: 'dangling', text: 'x' }), refusedWith('forbidden'))
  await assert.rejects(call('file/write', { path: 'out/new.txt', text: 'x' }), refusedWith('forbidden'))
  await assert.rejects(call('file/write', { path: '.git/hooks/post-commit', text: 'x' }), refusedWith('forbidden'))
  const found = await call('file/search', { text: 'not yours' })
  assert.deepEqual(
    [found.hits, (await call('file/list', { depth: 8 })).text],
    [0, ['dangling@', 'inside.ts@', 'out@', 'picture.bin', 'src/', 'src/a.ts'].join('\n')],
  )
  assert.equal(readFileSync(join(home, 'secret.txt'), 'utf8'), 'not yours')
})

test('a folder that nobody allowed is refused, and one of the programs is for those who may use programs', async () => {
  await using world = await stage()
  const none = await caller(world, { folders: [], workdirs: () => [app] })
  await assert.rejects(none.call('file/list', {}), refusedWith('forbidden'))
  assert.equal(none.skill('file/read').programs, true)
  const may = await caller(world, { folders: [], workdirs: () => [app] }, { caller: { programs: true } })
  assert.match(String((await may.call('file/list', {})).text), /^src\/$/m)
  const elsewhere = await caller(world, { folders: [join(home, 'other')] })
  await assert.rejects(elsewhere.call('file/list', {}), refusedWith('forbidden'))
})

test('text is found as it stands or by an expression, and one that never ends is stopped', async () => {
  await using world = await stage()
  const { call } = await caller(world)
  assert.equal((await call('file/search', { text: 'CONST TWO' })).text, 'src/a.ts:2: export const two = 2')
  assert.equal((await call('file/search', { text: '\\bone\\b', regex: true, files: '**/*.ts' })).hits, 1)
  assert.equal((await call('file/search', { text: 'one', files: '*.md' })).hits, 0)
  writeFileSync(join(app, 'slow.txt'), `${'a'.repeat(60)}b\n`)
  await assert.rejects(call('file/search', { text: '^(a+)+$', regex: true }), refusedWith('invalid'))
  await assert.rejects(call('file/search', { text: '(', regex: true }), refusedWith('invalid'))
  rmSync(join(app, 'slow.txt'))
})

test('a file is written once, edited where it still is what was read, and made what it was again', async () => {
  await using world = await stage()
  const { call, undo } = await caller(world)
  const input = { path: 'new/b.txt', text: 'one\ntwo\n' }
  const made = await call('file/write', input)
  await assert.rejects(call('file/write', input), refusedWith('conflict'))
  const edit = made.edit as unknown as { after: string; diff: string; operation: string }
  assert.deepEqual([edit.operation, edit.diff], ['create', '@@ -0,0 +1,2 @@\n+one\n+two\n'])
  chmodSync(join(app, 'new/b.txt'), 0o750)
  const change = { path: 'new/b.txt', hash: edit.after, edits: [{ old: 'two', new: '2' }] }
  const changed = await call('file/edit', change)
  assert.deepEqual(
    [readFileSync(join(app, 'new/b.txt'), 'utf8'), statSync(join(app, 'new/b.txt')).mode & 0o777],
    ['one\n2\n', 0o750],
  )
  await assert.rejects(call('file/edit', change), refusedWith('conflict'))
  const hash = (changed.edit as unknown as { after: string }).after
  for (const edits of [
    [{ old: 'three', new: '' }],
    [
      { old: 'n', new: '' },
      { old: 'zz', new: '' },
    ],
  ]) {
    await assert.rejects(call('file/edit', { path: 'new/b.txt', hash, edits }), refusedWith('invalid'))
  }
  assert.equal(readFileSync(join(app, 'new/b.txt'), 'utf8'), 'one\n2\n')
  await assert.rejects(async () => undo('file/write', input, made), refusedWith('conflict'))
  await undo('file/edit', change, changed)
  assert.equal(readFileSync(join(app, 'new/b.txt'), 'utf8'), 'one\ntwo\n')
  await undo('file/edit', change, changed)
  await undo('file/write', input, made)
  await assert.rejects(call('file/read', { path: 'new/b.txt' }), refusedWith('not_found'))
  rmSync(join(app, 'new'), { recursive: true })
})

test('what is no text is neither read nor written over', async () => {
  await using world = await stage()
  const { call } = await caller(world)
  await assert.rejects(call('file/read', { path: 'picture.bin' }), refusedWith('invalid'))
  await assert.rejects(call('file/write', { path: 'picture.bin', text: '', hash: 'x' }), refusedWith('invalid'))
})

test('any change is told as a diff that can be taken back', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30, size: 'max' })
    .map((each) => each.join('\n'))
  fc.assert(
    fc.property(text, text, (before, after) => {
      const { text: diff, added, removed } = diffOf(before, after)
      assert.equal(undone(after, diff), before)
      assert.equal(diff === '', before === after)
      const lines = (one: string) => (one === '' ? 0 : one.split(/(?<=\n)/).length)
      assert.equal(lines(before) - removed + added, lines(after))
    }),
    cases(300),
  )
})

test('a command runs in the folder with no key of the server, waits for nobody, and is ended with all that it started', async () => {
  await using world = await stage()
  process.env.SOME_API_KEY = 'sk-planted'
  const { call, skill } = await caller(world)
  assert.deepEqual([skill('command/run').risk, skill('command/run').programs], ['high', true])
  const ran = await call('command/run', { command: 'pwd; echo $SOME_API_KEY; read x || echo none; exit 3' })
  assert.deepEqual([ran.text, ran.exit, ran.timed_out], [`${app}\n\nnone\n`, 3, false])
  const late = await call('command/run', { command: 'sleep 100 & echo begun; sleep 100', timeout_sec: 1 })
  assert.deepEqual([late.text, late.signal, late.timed_out], ['begun\n', 'SIGKILL', true])
  const left = await call('command/run', { command: '(sleep 100; echo late > late.txt) & echo $!' })
  await until(() => !isAlive(Number(left.text)))
  delete process.env.SOME_API_KEY
})
