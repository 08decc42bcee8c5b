// The commands of skills and agents: lists, faults, scaffolds, their tests, and how a running server takes them up.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { until } from '../session/testing.fixture.ts'
import { fill, type Home, openHome } from './bin.fixture.ts'

let home: Home
let where: readonly string[]
before(async () => {
  home = openHome()
  await fill(home.path('data/a.db'), async () => undefined)
  where = ['--store', home.path('data/a.db')]
})
after(() => home.end())

const run = (...args: readonly string[]) => home.inside([...args, ...where])

interface Listed {
  readonly skills: readonly { readonly skill_id: string; readonly risk: string; readonly source: string }[]
  readonly faults: readonly { readonly folder: string; readonly message: string }[]
}
const listed = async (): Promise<Listed> => JSON.parse((await run('skill', 'list', '--json')).out)

test('skills are listed with their risk and source, and shown one by one', async () => {
  const { skills, faults } = await listed()
  assert.deepEqual(faults, [])
  const calculate = skills.find(({ skill_id }) => skill_id === 'calculate')
  assert.deepEqual([calculate?.risk, calculate?.source], ['low', 'built-in'])
  assert.match((await run('skill', 'list')).out, /^calculate +low +built-in +\S/m)
  assert.match(
    (await run('skill', 'show', 'calculate')).out,
    /^calculate .*\n(.*\n)*risk +low\n(.*\n)*source +built-in\n/,
  )
  const missing = await run('skill', 'show', 'calculat')
  assert.equal(missing.exit, 3)
  assert.match(missing.err, /daybook skill show calculate\n$/)
})

test('where a text would go is told with its words, and nothing is run', async () => {
  const { out } = await run('skill', 'list', '--for', 'calculate 3 * 4')
  assert.match(out, /^calculate {2}[01]\.\d\d\n {2}calculate +.*in its \w+\n/)
  const none = await run('skill', 'list', '--for', 'xyzzy plugh')
  assert.match(none.out, /^no skill fits\n/)
  assert.equal(JSON.parse((await run('skill', 'list', '--for', 'xyzzy plugh', '--json')).out).skill, null)
  assert.ok((await run()).out.startsWith(`no sessions yet in ${home.path('data/a.db')}\n`))
})

test('agents stand in one list', async () => {
  assert.match((await run('agent', 'list')).out, /^orchestrator +skills +\S/m)
  assert.equal(JSON.parse((await run('agent', 'show', 'orchestrator', '--json')).out).name, 'orchestrator')
  const missing = await run('agent', 'show', 'orchestrater')
  assert.equal(missing.exit, 3)
  assert.match(missing.err, /daybook agent show orchestrator\n$/)
})

test('a new skill stands beside the store, passes its own test, and is called by its id', async () => {
  const added = await run('skill', 'add', 'texts/shout', 'Shouts a text in capital letters.')
  assert.equal(added.exit, 0, added.err)
  assert.match(added.out, /^texts\/shout {2}\S*data\/skills\/shout\n {2}SKILL\.md {2}skill\.ts {2}skill\.test\.ts\n$/)
  assert.equal((await run('skill', 'add', 'texts/shout')).exit, 4)
  assert.equal((await run('skill', 'add', 'NOT an id')).exit, 2)
  const tried = await run('skill', 'test', 'texts/shout')
  assert.deepEqual([tried.exit, tried.out], [0, 'texts/shout: 1 passed, 0 failed\n'], tried.err)
  assert.equal((await run('say', '--skill', 'texts/shout', 'hello')).out, 'HELLO\n')
  const file = home.path('data/skills/shout/skill.ts')
  writeFileSync(file, readFileSync(file, 'utf8').replace('toUpperCase', 'toLowerCase'))
  const worse = await run('skill', 'test', home.path('data/skills/shout'), '--json')
  assert.equal(worse.exit, 1)
  assert.deepEqual([JSON.parse(worse.out).ok, JSON.parse(worse.out).failed], [false, 1])
})

test('what cannot be read is listed with its folder and why, and the others work on', async () => {
  mkdirSync(home.path('data/skills/broken'), { recursive: true })
  writeFileSync(home.path('data/skills/broken/skill.ts'), 'export default {')
  assert.deepEqual(
    (await listed()).faults.map(({ folder }) => folder),
    [home.path('data/skills/broken')],
  )
  assert.match((await run('skill', 'list')).out, /cannot be read\n {2}\S+broken {2}skill\.ts/)
  assert.equal((await run('skill', 'test', 'broken')).exit, 1)
  assert.equal((await run('skill', 'test', 'nowhere')).exit, 3)
  assert.equal((await run('say', 'calculate 1 + 1')).out, '1 + 1 = 2\n')
})

test('a running server finds a skill by its words as soon as it is there, and its next version as soon as it is written', async () => {
  const other = home.path('other/a.db')
  mkdirSync(home.path('other'))
  const server = await home.serve(['--store', other])
  const ask = (...args: readonly string[]) => home.inside([...args, '--server', server.url])
  assert.equal((await ask('say', 'whisper something to me')).exit, 1)
  assert.equal((await ask('skill', 'add', 'whisper', 'Whispers a text, in a whisper.')).exit, 0)
  const whispered = async () => (await ask('say', 'whisper hello')).out
  await until(async () => (await whispered()) === 'WHISPER HELLO\n')
  const file = home.path('other/skills/whisper/skill.ts')
  writeFileSync(file, readFileSync(file, 'utf8').replace('toUpperCase', 'toLowerCase'))
  await until(async () => (await whispered()) === 'whisper hello\n')
  server.process.kill('SIGTERM')
  assert.equal((await server.ended).exit, 0)
})

test('daybook.json names more folders of skills, from its own folder', async () => {
  mkdirSync(home.path('mine/lend/more'), { recursive: true })
  const text = `import { defineSkill } from 'daybook'\nexport default defineSkill({ name: 'More', description: 'More.', run: () => 'more' })\n`
  writeFileSync(home.path('mine/lend/more/skill.ts'), text)
  writeFileSync(
    home.path('mine/daybook.json'),
    '{"store": "b.db", "skills": ["./lend"], "http_allow": ["example.org"]}',
  )
  await fill(home.path('mine/b.db'), async () => undefined)
  const inside = (...args: readonly string[]) => home.inside(args, { cwd: home.path('mine') })
  assert.match((await inside('skill', 'list')).out, /^more +low +\S*lend\/more +More\.$/m)
  assert.equal((await inside('say', '--skill', 'more', 'x')).out, 'more\n')
  assert.match((await inside('config', 'show')).out, /^skills +\["\.\/lend"\]/m)
  writeFileSync(home.path('mine/daybook.json'), '{"store": "b.db", "skills": "./lend"}')
  assert.equal((await inside('config', 'check')).exit, 2)
})
