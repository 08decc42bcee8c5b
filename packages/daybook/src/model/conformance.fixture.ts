// The suite of all providers: what a call of a model promises, through the real package of each against a real server.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { openModels } from '../open-models.ts'
import type { Model, ModelAnswer, ModelCallOptions, ModelDelta, ModelMessage, ModelRequest } from './contract.ts'
import { ModelFailure, type ModelFailureCode } from './contract.ts'
import { type MockAnswer, type MockServer, mockKeys, startMock } from './mock.fixture.ts'
import { realTime } from './time.ts'

export interface Conforming {
  /** Of {@link MockServer.providers}. */
  readonly provider: string
  /** What it shows of a model's thoughts, and what it wants back of them. */
  readonly reasoning: 'none' | 'shown' | 'signed'
  /** Whether its models read PDF. */
  readonly pdf?: boolean
  /** Whether it reports what a call took when the server does. */
  readonly usage?: boolean
  /** Its calls come as text that the mock server may break; default: true. */
  readonly textInput?: boolean
  /** The model as this provider's own package knows it; default `mock`. */
  readonly model?: string
}

type Response = MockAnswer['response']

interface Bench extends AsyncDisposable {
  readonly mock: MockServer
  readonly model: Model
  readonly waits: number[]
}

const usage = {
  prompt_tokens: 311,
  completion_tokens: 27,
  input_tokens: 311,
  output_tokens: 27,
  promptTokenCount: 311,
  candidatesTokenCount: 27,
}
const text = 'It is raining in Riga, and it will go on until the evening.'
const rain = { location: 'Riga' }
const skill = {
  name: 'weather',
  description: 'The weather of a place.',
  input: { type: 'object', properties: { location: { type: 'string' } }, required: ['location'] },
}
const shape = {
  type: 'object',
  properties: { city: { type: 'string' }, degrees: { type: 'integer' } },
  required: ['city', 'degrees'],
  additionalProperties: false,
}
const hello: ModelRequest = {
  instructions: 'You know the weather.',
  messages: [{ role: 'user', content: 'Does it rain?' }],
}
const offered: ModelRequest = { ...hello, skills: [skill] }

async function bench(provider: string, answers: readonly MockAnswer[], name = 'mock'): Promise<Bench> {
  const mock = await startMock(answers)
  const waits: number[] = []
  const time = { ...realTime, random: () => 0.5, wait: async (ms: number) => void waits.push(ms) }
  const facts = { '*': { images: true, context: 100_000, price: { input: 1, output: 10 } } }
  const models = openModels(mock.settings({ facts }), { time })
  const model = models.get(`${provider}/${name}`)
  assert.ok(model, models.why(`${provider}/${name}`))
  return { mock, model, waits, [Symbol.asyncDispose]: () => mock[Symbol.asyncDispose]() }
}

const always = (response: Response, more: Partial<MockAnswer> = {}): MockAnswer => ({ match: {}, response, ...more })
const nth = (sequenceIndex: number, response: Response, more: Partial<MockAnswer> = {}): MockAnswer => ({
  match: { sequenceIndex },
  response,
  ...more,
})

function ask({ model }: Bench, request = hello, options: Partial<ModelCallOptions> = {}): Promise<ModelAnswer> {
  return model.call(request, { signal: new AbortController().signal, ...options })
}

async function failing(call: Promise<ModelAnswer>, code: ModelFailureCode): Promise<ModelFailure> {
  const failure = await call.then(
    (answer) => assert.fail(`answered: ${answer.content}`),
    (error: unknown) => error,
  )
  assert.ok(failure instanceof ModelFailure, inspect(failure))
  assert.equal(failure.code, code, inspect(failure))
  const shown = inspect(failure, { depth: 12, showHidden: true })
  for (const key of Object.values(mockKeys)) assert.ok(!shown.includes(key), 'a key stands in the failure')
  assert.ok(!failure.message.includes('rain'), 'what was said stands in the message')
  return failure
}

export function conformance(conforming: Conforming): void {
  const { provider, model } = conforming
  const open = (...answers: MockAnswer[]): Promise<Bench> => bench(provider, answers, model)
  describe(`models of ${provider}`, () => {
    answering(open, conforming)
    seeing(open, conforming)
    calling(open)
    misreading(open, conforming)
    shaping(open)
    refusing(open)
    breaking(open)
  })
}

type Open = (...answers: MockAnswer[]) => Promise<Bench>

function answering(open: Open, { usage: reports = true }: Conforming): void {
  test('an answer comes whole, with what it took', async () => {
    await using it = await open(always({ content: text, usage }))
    const { content, finish, usage: took, cost, model, parts } = await ask(it)
    assert.deepEqual({ content, finish, model }, { content: text, finish: 'stop', model: it.model.facts.name })
    assert.deepEqual(
      parts.map(({ type }) => type),
      ['text'],
    )
    if (reports) assert.deepEqual(took, { input_tokens: 311, output_tokens: 27, total_tokens: 338 })
    else assert.ok(took.estimated)
    if (reports) assert.equal(cost, (311 + 270) / 1e6)
  })

  test('an answer comes in pieces, each once and in order', async () => {
    await using it = await open(always({ content: text }, { chunkSize: 7 }))
    const told: ModelDelta[] = []
    const answer = await ask(it, hello, { onDelta: (delta) => told.push(delta) })
    assert.ok(told.length > 3, `${told.length} pieces`)
    assert.equal(told.map((each) => (each.type === 'text' ? each.text : '')).join(''), text)
    assert.equal(answer.content, text)
  })

  test('an answer of which the provider does not say what it took is estimated, and says so', async () => {
    const none = { prompt_tokens: 0, completion_tokens: 0, input_tokens: 0, output_tokens: 0 }
    await using it = await open(
      always({ content: text, usage: { ...none, promptTokenCount: 0, candidatesTokenCount: 0 } }),
    )
    const { usage: took } = await ask(it)
    assert.equal(took.estimated, true)
    assert.ok((took.output_tokens ?? 0) > 8 && (took.output_tokens ?? 0) < 30, inspect(took))
    assert.ok((took.input_tokens ?? 0) > 4, inspect(took))
  })
}

function seeing(open: Open, { provider, reasoning, pdf = false }: Conforming): void {
  test('thoughts are told where the provider shows them, and go back to who thought them', async () => {
    const thought = 'First I look out of the window.'
    await using it = await open(
      always({ content: text, reasoning: thought, reasoningSignature: 'c2lnbmVkLWJ5LXRoZS1tb2RlbA==' }),
    )
    const request: ModelRequest = { ...hello, reasoning: 'low' }
    const heard: string[] = []
    const answer = await ask(it, request, { onDelta: (each) => each.type === 'reasoning' && heard.push(each.text) })
    assert.equal(answer.content, text)
    if (reasoning === 'none') return assert.deepEqual(heard, [])
    assert.equal(heard.join(''), thought)
    assert.deepEqual(
      answer.parts.map(({ type }) => type),
      ['reasoning', 'text'],
    )
    assert.ok(answer.parts.every((part) => part.type !== 'reasoning' || part.provider?.by === it.model.facts.name))
    if (reasoning !== 'signed') return
    const said: ModelMessage = { role: 'assistant', content: answer.content, parts: [...answer.parts] }
    await ask(it, { ...request, messages: [...hello.messages, said, { role: 'user', content: 'And tomorrow?' }] })
    const [, second] = it.mock.bodies()
    assert.match(second ?? '', provider.startsWith('anthropic') ? /"signature":"c2ln/ : /reasoning|thought/i)
  })

  test('an image is sent as it is, and a PDF where it is read', async () => {
    await using it = await open(always({ content: text }))
    const bytes = new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10, 1, 2, 3, 4, 5, 6, 7, 8])
    const parts = [{ type: 'file', blob: 'a'.repeat(43), media_type: 'image/png', name: 'sky.png' }] as const
    const seen: ModelMessage = {
      role: 'user',
      content: 'What is it?',
      parts: [...parts],
      files: new Map([['a'.repeat(43), bytes]]),
    }
    await ask(it, { ...hello, messages: [seen] })
    const [body = ''] = it.mock.bodies()
    const sent = Buffer.from(bytes).toString('base64')
    assert.ok(body.includes(sent), body.slice(0, 600))
    const page = [{ ...parts[0], media_type: 'application/pdf', name: 'sky.pdf' }]
    await ask(it, { ...hello, messages: [{ ...seen, parts: page }] })
    assert.equal(it.mock.bodies().at(-1)?.includes(sent), pdf)
  })
}

function calling(open: Open): void {
  for (const streamed of [false, true]) {
    test(`a skill is called, its result is heard, and the answer follows${streamed ? ', in pieces' : ''}`, async () => {
      await using it = await open(
        {
          match: { hasToolResult: false },
          response: { toolCalls: [{ name: 'weather', arguments: JSON.stringify(rain) }] },
        },
        { match: { hasToolResult: true }, response: { content: text } },
      )
      const told: ModelDelta[] = []
      const options = streamed ? { onDelta: (delta: ModelDelta) => void told.push(delta) } : {}
      const first = await ask(it, offered, options)
      assert.equal(first.finish, 'calls')
      const [call] = first.parts.filter((part) => part.type === 'call')
      assert.deepEqual({ name: call?.name, input: call?.input }, { name: 'weather', input: rain })
      assert.deepEqual(first.invalid, [])
      if (streamed) assert.deepEqual(told[0], { type: 'call', call_id: call?.call_id, name: 'weather' })
      const second = await ask(
        it,
        { ...offered, messages: [...hello.messages, ...performed(first, 'rain, 7 degrees')] },
        options,
      )
      assert.equal(second.content, text)
      assert.match(it.mock.bodies().at(-1) ?? '', /rain, 7 degrees/)
    })
  }

  test('calls of before are understood by a model that is offered no skills', async () => {
    await using it = await open(
      {
        match: { hasToolResult: false },
        response: { toolCalls: [{ name: 'weather', arguments: JSON.stringify(rain) }] },
      },
      { match: { hasToolResult: true }, response: { content: text } },
    )
    const first = await ask(it, offered)
    assert.equal(
      (await ask(it, { ...hello, messages: [...hello.messages, ...performed(first, 'rain')] })).content,
      text,
    )
  })
}

function misreading(open: Open, { textInput = true }: Conforming): void {
  const broken = 'a call with broken JSON is no crash: the loop can tell the model'
  const objects = 'a call without an input has an empty one'
  test(textInput ? broken : objects, async () => {
    if (!textInput) return withoutInput(open)
    await using it = await open(
      {
        match: { hasToolResult: false },
        response: { toolCalls: [{ name: 'weather', arguments: '{"location": "Ri' }] },
      },
      { match: { hasToolResult: true }, response: { content: text } },
    )
    const first = await ask(it, offered)
    const [call] = first.parts.filter((part) => part.type === 'call')
    assert.deepEqual(
      first.invalid.map(({ call_id }) => call_id),
      [call?.call_id],
    )
    assert.equal(call?.input, '{"location": "Ri')
    const told = performed(first, first.invalid[0]?.why ?? '', true)
    assert.equal((await ask(it, { ...offered, messages: [...hello.messages, ...told] })).content, text)
  })
}

async function withoutInput(open: Open): Promise<void> {
  await using it = await open(always({ toolCalls: [{ name: 'weather', arguments: '{}' }] }))
  const { parts, invalid } = await ask(it, offered)
  const inputs = parts.flatMap((part) => (part.type === 'call' ? [part.input] : []))
  assert.deepEqual({ inputs, invalid }, { inputs: [{}], invalid: [] })
}

function performed({ content, parts }: ModelAnswer, output: string, error = false): ModelMessage[] {
  const results = parts.flatMap((part) =>
    part.type === 'call' ? [{ type: 'result' as const, call_id: part.call_id, output, error }] : [],
  )
  return [
    { role: 'assistant', content, parts: [...parts] },
    { role: 'tool', content: '', parts: results },
  ]
}

function shaping(open: Open): void {
  const value = { city: 'Riga', degrees: 7 }

  test('a structured answer fits its schema', async () => {
    await using it = await open(always({ content: JSON.stringify(value) }))
    assert.deepEqual((await ask(it, { ...hello, output: shape })).value, value)
  })

  test('one that does not fit is asked for once more, with what is wrong', async () => {
    await using it = await open(
      nth(0, { content: '{"city":"Riga"}', usage }),
      always({ content: JSON.stringify(value), usage }),
    )
    const answer = await ask(it, { ...hello, output: shape })
    assert.deepEqual(answer.value, value)
    assert.equal(it.mock.requests().length, 2)
    assert.match(it.mock.bodies().at(-1) ?? '', /degrees/)
  })

  test('one that never fits ends the call', async () => {
    await using it = await open(always({ content: 'seven degrees' }))
    await failing(ask(it, { ...hello, output: shape }), 'invalid_answer')
    assert.equal(it.mock.requests().length, 2)
  })
}

function refusing(open: Open): void {
  const refusal = (status: number, type: string, message: string, more: object = {}): Response => ({
    error: { type, message, code: type },
    status,
    ...more,
  })

  test('a refused key is told at once', async () => {
    await using it = await open(always(refusal(401, 'authentication_error', 'Incorrect key: does it rain?')))
    assert.equal((await failing(ask(it), 'unauthenticated')).passing, false)
    assert.equal(it.mock.requests().length, 1)
  })

  test('whoever is asked to wait waits as long as that, and a little more', async () => {
    await using it = await open(
      nth(0, refusal(429, 'rate_limit_error', 'slow down', { retryAfter: 7 })),
      always({ content: text }),
    )
    const retries: unknown[] = []
    assert.equal((await ask(it, hello, { onRetry: (retry) => retries.push(retry) })).content, text)
    assert.deepEqual(it.waits, [7_250])
    assert.deepEqual(retries, [{ model: it.model.facts.name, code: 'rate_limited', waitMs: 7_250 }])
  })

  for (const status of [500, 503, 529]) {
    test(`trouble of the provider (${status}) is tried again, longer each time, and then told`, async () => {
      await using it = await open(always(refusal(status, 'api_error', 'rain in the server room')))
      assert.equal((await failing(ask(it), 'overloaded')).passing, true)
      assert.deepEqual(it.waits, [250, 500, 1_000])
      assert.equal(it.mock.requests().length, 4)
    })
  }

  test('a text that is too long is told as such', async () => {
    const message = "This model's maximum context length is 128000 tokens, however your messages about rain have 130012"
    await using it = await open(always(refusal(400, 'invalid_request_error', message)))
    await failing(ask(it), 'too_long')
  })

  test('what the provider does not understand is told at once', async () => {
    await using it = await open(always(refusal(400, 'invalid_request_error', 'rain is no field')))
    await failing(ask(it), 'invalid_request')
    assert.equal(it.mock.requests().length, 1)
  })
}

function breaking(open: Open): void {
  test('a stream that breaks off is told with what came, and not tried again behind it', async () => {
    await using it = await open(
      always({ content: text.repeat(5) }, { chunkSize: 7, truncateAfterChunks: 9, latency: 2 }),
    )
    const heard: string[] = []
    const failure = await failing(
      ask(it, hello, { onDelta: (each) => each.type === 'text' && heard.push(each.text) }),
      'cut_off',
    )
    assert.ok(heard.join('').length > 0)
    assert.equal(failure.partial, heard.join(''))
    assert.equal(failure.usage?.estimated, true)
    assert.equal(it.mock.requests().length, 1)
  })

  test('where nobody has heard its beginning it is tried again', async () => {
    await using it = await open(
      nth(0, { content: text.repeat(5) }, { chunkSize: 7, truncateAfterChunks: 9, latency: 2 }),
      always({ content: text }),
    )
    const answer = await ask(it)
    assert.equal(answer.content, text)
    assert.equal(it.mock.requests().length, 2)
  })

  test('whoever ends a call waits for no provider', async () => {
    await using it = await open(always({ content: text.repeat(5) }, { chunkSize: 7, latency: 20 }))
    const ending = new AbortController()
    const asked = it.mock.asked()
    const call = ask(it, hello, { signal: ending.signal })
    await asked
    const started = performance.now()
    ending.abort()
    await failing(call, 'aborted')
    assert.ok(performance.now() - started < 5_000)
  })

  test('a call that takes too long ends by its own time', async () => {
    await using it = await open(always({ content: text.repeat(5) }, { chunkSize: 7, latency: 20 }))
    await failing(ask(it, hello, { timeoutMs: 100 }), 'timeout')
  })
}
