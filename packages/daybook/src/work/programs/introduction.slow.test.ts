// What a coding agent is told before its first prompt in a session, and again once it has lost its own.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { startMock } from '../../model/mock.fixture.ts'
import { openModels } from '../../open-models.ts'
import { dataOf } from '../../session/decode.ts'
import { buildContext } from '../agents/context/build.ts'
import { modelAgent } from '../agents/performer.ts'
import type { AgentSetting } from '../agents/turn-setting.ts'
import { defined } from '../agents/turns.fixture.ts'
import { agentsOf } from '../agents.ts'
import type { ScopedWork } from '../contract.ts'
import { fixedSkills } from '../skills/fixed.ts'
import { withPrograms } from './agent.ts'
import { Machine } from './programs.fixture.ts'

/** Repeats its prompt; goes on in a session of its own as long as the file `kept` is there. */
const file = {
  programs: {
    teller: {
      bin: 'bash',
      headless: {
        format: 'text',
        token: 'session',
        start: ['-c', 'touch kept; printf "%s\\n" "$@"', 'new', '--', '{prompt}'],
        resume: [
          ...['-c', 'test -e kept || { echo "no session $2 found" >&2; exit 42; }; printf "%s\\n" "$@"', 'old'],
          ...['{resume}', '--', '{prompt}'],
        ],
        resume_failed_exit: [42],
        allow_code_prompt: true,
      },
    },
  },
} as const

async function asking(t: TestContext) {
  const machine = await Machine.open(t, file)
  const session = await machine.session()
  const ask = async (input: string, agent = 'teller', id = session.id) => {
    const { run } = await machine.anna.start(id, { agent, input })
    const { output, reason } = await machine.anna.settled(run, { until: 'end' })
    return reason ?? (output as { text: string }).text
  }
  return { machine, session, ask }
}

test('whoever was not there gets what was said before, once, and a shell gets nothing but its command', async (t) => {
  const { session, ask } = await asking(t)
  await session.append([
    { kind: 'message', data: { role: 'user', content: 'make the token test pass' } },
    { kind: 'message', data: { role: 'assistant', content: 'It passes now.', agent: 'codex' } },
  ])
  const first = await ask('and add a test for expiry')
  match(first, /^--\n# Going on from: make the token test pass\n/)
  match(first, /It passes now\..*\n## Asked now\nand add a test for expiry$/s)
  strictEqual(await ask('and another'), `${session.id}\n--\nand another`)
  strictEqual(await ask('echo plain', 'bash'), 'plain')
  const toldOnce = await session.stored({ kinds: ['message'] })
  const said = toldOnce.map((entry) => dataOf(entry, 'message'))
  const [system, ...others] = said.filter((message) => message?.role === 'system')
  deepStrictEqual(others, [])
  ok(first.includes(system?.content ?? 'nothing'), 'the log has what the program was told')
  // What somebody else has answered since it cannot know.
  match(await ask('who spoke?'), /^\S+\n--\n# Going on from.*bash \(#\d+\): plain.*\nwho spoke\?$/s)
})

test('where nothing was said before, a prompt is only itself', async (t) => {
  const { ask } = await asking(t)
  strictEqual(await ask('hello'), '--\nhello')
})

test('a preamble that a person had made for it is the one that it gets', async (t) => {
  const { session, ask } = await asking(t)
  const preamble = (agent: string) => ({ preamble: { with: agent, of: session.id, until: 1, tokens: 9 } })
  await session.append([
    { kind: 'message', data: { role: 'system', content: 'for the teller', metadata: preamble('teller') } },
    { kind: 'message', data: { role: 'system', content: 'for another', metadata: preamble('gemini') } },
  ])
  strictEqual(await ask('go on'), '--\nfor the teller\n\n## Asked now\ngo on')
})

test('a fork does not go on in the session of its base, and is told about it', async (t) => {
  const { session, ask } = await asking(t)
  await ask('count the files')
  const fork = await session.fork()
  match(await ask('and the folders', 'teller', fork.id), /^--\n# Going on from.*count the files.*and the folders$/s)
  strictEqual(await ask('thanks'), `${session.id}\n--\nthanks`)
})

test('a program that lost its session says so once, and begins another one with what was said', async (t) => {
  const { machine, session, ask } = await asking(t)
  await ask('count the files')
  rmSync(join(machine.workdir, 'kept'))
  strictEqual(await ask('and the folders'), 'resume_failed')
  const [entry] = await session.stored({ kinds: ['process.token_refused'] })
  const refused = entry && dataOf(entry, 'process.token_refused')
  deepStrictEqual([refused?.program, refused?.value], ['teller', session.id])
  match(await ask('and the folders, please'), /^--\n# Going on from.*count the files.*and the folders, please$/s)
  strictEqual(await ask('thanks'), `${session.id}\n--\nthanks`)
})

test('what a newer version of a program wrote, or one with another home, an older one is not let into', async (t) => {
  const { machine, session, ask } = await asking(t)
  const bin = join(machine.folder, 'teller')
  const says = (version: string, more: object = {}) => {
    writeFileSync(bin, `#!/bin/bash\n[ "$1" = --version ] && { echo "teller ${version}"; exit; }\nexec bash "$@"\n`)
    chmodSync(bin, 0o700)
    const teller = { ...file.programs.teller, bin, ...more }
    writeFileSync(join(machine.folder, 'programs.json'), JSON.stringify({ workdirs: ['work'], programs: { teller } }))
  }
  const anew = /^--\n# Going on from.*## Asked now\n/s
  const resumed = `${session.id}\n--\n`
  says('2.10.3')
  strictEqual(await ask('one'), '--\none')
  says('2.10.0-')
  strictEqual(await ask('two'), `${resumed}two`)
  says('2.9.99')
  match(await ask('three'), anew)
  strictEqual(await ask('four'), `${resumed}four`)
  says('2.11.0+')
  strictEqual(await ask('five'), `${resumed}five`)
  says('2.9.0--', { resume_version_guard: false })
  strictEqual(await ask('six'), `${resumed}six`)
  says('3.0', { env: { TELLER_HOME: '{state}/other' } })
  match(await ask('seven'), anew)
  strictEqual((await session.stored({ kinds: ['process.token_refused'] })).length, 2)
})

test('a failure that says nothing of its session keeps the token', async (t) => {
  const { machine, session, ask } = await asking(t)
  await ask('count the files')
  const { programs } = file
  const { headless } = programs.teller
  const broken = { ...programs.teller, headless: { ...headless, resume: ['-c', 'echo away >&2; exit 1', '{resume}'] } }
  const path = join(machine.folder, 'programs.json')
  const write = (teller: object) => writeFileSync(path, JSON.stringify({ workdirs: ['work'], programs: { teller } }))
  write({ ...broken, headless: { ...broken.headless, resume: [...broken.headless.resume, '--', '{prompt}'] } })
  strictEqual(await ask('and the folders'), 'error')
  write(programs.teller)
  strictEqual(await ask('and the folders'), `${session.id}\n--\nand the folders`)
})

const handing = [
  { match: { userMessage: 'and now?' }, response: { content: 'It is mine again.' } },
  {
    match: { userMessage: 'make the test pass', hasToolResult: false },
    response: {
      content: 'I read the test.',
      toolCalls: [{ id: 'c1', name: 'hand_over', arguments: '{"to":"teller","reason":"it can run tests"}' }],
    },
  },
  { match: { userMessage: 'make the test pass' }, response: { content: 'I do it myself.' } },
]

test('an agent hands its turn to a program that it names, which is told what was said; a person hands it back', async (t) => {
  await using mock = await startMock(handing)
  const { machine } = await asking(t)
  await machine.work.close()
  await machine.sessions.close()
  const coder = defined('coder', { handoffs: ['teller'] })
  const setting: AgentSetting = {
    models: openModels(mock.settings()),
    skills: fixedSkills(),
    definition: (name) => (name === 'coder' ? coder : undefined),
    others: (name) => agents.get(name),
    context: buildContext,
  }
  const { blobs } = machine.store.within({ tenant: 'default', subjects: ['anna'] })
  const agents = withPrograms(agentsOf([modelAgent(coder, setting)]), machine.programs, (printed) => blobs.put(printed))
  await machine.start({ agents })
  const session = await machine.session()
  const say = async (work: ScopedWork, input: string, id: string, agent?: string) => {
    const { run } = await work.start(id, { input, ...(agent === undefined ? {} : { agent }) })
    return machine.anna.settled(run, { until: 'end' })
  }
  const { status, output } = await say(machine.anna, 'make the test pass', session.id, 'coder')
  strictEqual(status, 'done')
  const told = (output as { text: string }).text
  match(told, /^--\n# Going on from: make the test pass\n.*coder \(#\d+\): I read the test\./s)
  match(told, /## Handed over by coder\nit can run tests\n\n## Asked now\nmake the test pass$/)
  const handle = machine.handle(session.id)
  strictEqual((await handle.head()).currentAgent, 'teller')
  await handle.handoff('coder', 'the rest is mine')
  strictEqual((await say(machine.anna, 'and now?', session.id)).output, 'It is mine again.')
  // What the program said stands before the model.
  ok(mock.bodies().at(-1)?.includes('it can run tests'))
  // Whoever may not use programs is not handed to one.
  const stranger = machine.work.within(
    { tenant: 'default', subjects: ['anna'] },
    { actor: 'user:anna', programs: false },
  )
  const other = await machine.session()
  strictEqual((await say(stranger, 'make the test pass', other.id, 'coder')).output, 'I do it myself.')
  ok(!mock.bodies().at(-2)?.includes('"hand_over"'), 'it is not offered')
})
