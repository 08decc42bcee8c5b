// What holds for calls of models whoever provides them: fall-backs, patience, silence, what was learned.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline, Readable } from 'node:stream'
import { test } from 'node:test'
import { openModels } from '../open-models.ts'
import { until } from '../session/testing.fixture.ts'
import type { ModelCallOptions, ModelRequest } from './contract.ts'
import { ModelFailure, type ModelFailureCode } from './contract.ts'
import { type MockAnswer, startMock } from './mock.fixture.ts'
import { retryAfterMs } from './retry-after.ts'
import { realTime } from './time.ts'

const hello: ModelRequest = { instructions: '', messages: [{ role: 'user', content: 'Does it rain?' }] }
const refusal = (status: number, more: object = {}): MockAnswer['response'] => ({
  error: { type: 'api_error', message: 'no' },
  status,
  ...more,
})
const only = (model: string, response: MockAnswer['response'], more: Partial<MockAnswer> = {}): MockAnswer => ({
  match: { model },
  response,
  ...more,
})

async function bench(answers: readonly MockAnswer[], silenceMs = 60_000) {
  const mock = await startMock(answers)
  const waits: number[] = []
  const time = { ...realTime, random: () => 0.5, wait: async (ms: number) => void waits.push(ms) }
  const settings = mock.settings({ model: 'openai/first', fallback: ['anthropic/second', 'lab/third'] })
  const models = openModels(settings, { time, patience: { silenceMs } })
  const call = (names: string | readonly string[] = 'openai/first', options: Partial<ModelCallOptions> = {}) => {
    const model = models.get(names)
    assert.ok(model)
    return model.call(hello, { signal: new AbortController().signal, ...options })
  }
  return { mock, models, waits, call, [Symbol.asyncDispose]: () => mock[Symbol.asyncDispose]() }
}

async function failing(call: Promise<unknown>, code: ModelFailureCode): Promise<ModelFailure> {
  const failure = await call.then(
    () => assert.fail('it answered'),
    (error: unknown) => error,
  )
  assert.ok(failure instanceof ModelFailure)
  assert.equal(failure.code, code)
  return failure
}

test('the standard model is stood in for by the others in their order, and the answer names who gave it', async () => {
  await using it = await bench([
    only('first', refusal(401)),
    only('second', refusal(400)),
    only('third', { content: 'Yes.' }),
  ])
  const retries: unknown[] = []
  const answer = await it.call('openai/first', { onRetry: (retry) => retries.push(retry) })
  assert.deepEqual([answer.content, answer.model], ['Yes.', 'lab/third'])
  assert.deepEqual(retries, [
    { model: 'anthropic/second', code: 'unauthenticated', waitMs: 0 },
    { model: 'lab/third', code: 'invalid_request', waitMs: 0 },
  ])
})

test('an agent that names its models gets those alone', async () => {
  await using it = await bench([only('first', { content: 'Yes.' }), only('mine', refusal(401))])
  await failing(it.call('openai/mine'), 'unauthenticated')
  assert.equal((await it.call(['openai/mine', 'openai/first'])).model, 'openai/first')
})

test('whoever asks to wait for too long is left for the next at once', async () => {
  await using it = await bench([
    only('first', refusal(429, { retryAfter: 3_600 })),
    only('second', { content: 'Yes.' }),
  ])
  assert.equal((await it.call()).model, 'anthropic/second')
  assert.deepEqual(it.waits, [])
  const failure = await failing(it.call(['openai/first', 'openai/first']), 'rate_limited')
  assert.deepEqual([failure.passing, failure.waitMs], [true, 3_600_000])
})

test('an answer whose beginning was heard is not given again by another model', async () => {
  await using it = await bench([
    only('first', { content: 'It rains and rains and rains.' }, { chunkSize: 4, truncateAfterChunks: 6, latency: 2 }),
    only('second', { content: 'Yes.' }),
  ])
  const heard: string[] = []
  const failure = await failing(
    it.call('openai/first', { onDelta: (each) => each.type === 'text' && heard.push(each.text) }),
    'cut_off',
  )
  assert.equal(failure.partial, heard.join(''))
  assert.equal(it.mock.requests().length, 1)
})

test('a provider that says nothing for too long is asked again, and then the next one', async () => {
  await using it = await bench(
    [only('first', { content: 'Late.' }, { latency: 600 }), only('second', { content: 'Yes.' })],
    200,
  )
  assert.equal((await it.call()).model, 'anthropic/second')
  // However long the second one takes on a busy machine, the first was asked so often and no more.
  const asked = it.mock.bodies().filter((body) => JSON.parse(body).model === 'first')
  assert.equal(asked.length, 4)
})

test('a server that is not there is told as such, with the code of the system', async () => {
  const models = openModels(
    { providers: { away: { base_url: 'http://127.0.0.1:9/v1' } }, key: () => undefined },
    { time: { ...realTime, wait: async () => {} } },
  )
  const failure = await failing(
    models.get('away/x')?.call(hello, { signal: new AbortController().signal }) ?? Promise.resolve(),
    'unreachable',
  )
  assert.equal(failure.passing, true)
})

test('what providers report corrects the estimate of the next texts', async () => {
  const usage = { prompt_tokens: 900, completion_tokens: 3, input_tokens: 900, output_tokens: 3 }
  await using it = await bench([{ match: {}, response: { content: 'Yes.', usage } }])
  const model = it.models.get('openai/first')
  const text = 'It rains in Riga. '.repeat(120)
  const before = model?.estimate(text) ?? 0
  for (let index = 0; index < 30; index += 1) {
    await model?.call({ instructions: text, messages: hello.messages }, { signal: new AbortController().signal })
  }
  const after = model?.estimate(text) ?? 0
  assert.ok(after > before * 1.3, `${before} ${after}`)
  assert.equal(model?.corrected, true)
})

test('an ended call asks nobody', async () => {
  await using it = await bench([{ match: {}, response: { content: 'Yes.' } }])
  await failing(it.call('openai/first', { signal: AbortSignal.abort() }), 'aborted')
  assert.equal(it.mock.requests().length, 0)
})

test('waiting is asked for in seconds, in milliseconds, or until a date', () => {
  const now = Date.parse('2026-03-02T08:44:00Z')
  const asked = (headers: Record<string, string>) => retryAfterMs(new Headers(headers), now)
  assert.equal(asked({ 'retry-after': '7' }), 7_000)
  assert.equal(asked({ 'retry-after': '0.5' }), 500)
  assert.equal(asked({ 'retry-after-ms': '120', 'retry-after': '7' }), 120)
  assert.equal(asked({ 'retry-after': 'Mon, 02 Mar 2026 08:44:30 GMT' }), 30_000)
  assert.equal(asked({ 'retry-after': 'Mon, 02 Mar 2026 08:43:30 GMT' }), 0)
  assert.equal(asked({ 'retry-after': 'soon' }), undefined)
  assert.equal(asked({}), undefined)
})

test('what keeps a model from being asked is told with what to set', () => {
  const models = openModels({ providers: { bare: {}, odd: { kind: 'odd' } }, key: () => undefined })
  assert.equal(models.standard, null)
  assert.match(models.why(''), /DAYBOOK_MODEL/)
  assert.match(models.why('gpt-5'), /provider\/model/)
  assert.match(models.why('openai/gpt-5'), /OPENAI_API_KEY/)
  assert.match(models.why('bare/x'), /providers\.bare\.base_url/)
  assert.match(models.why('odd/x'), /openai-compatible/)
  assert.match(models.why('nowhere/x'), /base_url/)
  assert.match(models.why('modelscope/Qwen/Qwen3-32B'), /MODELSCOPE_API_KEY/)
  assert.match(models.why('ollama/qwen3'), /can be asked/)
  const bare = openModels({ key: () => 'a-key-that-is-long' }, { installed: () => false })
  assert.match(bare.why('ollama/qwen3'), /npm install ai-sdk-ollama/)
  assert.equal(bare.get('ollama/qwen3'), undefined)
})

test('whoever ends a call while it waits for the next attempt waits no longer', async () => {
  await using mock = await startMock([{ match: {}, response: refusal(429, { retryAfter: 25 }) }])
  const model = openModels(mock.settings()).get('openai/first')
  const ending = new AbortController()
  const call = model?.call(hello, { signal: ending.signal, onRetry: () => setImmediate(() => ending.abort()) })
  const started = performance.now()
  await failing(call ?? Promise.resolve(), 'aborted')
  assert.ok(performance.now() - started < 10_000)
})

/** A server that answers as OpenAI's chat does with these pieces, and goes on for as long as anybody reads. */
async function endless(pieces: Iterable<string>) {
  let closed = false
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.on('close', () => (closed = true))
    pipeline(Readable.from(pieces), response, () => undefined)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  const model = openModels({ providers: { flood: { base_url: url } }, key: () => undefined }).get('flood/x')
  assert.ok(model)
  return {
    model,
    isLeft: () => closed,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function* forEver(piece: string): Generator<string> {
  for (;;) yield piece
}

test('a model that never ends is left once its answer is as long as a message may be, and that is kept', async () => {
  const delta = { choices: [{ index: 0, delta: { content: 'and on '.repeat(2000) } }] }
  await using it = await endless(forEver(`data: ${JSON.stringify(delta)}\n\n`))
  const answer = await it.model.call(hello, { signal: new AbortController().signal })
  assert.equal(answer.finish, 'length')
  assert.ok(answer.content.length > 500_000 && answer.content.length < 1_000_000, String(answer.content.length))
  await until(it.isLeft)
})

test('a line that never ends is no answer', async () => {
  await using it = await endless(forEver('x'.repeat(64 * 1024)))
  await failing(it.model.call(hello, { signal: new AbortController().signal }), 'invalid_answer')
  await until(it.isLeft)
})

test('a call whose input is far too long is not performed, and keeps little of it', async () => {
  const long = JSON.stringify({ text: 'x'.repeat(600 * 1024) })
  await using it = await bench([
    { match: {}, response: { toolCalls: [{ name: 'note', arguments: long }] }, chunkSize: 65_536 },
  ])
  const answer = await it.call('openai/first')
  assert.equal(answer.invalid.length, 1)
  assert.ok(JSON.stringify(answer.parts).length < 4096)
})

test('a key does not follow a redirect', async () => {
  const seen: (string | undefined)[] = []
  const server = createServer(({ url, headers }, response) => {
    if (url?.startsWith('/elsewhere')) seen.push(String(headers['x-api-key']))
    response.writeHead(307, { location: '/elsewhere' }).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const base_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  const models = openModels({ providers: { anthropic: { base_url } }, key: () => 'planted-key-of-a-test' })
  const model = models.get('anthropic/x')
  assert.ok(model)
  const { signal } = new AbortController()
  assert.match((await failing(model.call(hello, { signal }), 'invalid_request')).message, /base_url.*307/)
  assert.deepEqual(seen, [])
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})
