// Contexts end to end: what a server's agents send, as HTTP, the client and the command line show it, and summaries that are asked for.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { openHome } from './cli/bin.fixture.ts'
import { openClient } from './client/client.ts'
import { type MockAnswer, startMock } from './model/mock.fixture.ts'
import { openModels } from './open-models.ts'
import type { ContextShape } from './schema/wire-context.ts'
import { startServer } from './serving.ts'
import { fails } from './session/testing.fixture.ts'

const facts = { 'openai/mock': { context: 6000, output: 500 } }
const answers: readonly MockAnswer[] = [
  { match: { systemMessage: /memory of a session/ }, response: { content: 'Goal: move the invoices.' } },
  { match: {}, response: { content: 'It is the cobalt one.' } },
]

async function serving(given = answers) {
  const mock = await startMock(given)
  const home = openHome()
  const url = `sqlite:${home.path('context.db')}`
  const models = mock.settings({ facts })
  const server = await startServer({ port: 0, host: '127.0.0.1', store: url, models })
  return {
    ...{ mock, home, server, models, client: openClient({ url: server.url }) },
    async [Symbol.asyncDispose]() {
      await server.close()
      await home.end()
      await mock[Symbol.asyncDispose]()
    },
  }
}

test('[S1.9] a turn of a long session has its last messages, its state, its summary and what is recalled, and show --context prints exactly that', async () => {
  await using at = await serving()
  const session = await at.client.create({ session_id: 'ses_long', state: { customer: 'Anna' } })
  const remote = at.client.session(session.session_id)
  await remote.append({
    kind: 'message',
    data: { role: 'user', content: 'The warehouse key is the cobalt one, remember.' },
  })
  for (let count = 1; count <= 70; count += 1) {
    const role = count % 2 === 0 ? 'user' : 'assistant'
    const content = `Message ${count}. ${'The invoices are moved one after the other. '.repeat(8)}`
    await remote.append({ kind: 'message', data: { role, content } })
  }
  const input = 'Which warehouse key was it?'
  const run = await at.client.runs.runAgent('ask', { session_id: session.session_id, input, wait_ms: 30_000 })
  deepStrictEqual([run.status, run.output], ['done', 'It is the cobalt one.'])
  const { entries } = await remote.entries({ kind: ['message'], order: 'desc', limit: 1 })
  const until = (entries[0]?.seq ?? 0) - 1
  const next = await remote.context({ agent: 'ask', until })
  const kinds = next.parts.map(({ kind }) => kind)
  for (const kind of ['instructions', 'skills', 'summary', 'state', 'recalled', 'messages']) {
    ok(kinds.includes(kind as (typeof kinds)[number]), kind)
  }
  ok(next.tokens <= next.budget)
  strictEqual(next.left_out, null)
  const sent = JSON.stringify(at.mock.requests().at(-1)?.body)
  ok(sent.includes('Goal: move the invoices.') && sent.includes('cobalt one, remember') && sent.includes('Anna'))
  strictEqual((await remote.view('history')).messages.length, 73)
  const model = openModels(at.models).get(next.model)
  const { instructions, messages, skills } = next as unknown as Parameters<NonNullable<typeof model>['call']>[0]
  const signal = AbortSignal.timeout(10_000)
  await model?.call({ instructions, messages, skills: skills ?? [] }, { signal, onDelta: () => undefined })
  strictEqual(JSON.stringify(at.mock.requests().at(-1)?.body), sent, 'byte for byte what the server of the model got')
  const args = ['show', session.session_id, '--context', '--agent', 'ask', '--until', String(until)]
  const told = await at.home.inside([...args, '--json', '--server', at.server.url])
  deepStrictEqual(JSON.parse(told.out) as ContextShape, next, told.err)
  const printed = await at.home.inside([...args, '--server', at.server.url])
  match(printed.out, /what ask would send to openai\/mock behind entry \d+/)
  match(printed.out, /recalled +\d+ +2 +shares with what was asked/)
  match(printed.out, /cobalt one, remember/)
})

test('a summary is written by the model that is named, once for a key, and says what made it', async () => {
  await using at = await serving()
  const { session_id: id } = await at.client.create({})
  const remote = at.client.session(id)
  await remote.append({ kind: 'message', data: { role: 'user', content: 'Move the invoices.' } })
  const plain = await remote.summarise()
  strictEqual(plain.model, null)
  const made = await remote.summarise({ model: 'openai/mock' }, { key: 'one' })
  deepStrictEqual([made.content, made.covers_seq], ['Goal: move the invoices.', 3])
  match(made.model ?? '', /^openai\/mock/)
  const again = await remote.summarise({ model: 'openai/mock' }, { key: 'one' })
  deepStrictEqual({ ...again, total_tokens: made.total_tokens }, made)
  strictEqual(at.mock.requests().length, 1)
  strictEqual((await remote.summary())?.content, made.content)
  await fails(() => remote.summarise({ model: 'nowhere/none' }), 'invalid_state')
  await fails(() => remote.context({ agent: 'nobody' }), 'not_found')
  await fails(() => remote.context(), 'invalid_state')
})

test('an agent recalls what it sees no more, by words and by the numbers of entries', async () => {
  const call = (input: object) => ({ toolCalls: [{ id: 'c1', name: 'recall', arguments: JSON.stringify(input) }] })
  await using at = await serving([
    { match: { userMessage: 'words', hasToolResult: false }, response: call({ words: 'warehouse key' }) },
    { match: { userMessage: 'numbers', hasToolResult: false }, response: call({ entries: [2, 900], from: 4 }) },
    { match: {}, response: { content: 'Done.' } },
  ])
  const { session_id: id } = await at.client.create({})
  const remote = at.client.session(id)
  await remote.append({ kind: 'message', data: { role: 'user', content: 'The warehouse key is the cobalt one.' } })
  const results: string[] = []
  for (const input of ['by words', 'by numbers']) {
    const run = await at.client.runs.runAgent('ask', { session_id: id, input, wait_ms: 30_000 })
    strictEqual(run.status, 'done')
    const { entries } = await remote.entries({ kind: ['message'], order: 'desc', limit: 2 })
    results.push(JSON.stringify(entries[1]?.data))
  }
  match(results[0] ?? '', /entry 2, user: The warehouse key is the cobalt one\./)
  match(results[1] ?? '', /entry 2, user: warehouse key is.*entry 900: there is none/)
})
