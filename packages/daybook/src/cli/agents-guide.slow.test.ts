// The guide to agents is true: its files are read as they stand there, its commands are typed, its configuration is accepted.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type MockServer, mockKeys, startMock } from '../model/mock.fixture.ts'
import { until } from '../session/testing.fixture.ts'
import { type Home, openHome } from './bin.fixture.ts'
import { type Block, blocksOf, freePort, typed } from './guide.fixture.ts'

const page = readFileSync(join(import.meta.dirname, '../../../../docs/guide/agents.md'), 'utf8')
const blocks = blocksOf(page)
const choice = { agent: 'agent:debug', reason: 'a test fails', confidence: 0.9 }

let home: Home
let mock: MockServer
let port: number

before(async () => {
  home = openHome()
  mock = await startMock([
    { match: { systemMessage: 'You decide who takes a request' }, response: { content: JSON.stringify(choice) } },
    { match: { systemMessage: 'You are debug.' }, response: { content: 'The clock is wrong.' } },
    { match: { systemMessage: 'You are reviewer.' }, response: { content: 'Nothing is wrong with it.' } },
    { match: { systemMessage: 'You are poet.' }, response: { content: 'A lease is a loan of the right to write.' } },
    { match: { systemMessage: 'You are ask.' }, response: { content: 'A lease ends by itself.' } },
  ])
  configure({})
  port = await freePort()
  await home.serve(['--port', String(port)], { env: { OPENAI_API_KEY: mockKeys.OPENAI_API_KEY } })
})
after(async () => {
  await home.end()
  await mock[Symbol.asyncDispose]()
})

function configure(more: object): void {
  const config = { store: 'data/daybook.db', model: 'openai/mock', providers: mock.providers, ...more }
  writeFileSync(home.path('here', 'daybook.json'), JSON.stringify(config))
}

function block(under: string, language: string, at = 0): Block {
  const found = blocks.filter((each) => each.under === under && each.language === language)[at]
  assert.ok(found, `${under} has a block of ${language}`)
  return found
}

function agentFile(name: string, text: string): void {
  mkdirSync(home.path('here', 'data', 'agents'), { recursive: true })
  writeFileSync(home.path('here', 'data', 'agents', name), text)
}

async function type(text: string, names: readonly (readonly [string, string])[] = []): Promise<string> {
  const usual = [
    ['npx daybook', 'daybook'],
    ['localhost:8001', `127.0.0.1:${port}`],
  ] as const
  const { exit, said } = await typed(home, text, { names: [...usual, ...names] })
  assert.equal(exit, 0, said)
  return said
}

async function listed(name: string) {
  const { out } = await home.daybook(['agent', 'list', '--json'])
  const agents = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { name: string; description: string; models: readonly string[] })
  return agents.find((one) => one.name === name)
}

test('the agents of the table are listed, and a request is handed over and handed on as the page says', async () => {
  const said = await type(block('Agents', 'sh').text)
  for (const name of ['orchestrator', 'coder', 'architect', 'debug', 'ask'])
    assert.match(said, new RegExp(`^${name} +model `, 'm'))
  assert.match(said, /^source +built-in$/m)
  assert.match(await type(block('Who takes a request', 'sh').text), /The clock is wrong\./)
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/sessions`)
  const { sessions } = (await answer.json()) as { sessions: { session_id: string; tail: string }[] }
  const [session] = sessions
  assert.ok(session)
  const names = [
    ['k3f9', session.tail],
    ['session_1', session.session_id],
  ] as const
  assert.match(await type(block('Who takes a request', 'sh', 1).text, names), /debug → architect {3}a plan first/)
  assert.match((await home.daybook(['show', session.tail, '--runs'])).out, /→ The clock is wrong\.$/m)
  const { out: agents } = await home.daybook(['show', session.tail, '--raw'])
  const reasons = [...agents.matchAll(/"to":"(\w+)","reason":"([^"]*)"/g)].map(([, to, reason]) => [to, reason])
  assert.deepEqual(reasons, [
    ['debug', 'a test fails'],
    ['architect', 'a plan first'],
    ['coder', 'now build it'],
  ])
})

test('the files of the page are agents as they stand there', async () => {
  agentFile('reviewer.yaml', block('Write one', 'yaml').text)
  agentFile('coder.yaml', block('Write one', 'yaml', 1).text)
  agentFile('poet.ts', block('Write one', 'ts').text)
  await until(async () => (await listed('poet')) !== undefined && (await listed('reviewer')) !== undefined)
  assert.match(await type(block('Write one', 'sh').text), /^hands to +coder$[\s\S]*Nothing is wrong with it\./m)
  assert.deepEqual((await listed('coder'))?.models, ['openai/gpt-5.1-codex'])
  agentFile('bad.yaml', 'description: no instructions\n')
  await until(async () => /bad\.yaml:1: instructions is required/.test((await home.daybook(['agent', 'list'])).err))
  const { exit, out } = await home.daybook(['doctor'])
  assert.deepEqual([exit, /^bad +agents .*bad\.yaml:1: instructions is required/m.test(out)], [1, true], out)
  const named = await home.daybook(['agent', 'show', 'bad'])
  assert.deepEqual([named.exit, /bad\.yaml:1: instructions/.test(named.err)], [3, true], named.err)
  rmSync(home.path('here', 'data', 'agents', 'bad.yaml'))
  const help = async (name: string) => home.daybook(['agent', 'help', name])
  assert.match((await help('reviewer')).out, /as an attacker would[\s\S]*Hands over to coder\./)
  assert.match((await help('node')).out, /Usage: node/)
  assert.equal((await help('nobody')).exit, 3)
  assert.match((await home.daybook(['start', 'poet', 'what is a lease?'])).out, /a loan of the right/)
})

test('what the page says for daybook.json is accepted, and what it says over HTTP is answered', async () => {
  for (const under of ['What agents may do with files', 'MCP servers']) {
    configure(JSON.parse(block(under, 'json').text))
    const { exit, out, err } = await home.daybook(['config', 'check'])
    assert.equal(exit, 0, out + err)
  }
  assert.match(await type(block('Over HTTP', 'sh').text), /"status":"done".*A lease ends by itself\./s)
})
