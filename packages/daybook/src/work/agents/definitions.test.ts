// Tests of agents in files: what is read, what is refused and on which line, and that the last good version stays.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { builtInAgents } from './builtin/all.ts'
import type { AgentDefinition, AgentFault } from './contract.ts'
import { definitionOf } from './definition.ts'
import { type DefinitionsOptions, openDefinitions } from './definitions.ts'

const home = mkdtempSync(join(tmpdir(), 'daybook-definitions-'))
after(() => rmSync(home, { recursive: true, force: true }))
let folders = 0

/** The definitions of a folder with these files. */
async function opened(files: Readonly<Record<string, string>>, more: Partial<DefinitionsOptions> = {}) {
  folders += 1
  const folder = join(home, `agents-${folders}`)
  const write = (name: string, text: string) => {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  for (const [name, text] of Object.entries(files)) write(name, text)
  const told: AgentFault[] = []
  const definitions = await openDefinitions({
    ...{ folders: [folder], builtIn: builtInAgents },
    onFault: (fault) => void told.push(fault),
    ...more,
  })
  return { definitions, folder, write, told }
}

const good = 'description: Reviews.\ninstructions: You are reviewer.\n'

test('files of YAML and modules are agents by the names of their files, before built-in ones of that name', async () => {
  const { definitions, folder } = await opened({
    'reviewer.yaml': `${good}model: lab/one\nlimits: { calls: 3, call_ms: 5000 }\nhandoffs: [coder]\n`,
    'poet.ts': `import { lines } from './parts/lines.ts'
import { defineAgent } from 'daybook'
export default defineAgent({ description: 'Verse.', instructions: lines, limits: { callMs: 2000 } })
`,
    'parts/lines.ts': `export const lines: string = 'You are poet.'\n`,
    'poet.test.ts': 'throw new Error("no agent")\n',
    'notes.md': '# no agent\n',
    'coder.yml': 'extends: coder\nlimits: { calls: 7 }\nmodels: [a/b, c/d]\n',
  })
  assert.deepEqual(definitions.faults(), [])
  const names = definitions.list().map(({ name }) => name)
  assert.deepEqual(names, ['orchestrator', 'coder', 'architect', 'debug', 'ask', 'poet', 'reviewer'])
  const reviewer = definitions.get('reviewer')
  assert.deepEqual([reviewer?.models, reviewer?.limits], [['lab/one'], { calls: 3, callMs: 5000 }])
  assert.equal(reviewer?.source, join(folder, 'reviewer.yaml'))
  assert.deepEqual(
    [definitions.get('poet')?.instructions, definitions.get('poet')?.limits],
    ['You are poet.', { callMs: 2000 }],
  )
  const [coder, base] = [definitions.get('coder'), builtInAgents.find(({ name }) => name === 'coder')]
  assert.deepEqual([coder?.models, coder?.limits?.calls, coder?.skills], [['a/b', 'c/d'], 7, base?.skills])
  assert.equal(coder?.instructions, base?.instructions)
})

test('what is wrong is told with file and line', async () => {
  const faults: readonly (readonly [file: string, text: string, message: RegExp])[] = [
    ['a.yaml', 'description: x\n', /^a\.yaml:1: instructions is required$/],
    ['b.yaml', `${good}modle: a/b\n`, /^b\.yaml:3: modle is not a known field$/],
    ['b2.yaml', `${good}skils:\n\n  - file/read\n`, /^b2\.yaml:3: skils is not a known field$/],
    ['c.yaml', `${good}skills:\n  - file/*\n  - "no good"\n`, /^c\.yaml:5: skills\[1\] /],
    ['d.yaml', `${good}limits:\n  calls: 0\n`, /^d\.yaml:4: limits\.calls /],
    ['e.yaml', `${good}  bad: [\n`, /^e\.yaml:\d+: /],
    ['f.yaml', `${good}model: a/b\nmodels: [c/d]\n`, /^f\.yaml:4: models stands beside model$/],
    ['g.yaml', 'extends: nobody\n', /^g\.yaml:1: extends is not one of orchestrator, /],
    ['h.yaml', '- a list\n', /^h\.yaml:1: must be an object$/],
    ['i.ts', '\nthrow new Error("no")\n', /^i\.ts:2: no$/],
    ['j.ts', 'export const nothing = 1\n', /^j\.ts: must be an object$/],
    [
      'k.ts',
      'export default { description: "x", instructions: "y", limits: { calls: "z" } }\n',
      /^k\.ts: limits\.calls /,
    ],
    ['No Name.yaml', good, /^No Name\.yaml:1: name /],
  ]
  const { definitions, told } = await opened(Object.fromEntries(faults.map(([file, text]) => [file, text])))
  const messages = new Map(told.map(({ path, message }) => [path.split('/').at(-1), message]))
  for (const [file, , message] of faults) assert.match(messages.get(file) ?? '', message, file)
  assert.equal(told.length, faults.length)
  assert.equal(definitions.list().length, builtInAgents.length)
})

test('a file that becomes faulty keeps its last good version, is told once, and is mended at once', async () => {
  const { definitions, write, told } = await opened({ 'reviewer.yaml': good })
  let changes = 0
  definitions.onChange(() => {
    changes += 1
  })
  write('reviewer.yaml', `${good}tags: no\n`)
  await definitions.reload()
  await definitions.reload()
  assert.deepEqual(
    [told.length, definitions.faults().length, definitions.get('reviewer')?.description],
    [1, 1, 'Reviews.'],
  )
  write('reviewer.yaml', good.replace('Reviews', 'Judges'))
  await definitions.reload()
  assert.deepEqual([definitions.faults(), definitions.get('reviewer')?.description, changes], [[], 'Judges.', 2])
})

test('two files of one name: the first counts, and the other one is a fault', async () => {
  const { definitions } = await opened({ 'one.yaml': `name: same\n${good}`, 'two.yaml': `name: same\n${good}` })
  assert.match(definitions.get('same')?.source ?? '', /one\.yaml$/)
  assert.deepEqual(
    definitions.faults().map(({ message }) => message),
    ['the name same is that of another file'],
  )
})

test('a file that names members is a team and no fault', async () => {
  const { definitions } = await opened({ 'pair.yaml': 'description: Two.\nmembers: [coder, debug]\nmode: route\n' })
  assert.deepEqual([definitions.faults(), definitions.get('pair')], [[], undefined])
})

test('built-in agents fit their own rules: names, hand-offs that are there, words within the limits', () => {
  const names = new Set(builtInAgents.map(({ name }) => name))
  for (const { source, ...agent } of builtInAgents) {
    const setting = { name: agent.name, source, written: false, bases: new Map<string, AgentDefinition>() }
    assert.ok(!('why' in definitionOf(agent, setting)), agent.name)
    for (const to of agent.handoffs ?? []) assert.ok(names.has(to) && to !== agent.name, to)
    assert.ok(agent.instructions.length < 6000, `${agent.name} has ${agent.instructions.length} characters`)
    assert.match(agent.instructions, new RegExp(agent.name === 'orchestrator' ? 'data' : `^You are ${agent.name}\\.`))
  }
})
