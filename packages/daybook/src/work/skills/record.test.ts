// Skills in the log: each version once, whoever records it, and what is gone is retired.

import { deepStrictEqual, notStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { isSessionId } from '../../schema/ids.ts'
import type { Sessions } from '../../session/contract.ts'
import { eachStore, tenant } from '../../session/testing.fixture.ts'
import type { Skill } from './contract.ts'
import { recordSkills, skillSession } from './record.ts'
import { skillOf } from './skill.ts'

const skill = (id: string, answer = '1'): Skill =>
  skillOf({ id, name: 'N', description: answer, input: { type: 'string' }, run: () => null }, 'built-in')

/** What the log says of a skill, in order. */
async function history(sessions: Sessions, id: string): Promise<readonly string[]> {
  const scoped = sessions.within({ tenant, subjects: 'all' }, { actor: 'engine:skills', writer: 'R' })
  const entries = await scoped.session(skillSession(id)).read({ kinds: ['skill.added', 'skill.retired'] })
  return entries.map((entry) => (entry.kind === 'skill.added' && entry.data ? entry.data.hash : entry.kind))
}

eachStore('a skill is recorded once for each version, and a version that comes back again', async ({ sessions }) => {
  const [one, two] = [skill('a/b', '1'), skill('a/b', '2')]
  deepStrictEqual(await recordSkills(sessions, tenant, [one]), { added: ['a/b'], retired: [] })
  deepStrictEqual(await recordSkills(sessions, tenant, [one]), { added: [], retired: [] })
  deepStrictEqual(await recordSkills(sessions, tenant, [two]), { added: ['a/b'], retired: [] })
  deepStrictEqual(await recordSkills(sessions, tenant, [one]), { added: ['a/b'], retired: [] })
  deepStrictEqual(await history(sessions, 'a/b'), [one.hash, two.hash, one.hash])
})

eachStore('what is gone is retired once, after a restart too, and may come back', async (world) => {
  const one = skill('one')
  await recordSkills(world.sessions, tenant, [one, skill('two')])
  await world.restart()
  deepStrictEqual(await recordSkills(world.sessions, tenant, [skill('two')]), { added: [], retired: ['one'] })
  deepStrictEqual(await recordSkills(world.sessions, tenant, [skill('two')]), { added: [], retired: [] })
  await recordSkills(world.sessions, tenant, [one, skill('two')])
  deepStrictEqual(await history(world.sessions, 'one'), [one.hash, 'skill.retired', one.hash])
})

eachStore('two processes that record the same skills at once write each of them once', async (world) => {
  const twin = await world.twin()
  const skills = ['one', 'two', 'three'].map((id) => skill(id))
  const reports = await Promise.all(
    [world.sessions, twin, world.sessions, twin].map((sessions) => recordSkills(sessions, tenant, skills)),
  )
  deepStrictEqual(reports.flatMap(({ added }) => added).sort(), ['one', 'three', 'two'])
  for (const { id, hash } of skills) deepStrictEqual(await history(world.sessions, id), [hash])
  const gone = await Promise.all([world.sessions, twin].map((sessions) => recordSkills(sessions, tenant, [])))
  deepStrictEqual(gone.flatMap(({ retired }) => retired).sort(), ['one', 'three', 'two'])
  await twin.close()
})

eachStore('persons see nothing of the registry in their lists', async (world) => {
  await recordSkills(world.sessions, tenant, [skill('one')])
  deepStrictEqual((await world.anna.list()).items, [])
  deepStrictEqual((await world.in('all').list()).items, [])
})

test('every skill has a session of its own', () => {
  const long = 'a'.repeat(127)
  const ids = [
    'a',
    'a/b',
    'a.b',
    'a-b',
    'a_b',
    'ab',
    `${long}b`,
    `${long}c`,
    `${'a/'.repeat(60)}a`,
    `${'a.'.repeat(60)}a`,
  ]
  const sessions = ids.map(skillSession)
  strictEqual(new Set(sessions).size, ids.length)
  for (const id of sessions) ok(isSessionId(id) && id.startsWith('@skill:'), id)
  strictEqual(skillSession('travel/search-flights'), '@skill:travel:search-flights')
  notStrictEqual(skillSession(`${long}b`), skillSession(`${long}c`))
})
