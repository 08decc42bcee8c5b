// The agents of a server over HTTP, asked through a real provider: who takes a request and why, who is handed to, and files.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type RunningServer, startServer } from './main.ts'
import { type MockAnswer, type MockServer, startMock } from './model/mock.fixture.ts'
import type { ServeSettings } from './serving.ts'
import { until } from './session/testing.fixture.ts'

interface At extends AsyncDisposable {
  readonly folder: string
  readonly mock: MockServer
  readonly server: RunningServer
  get(path: string): Promise<Answer>
  post(path: string, body: unknown): Promise<Answer>
}

/** Of several routes, looked at field by field. */
type Answer = ReturnType<typeof JSON.parse>

async function serving(answers: readonly MockAnswer[], more: Partial<ServeSettings> = {}): Promise<At> {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-agents-'))
  const mock = await startMock(answers)
  const server = await startServer({
    ...{ port: 0, host: '127.0.0.1', store: `sqlite:${join(folder, 'daybook.db')}`, models: mock.settings() },
    ...more,
  })
  const ask = async (path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`${server.url}/api/v1${path}`, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json' },
    })
    const answer = await response.json()
    assert.ok(response.ok, `${path}: ${JSON.stringify(answer)}`)
    return answer
  }
  return {
    ...{ folder, mock, server },
    get: (path) => ask(path),
    post: (path, body) => ask(path, body),
    async [Symbol.asyncDispose]() {
      await server.close()
      await mock[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The call in which the orchestrator chooses, for requests that hold this text. */
function chooses(text: string, agent: string, confidence: number, reason = `because of ${text}`): MockAnswer {
  return {
    match: { systemMessage: 'You decide who takes a request', userMessage: text },
    response: {
      content: JSON.stringify({ agent, reason, confidence }),
      usage: { input_tokens: 90, output_tokens: 10 },
    },
  }
}

function says(agent: string, content: string): MockAnswer {
  return { match: { systemMessage: `You are ${agent}.` }, response: { content } }
}

const five = ['coder', 'architect', 'debug', 'ask'].map((name) => says(name, `I am ${name}.`))

test('[S2.9] the orchestrator hands a request to the fitting agent with its reason, and the next turn begins with that one', async () => {
  for (const [agent, text] of [
    ['coder', 'add a function that sums'],
    ['architect', 'how should we split this module'],
    ['debug', 'this test fails since yesterday'],
    ['ask', 'what is a monad'],
  ] as const) {
    await using at = await serving([chooses(text, `agent:${agent}`, 0.92), ...five])
    const run = await at.post('/agents/orchestrator/run', { input: text, session_id: 'session_1', user_id: 'anna' })
    assert.deepEqual([run.status, run.output], ['done', `I am ${agent}.`])
    const current = await at.get('/agents/session_1/current')
    assert.deepEqual([current.current_agent, current.switch_count], [agent, 1])
    const [switched] = current.agent_history
    assert.deepEqual([switched.from, switched.to, switched.reason], ['orchestrator', agent, `because of ${text}`])
    const next = await at.post('/sessions/session_1/runs', { input: 'and now?', wait: true })
    assert.deepEqual([next.status, next.agent, next.output], ['done', agent, `I am ${agent}.`])
    const history = await at.get('/sessions/session_1/history')
    assert.deepEqual(
      history.messages.map(({ role }: { role: string }) => role),
      ['user', 'assistant', 'user', 'assistant'],
    )
    const { entries } = await at.get('/sessions/session_1/entries?kind=handoff')
    const { confidence, model, usage } = entries[0].data
    assert.deepEqual([confidence, model, usage.input_tokens], [0.92, 'openai/mock', 90])
  }
})

test('[S2.9] a person hands over, and the next turn begins with the new agent', async () => {
  await using at = await serving(five)
  await at.post('/sessions', { session_id: 'session_2', agent_id: 'ask' })
  assert.equal((await at.post('/sessions/session_2/runs', { input: 'hello', wait: true })).output, 'I am ask.')
  await at.post('/agents/session_2/switch', { target_agent: 'debug', reason: 'Debugging needed' })
  assert.equal((await at.post('/sessions/session_2/runs', { input: 'go on', wait: true })).output, 'I am debug.')
  await at.post('/sessions/session_2/handoff', { to: 'architect', reason: 'a plan first' })
  assert.equal((await at.post('/sessions/session_2/runs', { input: 'go on', wait: true })).output, 'I am architect.')
  const { agent_history: history } = await at.get('/agents/session_2/current')
  assert.deepEqual(
    history.map(({ to, reason }: { to: string; reason: string }) => [to, reason]),
    [
      ['debug', 'Debugging needed'],
      ['architect', 'a plan first'],
    ],
  )
})

test('[S2.9] all five are there, and without a model each says why it cannot take a turn while skills go on', async () => {
  const names = ['orchestrator', 'coder', 'architect', 'debug', 'ask']
  await using at = await serving(five)
  const { agents } = await at.get('/agents')
  assert.deepEqual(
    agents.map(({ name, kind, usable }: Answer) => [name, kind, usable]),
    names.map((name) => [name, 'model', true]),
  )
  await using alone = await serving([], { models: { key: () => undefined } })
  const list = await alone.get('/agents')
  assert.deepEqual(
    list.agents.map(({ name, usable, why }: Answer) => [name, usable, typeof why]),
    names.map((name) => [name, name === 'orchestrator', name === 'orchestrator' ? 'object' : 'string']),
  )
  const run = await alone.post('/agents/orchestrator/run', { input: 'what is 2 + 3?' })
  assert.deepEqual([run.status, run.skill], ['done', 'calculate'])
  const refused = await alone.post('/agents/coder/run', { input: 'write a test' })
  assert.deepEqual([refused.status, refused.reason], ['failed', 'refused'])
})

test('a skill that is the whole answer is called in the same turn, and told once', async () => {
  const text = 'what is 2 + 3?'
  await using at = await serving([chooses(text, 'skill:calculate', 0.95)])
  const run = await at.post('/agents/orchestrator/run', { input: text, session_id: 's' })
  const { messages, current_agent: agent } = await at.get('/sessions/s/history')
  assert.deepEqual([run.status, agent, messages.length], ['done', 'orchestrator', 2])
  assert.match(messages[1].content, /5/)
  assert.equal((await at.get('/sessions/s')).total_tokens, 100)
})

test('where the model is unsure or fails the words decide, and where they say nothing a person is asked', async () => {
  const fails: MockAnswer = {
    match: { systemMessage: 'You decide who takes a request', userMessage: '7 times 6' },
    response: { error: { message: 'no', type: 'invalid_request_error' }, status: 400 },
  }
  const unsure = chooses('the thing', 'agent:coder', 0.4)
  await using at = await serving([fails, unsure, chooses('what is 2 + 3?', 'agent:coder', 0.2), ...five])
  const failed = await at.post('/agents/orchestrator/run', { input: 'calculate 7 times 6' })
  assert.deepEqual([failed.status, /42/.test(JSON.stringify(failed.output))], ['done', true])
  const low = await at.post('/agents/orchestrator/run', { input: 'what is 2 + 3?' })
  assert.deepEqual([low.status, /5/.test(JSON.stringify(low.output))], ['done', true])
  const asked = await at.post('/agents/orchestrator/run', { input: 'do the thing', session_id: 'q' })
  const [question] = asked.questions
  assert.equal(asked.status, 'waiting')
  assert.match(question.summary, /coder, architect, debug, ask/)
  await at.post(`/runs/${asked.run_id}/questions/${question.question_id}`, { answer: 'debug, please' })
  await until(async () => (await at.get(`/runs/${asked.run_id}`)).status === 'done')
  const { current_agent: agent, agent_history: history } = await at.get('/agents/q/current')
  assert.deepEqual([agent, history[0].reason], ['debug', 'the person said: debug, please'])
})

test('an agent of a file takes turns, is read again when it changes, and says on which line it has a fault', async () => {
  const reviewer = says('reviewer', 'Two faults.')
  await using at = await serving([reviewer])
  const file = join(at.folder, 'agents', 'reviewer.yaml')
  mkdirSync(join(at.folder, 'agents'))
  const good = 'description: Reviews a change.\ninstructions: You are reviewer.\nskills: [file/read]\n'
  writeFileSync(file, good)
  const known = async (name: string) => (await at.get('/agents')).agents.find((one: Answer) => one.name === name)
  await until(async () => (await known('reviewer')) !== undefined)
  assert.equal((await known('reviewer')).source, file)
  assert.equal((await at.post('/agents/reviewer/run', { input: 'look' })).output, 'Two faults.')
  writeFileSync(file, `${good}limits:\n  calls: many\n`)
  await until(async () => (await at.get('/agents')).faults.length === 1)
  const [fault] = (await at.get('/agents')).faults
  assert.deepEqual([fault.path, /^reviewer\.yaml:5: limits\.calls /.test(fault.message)], [file, true])
  assert.equal((await at.post('/agents/reviewer/run', { input: 'look' })).output, 'Two faults.')
  writeFileSync(join(at.folder, 'agents', 'coder.yaml'), 'extends: coder\ndescription: Ours.\nmodel: openai/other\n')
  writeFileSync(file, good.replace('Reviews', 'Judges'))
  await until(
    async () => (await at.get('/agents')).faults.length === 0 && (await known('coder')).description === 'Ours.',
  )
  assert.deepEqual((await known('coder')).models, ['openai/other'])
  assert.equal((await known('reviewer')).description, 'Judges a change.')
})

test('a turn that is handed on by agents ends where it began to go round', async () => {
  const hand = (agent: string, to: string, id: string): MockAnswer => ({
    match: { systemMessage: `You are ${agent}.`, predicate: ({ messages }) => messages.at(-1)?.role !== 'tool' },
    response: { toolCalls: [{ id, name: 'hand_over', arguments: JSON.stringify({ to, reason: 'yours' }) }] },
  })
  await using at = await serving([hand('coder', 'debug', 'a'), hand('debug', 'coder', 'b'), ...five])
  const run = await at.post('/agents/coder/run', { input: 'mend it', session_id: 'ring' })
  assert.equal(run.status, 'done')
  const { agent_history: history } = await at.get('/agents/ring/current')
  assert.ok(history.length >= 1 && history.length <= 4, JSON.stringify(history))
})
