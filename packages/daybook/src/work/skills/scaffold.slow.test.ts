// A new skill: what is written for a newcomer works at once, far from any installed package.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { fails } from '../../session/testing.fixture.ts'
import { callSkill } from './call.ts'
import { defineSkill } from './define.ts'
import { Place } from './folders.fixture.ts'
import { scaffoldSkill } from './scaffold.ts'
import { openSkills } from './skills.ts'
import { testSkill } from './trial.ts'

test('a new skill is read, and its own test passes in a process of its own', async () => {
  await using place = await Place.make()
  const description = `Says it loudly: "it's" #1`
  const made = await scaffoldSkill(place.in('skills'), 'text/loud', { description })
  deepStrictEqual(made, { folder: place.in('skills', 'loud'), files: ['SKILL.md', 'skill.ts', 'skill.test.ts'] })
  await using skills = await openSkills({ folders: [place.path] })
  deepStrictEqual(skills.faults(), [])
  const skill = skills.get('text/loud')
  deepStrictEqual([skill?.name, skill?.description, skill?.version], ['loud', description, '0.1.0'])
  const trial = await testSkill(made.folder)
  ok(trial.ok, trial.output)
  deepStrictEqual([trial.skill?.hash, trial.passed, trial.failed, trial.fault], [skill?.hash, 1, 0, null])
})

test('a test that fails, one that cannot start, and a skill with a fault are told', async () => {
  await using place = await Place.make()
  const { folder } = await scaffoldSkill(place.path, 'loud', { description: 'D' })
  const test = await readFile(place.in('loud/skill.test.ts'), 'utf8')
  await place.write('loud/skill.test.ts', test.replace("'HELLO'", "'hello'"))
  const failed = await testSkill(folder)
  deepStrictEqual([failed.ok, failed.passed, failed.failed], [false, 0, 1])
  match(failed.output, /it answers in capital letters/)
  await place.write('loud/skill.test.ts', 'const a = = 1')
  strictEqual((await testSkill(folder)).ok, false)
  await place.write('loud/skill.ts', 'export default {}')
  const faulty = await testSkill(folder)
  deepStrictEqual([faulty.ok, faulty.skill], [false, null])
  match(faulty.fault ?? '', /^skill\.ts: /)
})

test('a skill without tests passes with none, and a folder without a skill does not', async () => {
  await using place = await Place.make()
  const { folder } = await scaffoldSkill(place.path, 'loud', { description: 'D' })
  await place.remove('loud/skill.test.ts')
  const { ok: fine, passed } = await testSkill(folder)
  deepStrictEqual([fine, passed], [true, 0])
  strictEqual((await testSkill(place.in('nothing'))).ok, false)
})

test('nothing is overwritten, and what a page cannot hold is refused', async () => {
  await using place = await Place.make()
  await scaffoldSkill(place.path, 'loud', { description: 'D' })
  await fails(() => scaffoldSkill(place.path, 'other/loud', { description: 'D' }), 'exists')
  for (const id of ['../up', 'Loud', 'a_b', '', 'a/']) {
    await fails(() => scaffoldSkill(place.path, id, { description: 'D' }), 'invalid')
  }
  await fails(() => scaffoldSkill(place.path, 'more', { description: ' ' }), 'invalid')
})

test('a call without a run checks input and output, does steps at once, and names what it was not given', async () => {
  const run = async (input: string, context: Parameters<ReturnType<typeof defineSkill<string, string>>['run']>[1]) => {
    await context.wait(0)
    if (input === 'read') await context.session.head()
    return context.step('double', ({ attempt }) => input + input + attempt)
  }
  const skill = defineSkill({ id: 'a', name: 'A', description: 'D', input: { type: 'string', minLength: 1 }, run })
  strictEqual(await callSkill(skill, 'x'), 'xx1')
  strictEqual((await fails(() => callSkill(skill, ''), 'invalid')).field, 'input')
  strictEqual((await fails(() => callSkill(skill, 'read'), 'invalid')).field, 'context.session')
})
