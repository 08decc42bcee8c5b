// Skills from folders: what is read, what is a fault, and what happens when the files change meanwhile.

import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { mkdir, rename, symlink } from 'node:fs/promises'
import { test } from 'node:test'
import { until } from '../../session/testing.fixture.ts'
import type { Skill, SkillFault } from './contract.ts'
import { contextOf, moduleOf, Place, pageOf } from './folders.fixture.ts'
import { skillOf } from './skill.ts'
import { type OpenSkills, openSkills } from './skills.ts'

const anHour = 3_600_000

async function answer(skill: Skill | undefined, input: unknown = null): Promise<unknown> {
  return skill?.run?.(input as null, contextOf())
}

function ids(skills: OpenSkills): string[] {
  return skills.list().map(({ id }) => id)
}

test('a page alone is instructions, a module beside it wins over the page, and a module needs no page', async () => {
  await using place = await Place.make()
  await place.write('plain/SKILL.md', pageOf('plain', 'tags: [a]\n'))
  await place.write('both/SKILL.md', pageOf('both', 'version: "1"\ntags: [a]\n'))
  await place.write('both/skill.ts', moduleOf('both', "id: 'more/both', name: 'Both of them', tags: ['b'],"))
  await place.write('deep/in/alone/skill.mjs', moduleOf('alone', "name: 'Alone', description: 'D',"))
  await place.write('no-skill/README.md', 'x')
  await using skills = await openSkills({ folders: [place.path], onFault: unexpected })
  deepStrictEqual(ids(skills), ['more/both', 'alone', 'plain'])
  const plain = skills.get('plain')
  deepStrictEqual([plain?.run, plain?.instructions, plain?.tags], [null, 'How to use plain.', ['a']])
  strictEqual(plain?.source, place.in('plain'))
  const both = skills.get('more/both')
  deepStrictEqual([both?.name, both?.version, both?.tags], ['Both of them', '1', ['b']])
  strictEqual(both?.description, 'What both does.')
  strictEqual(await answer(both), 'both')
})

function unexpected(fault: SkillFault): never {
  throw new Error(`${fault.folder}: ${fault.message}`)
}

const faults: readonly [what: string, file: string, text: string, message: RegExp][] = [
  ['a fault of syntax in TypeScript', 'skill.ts', 'const a: number = 1\n\nconst b = = 2\n', /^skill\.ts:3: /],
  ['a fault of syntax in JavaScript', 'skill.js', 'const a = 1\n\nconst b = = 2\n', /^skill\.js:3: /],
  ['what TypeScript has and JavaScript has not', 'skill.ts', '\nenum A { B }\n', /^skill\.ts:2: /],
  ['an error while it loads', 'skill.mjs', "\n\nthrow new Error('oh')\n", /^skill\.mjs:3: oh/],
  ['an import of nothing', 'skill.ts', "import './nothing.ts'\n", /^skill\.ts: .*nothing/],
  ['an import of a name that is not there', 'skill.ts', "\nimport { no } from 'daybook'\n", /^skill\.ts:2: /],
  ['an import of CommonJS', 'skill.ts', "import './old.cjs'\n", /^skill\.ts: .*old\.cjs/],
  ['no default export', 'skill.ts', 'export const a = 1\n', /^skill\.ts: /],
  ['no function', 'skill.ts', 'export default {}\n', /^skill\.ts: run /],
  ['a wrong definition', 'skill.ts', "export default { risk: 'some', run() {} }\n", /^skill\.ts: risk /],
  ['a second module', 'skill.mjs', moduleOf('x'), /^skill\.mjs: .*skill\.ts/],
  ['a broken page', 'SKILL.md', '---\nname: one\n---\n', /^SKILL\.md:\d+: description/],
]

for (const [what, file, text, message] of faults) {
  test(`${what} is a fault with its place, and the last good version stays`, async () => {
    await using place = await Place.make()
    await place.write('one/SKILL.md', pageOf('one'))
    await place.write('one/old.cjs', 'exports.old = true\n')
    const first = what === 'a second module' || file === 'SKILL.md' ? 'skill.ts' : file
    await place.write(`one/${first}`, moduleOf('good'))
    const told: SkillFault[] = []
    await using skills = await openSkills({
      folders: [place.path],
      onFault: (fault) => void told.push(fault),
      clock: () => 5,
    })
    await place.write(`one/${file}`, text)
    await skills.reload()
    await skills.reload()
    deepStrictEqual(skills.faults(), told)
    strictEqual(told.length, 1)
    const [fault] = told
    deepStrictEqual([fault?.folder, fault?.since], [place.in('one'), 5])
    match(fault?.message ?? '', message)
    strictEqual(await answer(skills.get('one')), 'good')
    await place.write(`one/${first}`, moduleOf('better'))
    if (file === 'SKILL.md') await place.write('one/SKILL.md', pageOf('one'))
    else if (file !== first) await place.remove(`one/${file}`)
    await skills.reload()
    deepStrictEqual(skills.faults(), [])
    strictEqual(await answer(skills.get('one')), 'better')
  })
}

test('any characters may stand in the name of a folder', async () => {
  await using place = await Place.make()
  await place.write('my skills #1?/ä %20/skill.ts', moduleOf('fine', "id: 'a', name: 'N', description: 'D',"))
  await using skills = await openSkills({ folders: [place.path], onFault: unexpected })
  strictEqual(await answer(skills.get('a')), 'fine')
})

test('a changed module and everything it imports from its folder are fresh, and a running call ends on its old version', async () => {
  await using place = await Place.make()
  const module = `import { defineSkill } from 'daybook'
import { word } from './lib/word.ts'
import { word as again } from './lib/word.ts?again'
import data from './data.json' with { type: 'json' }
export default defineSkill({ name: 'One', description: 'D', async run(input: Promise<void> | null, context) {
  await context.step('wait', () => undefined)
  const { late } = await import('./late.mjs')
  return [word, again, data.n, late]
} })
`
  const put = async (n: number): Promise<void> => {
    await place.write('one/lib/word.ts', `export const word: string = 'word ${n}'\n`)
    await place.write('one/data.json', JSON.stringify({ n }))
    await place.write('one/late.mjs', `export const late = 'late ${n}'\n`)
  }
  await place.write('one/skill.ts', module)
  await put(1)
  await using skills = await openSkills({ folders: [place.path], onFault: unexpected })
  const old = skills.get('one')
  const { promise, resolve } = Promise.withResolvers<never>()
  const running = old?.run?.(null, contextOf({ step: () => promise }))
  await put(2)
  await skills.reload()
  const step = async () => undefined as never
  deepStrictEqual(await skills.get('one')?.run?.(null, contextOf({ step })), ['word 2', 'word 2', 2, 'late 2'])
  resolve(undefined as never)
  deepStrictEqual(await running, ['word 1', 'word 1', 1, 'late 1'])
  notStrictEqual(skills.get('one')?.hash, old?.hash)
})

test('packages beside a skill are found from its folder', async () => {
  await using place = await Place.make()
  await place.write(
    'node_modules/near/package.json',
    JSON.stringify({ name: 'near', type: 'module', exports: './i.js' }),
  )
  await place.write('node_modules/near/i.js', "export default 'near'\n")
  await place.write(
    'one/skill.js',
    "import near from 'near'\nexport default { name: 'O', description: 'D', run: () => near }",
  )
  await using skills = await openSkills({ folders: [place.path], onFault: unexpected })
  deepStrictEqual([ids(skills), await answer(skills.get('one'))], [['one'], 'near'])
})

test('of two skills with one id the first one counts, and the second is a fault until the first is gone', async () => {
  await using place = await Place.make()
  const builtIn = skillOf({ id: 'note', name: 'Note', description: 'D', run: () => 'built in' }, 'built-in')
  const named = (id: string) => `id: '${id}', name: 'N', description: 'D',`
  await place.write('a/skill.ts', moduleOf('a', named('same')))
  await place.write('b/skill.ts', moduleOf('b', named('same')))
  await place.write('c/skill.ts', moduleOf('c', named('note')))
  await using skills = await openSkills({ folders: [place.path], builtIn: [builtIn], onFault: () => undefined })
  deepStrictEqual(ids(skills), ['note', 'same'])
  deepStrictEqual(
    skills.faults().map(({ folder }) => folder),
    [place.in('b'), place.in('c')],
  )
  strictEqual(await answer(skills.get('note')), 'built in')
  strictEqual(await answer(skills.get('same')), 'a')
  await place.remove('a')
  await skills.reload()
  strictEqual(await answer(skills.get('same')), 'b')
})

test('changes are followed: a folder that comes later, files written by rename, a removed folder', async () => {
  await using place = await Place.make()
  let changes = 0
  const folder = place.in('not', 'there', 'yet')
  await using skills = await openSkills({ folders: [folder], watch: true, lookMs: 20, onFault: unexpected })
  const end = skills.onChange(() => {
    changes += 1
  })
  deepStrictEqual(ids(skills), [])
  await place.write('not/there/yet/one/skill.ts', moduleOf('one', "name: 'O', description: 'D',"))
  await until(async () => (await answer(skills.get('one'))) === 'one')
  await place.write('new.ts', moduleOf('two', "name: 'O', description: 'D',"))
  await rename(place.in('new.ts'), place.in('not/there/yet/one/skill.ts'))
  await until(async () => (await answer(skills.get('one'))) === 'two')
  await place.remove('not')
  await until(() => ids(skills).length === 0)
  strictEqual(changes, 3)
  end()
})

test('the system tells of changes without a look, in folders that came later too', async () => {
  await using place = await Place.make()
  await place.write('one/skill.ts', moduleOf('one', "name: 'O', description: 'D',"))
  await using skills = await openSkills({ folders: [place.path], watch: true, lookMs: anHour, onFault: unexpected })
  await place.write('one/skill.ts', moduleOf('two', "name: 'O', description: 'D',"))
  await until(async () => (await answer(skills.get('one'))) === 'two')
  await place.write('other/deep/skill.ts', moduleOf('other', "name: 'O', description: 'D',"))
  await until(() => skills.get('deep') !== undefined)
  await place.write('other/deep/lib/more.ts', '// more\n')
  const { hash } = skills.get('deep') ?? {}
  await until(() => skills.get('deep')?.hash !== hash)
  const before = skills.get('deep')
  await place.write('other/deep/lib/more.ts', '// yet more\n')
  await until(() => skills.get('deep') !== before)
})

test('a folder may be a symbolic link, and links in a circle end', async () => {
  await using place = await Place.make()
  await place.write('real/one/skill.ts', moduleOf('one', "name: 'O', description: 'D',"))
  await mkdir(place.in('skills'))
  await symlink(place.in('real/one'), place.in('skills/one'))
  await symlink(place.in('skills'), place.in('skills/round'))
  await using skills = await openSkills({ folders: [place.in('skills')], onFault: unexpected })
  deepStrictEqual([ids(skills), await answer(skills.get('one'))], [['one'], 'one'])
})

test('a place that cannot be read for a moment is a fault, and what was read of it stays', async () => {
  await using place = await Place.make()
  await place.write('all/one/skill.ts', moduleOf('one', "name: 'O', description: 'D',"))
  await using skills = await openSkills({ folders: [place.in('all')], onFault: () => undefined })
  await rename(place.in('all'), place.in('was'))
  await symlink(place.in('all'), place.in('all'))
  await skills.reload()
  deepStrictEqual([ids(skills), skills.faults()[0]?.folder], [['one'], place.in('all')])
  await place.remove('all')
  await rename(place.in('was'), place.in('all'))
  await skills.reload()
  deepStrictEqual([ids(skills), skills.faults()], [['one'], []])
})

test('a folder with more bytes than a skill may have is a fault', async () => {
  await using place = await Place.make()
  await place.write('one/SKILL.md', pageOf('one'))
  await place.write('one/large.bin', new Uint8Array(16 * 1024 * 1024))
  await using skills = await openSkills({ folders: [place.path], onFault: () => undefined })
  deepStrictEqual(ids(skills), [])
  ok(skills.faults()[0]?.message.includes('bytes'))
})
