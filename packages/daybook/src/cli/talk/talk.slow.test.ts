// Talking with an agent at a real terminal, by the real command line, beside a real server that is killed meanwhile.

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { type MockServer, mockKeys, startMock } from '../../model/mock.fixture.ts'
import { until } from '../../session/testing.fixture.ts'
import { type Home, openHome, type Running } from '../bin.fixture.ts'
import { type Traces, writeSkills } from '../skills.fixture.ts'
import { Person } from './person.fixture.ts'

let home: Home
let server: Running & { readonly url: string }
let mock: MockServer
let traces: Traces

before(async () => {
  home = openHome()
  mock = await startMock()
  traces = writeSkills(home.path('share', 'daybook', 'daybook.db'))
  mkdirSync(home.path('share', 'daybook', 'agents'))
  const config = { model: 'openai/mock', providers: mock.providers }
  writeFileSync(home.path('here', 'daybook.json'), JSON.stringify(config))
  server = await home.serve([], { env: mockKeys })
})
after(async () => {
  await home.end()
  await mock[Symbol.asyncDispose]()
})

test('what a model says comes as Markdown while it comes, and stands there once; what is typed meanwhile is queued', async (t) => {
  const long = `# Rivers\n\n${'The **Rhine** flows north. '.repeat(12)}\n\n- one\n- two\n\nend of it`
  mock.answers.splice(
    0,
    mock.answers.length,
    {
      match: { userMessage: 'rivers' },
      response: { content: long },
      chunkSize: 12,
      latency: 200, // for as long as the second one is typed
    },
    { match: { userMessage: 'second' }, response: { content: 'second answer' } },
  )
  const person = new Person(t, home, ['start', 'coder'])
  await person.sees(/a new session/)
  person.type('tell me of rivers\r')
  await person.sees(/The Rhine flows north/)
  person.type('and the second\r')
  const all = await person.sees(/second answer/)
  const words = all.replace(/\s+/g, ' ')
  assert.match(all, /2nd in the queue/)
  assert.match(all, /\nRivers\n\n/)
  assert.match(all, /• one\n• two\n/)
  assert.equal(words.match(/The Rhine flows north/g)?.length, 12)
  assert.equal(all.match(/end of it/g)?.length, 1)
  assert.equal(all.match(/second answer/g)?.length, 1)
  assert.doesNotMatch(all, /\*\*/)
  person.type('/cost\r')
  await person.sees(/\d tokens/)
  person.type('/context\r')
  await person.sees(/coder would send [\d,]+ of [\d,]+ tokens to openai\/mock/)
  person.type('/agent\r')
  await person.sees(/\* coder/)
  person.type('/model nowhere/x\r')
  await person.sees(/there is no provider nowhere/)
  person.type('/model openai/other\r')
  await person.sees(/asks openai\/other from the next turn on/)
  person.type('/model\r')
  await person.sees(/\* openai\/other\n {2}openai\/mock/)
  person.type('and the second\r')
  await until(async () => mock.requests().at(-1)?.body?.model === 'other')
  const tail = /\n([a-z0-9]{4,})\n/.exec(await person.text())?.[1] ?? ''
  // Without room in its budget a turn is paused, and goes on once it was raised.
  const budget = (...more: string[]) => home.daybook(['budget', 'set', 'session', tail, ...more])
  assert.equal((await budget('--tokens', '1')).exit, 0)
  person.type('a second time\r')
  await person.sees(/paused: the budget of this session leaves no room/)
  assert.match((await home.daybook(['show', tail])).out, /paused: .* of 1 tokens/)
  assert.match((await home.daybook([])).out, new RegExp(`is paused: .*budget list ${tail}`))
  assert.equal((await home.daybook(['say', tail, 'and more'])).exit, 0)
  assert.equal((await budget('--off')).exit, 0)
  await person.sees(/goes on: its budget has room again[\s\S]*second answer/)
  await person.leaves()
  const said = async (...args: string[]) => (await home.daybook(args)).out
  assert.match(await said('show', tail), /coder · openai\/other · /)
  assert.match(await said('model', 'list', tail), /\* openai\/other/)
  assert.equal((await home.daybook(['model', 'set', tail, 'nowhere/x'])).exit, 4)
  assert.match(await said('model', 'set', tail, '--off'), /asks the models of its agents again/)
  await until(async () => !/openai\/other · /.test(await said('show', tail)))
})

test('the last message is asked once more in its place, and the new answer is shown behind it', async (t) => {
  const answers = (content: string) => mock.answers.splice(0, mock.answers.length, { match: {}, response: { content } })
  answers('Anna')
  const person = new Person(t, home, ['start', 'coder'])
  await person.sees(/a new session/)
  person.type('/again\r')
  await person.sees(/nothing was said yet/)
  person.type('say a name\r')
  await person.sees(/Anna/)
  const tail = /\n([a-z0-9]{4,})\n/.exec(await person.text())?.[1] ?? ''
  await until(async () => /\bdone\b/.test((await home.daybook(['show', tail, '--runs'])).out))
  answers('Bert')
  person.type('/again\r')
  await person.sees(/Anna.*Bert/s)
  await person.leaves()
  const { out } = await home.daybook(['show', tail, '--json'])
  const { messages } = JSON.parse(out) as { messages: { content: string }[] }
  assert.deepEqual(
    messages.map(({ content }) => content),
    ['say a name', 'Bert'],
  )
})

test('a call is folded into one line, an approval is asked in place and may be given elsewhere', async (t) => {
  const call = { name: 'push', arguments: '{"input":"main"}', id: 'call_1' }
  mock.answers.splice(
    0,
    mock.answers.length,
    { match: { hasToolResult: true }, response: { content: 'It is pushed.' } },
    { match: { userMessage: 'push' }, response: { content: 'I push it.', toolCalls: [call] } },
  )
  writeFileSync(
    home.path('share', 'daybook', 'agents', 'pusher.yaml'),
    'description: Pushes.\ninstructions: Push what is asked.\nskills: [push]\n',
  )
  await until(async () => (await home.daybook(['agent', 'list'])).out.includes('pusher'))
  for (const where of ['here', 'elsewhere']) {
    const person = new Person(t, home, ['start', 'pusher'])
    await person.sees(/a new session/)
    person.type('push main\r')
    await person.sees(/approve\? \[y\/n\/show\]/)
    const tail = /\n([a-z0-9]{4,})\n/.exec(await person.text())?.[1] ?? ''
    if (where === 'here') person.type('y\r')
    else assert.equal((await home.daybook(['approve', tail, '--yes'])).exit, 0)
    const all = await person.sees(/It is pushed/)
    assert.match(all, /needs you: pusher calls Push/)
    assert.match(all, /approved by local/)
    assert.match(all, /· push .*ok \d/)
    await person.leaves()
  }
  assert.equal(readFileSync(traces.pushed, 'utf8'), 'main\nmain\n')
})

test('Ctrl-C ends the turn and keeps what was said; a second one leaves', async (t) => {
  mock.answers.splice(0, mock.answers.length, {
    match: {},
    response: { content: `so much ${'and more '.repeat(400)}` },
    chunkSize: 9,
    latency: 50,
  })
  const person = new Person(t, home, ['start', 'coder'])
  await person.sees(/a new session/)
  person.type('tell all\r')
  await person.sees(/and more and more/)
  person.type('\u0003')
  await person.sees(/stopped \(user\)/)
  const tail = /\n([a-z0-9]{4,})\n/.exec(await person.text())?.[1] ?? ''
  const { out } = await home.daybook(['show', tail])
  assert.match(out, /so much and more/)
  // Also while something that was typed waits for a server that does not answer.
  server.process.kill('SIGSTOP')
  try {
    person.type('one more\r')
    person.type('\u0003\u0003')
    await until(() => person.exit !== null)
  } finally {
    server.process.kill('SIGCONT')
  }
  assert.equal(person.exit, 130)
})

test('a server that is killed in mid stream is told of; the turn goes on, without a gap and without a double', async (t) => {
  const numbers = Array.from({ length: 60 }, (_, at) => `<${at + 1}>`).join(' ')
  mock.answers.splice(0, mock.answers.length, {
    match: {},
    response: { content: `${numbers} that is all` },
    chunkSize: 5,
    latency: 40,
  })
  const person = new Person(t, home, ['start', 'coder'])
  await person.sees(/a new session/)
  person.type('count\r')
  await person.sees(/<8>/)
  const { port } = new URL(server.url)
  server.process.kill('SIGKILL')
  await server.ended
  await person.sees(/connection lost/)
  server = await home.serve(['--port', port], { env: mockKeys })
  const all = await person.sees(/that\s+is all/)
  assert.match(all, /again at .*nothing missed/)
  assert.deepEqual(
    [...all.matchAll(/<(\d+)>/g)].map(([, number]) => Number(number)),
    Array.from({ length: 60 }, (_, at) => at + 1),
  )
  person.type('/fork\r')
  await person.sees(/\w+ {2}coder {2}count {3}\/help/)
  await person.leaves()
  const again = new Person(t, home, ['attach', /left (\S+)/.exec(await person.text())?.[1] ?? ''])
  await again.sees(/\/help/)
  await again.leaves()
})

test('without a terminal each line is a prompt, and only the answers are printed', async () => {
  mock.answers.splice(
    0,
    mock.answers.length,
    { match: { userMessage: 'one' }, response: { content: 'first' } },
    { match: { userMessage: 'two' }, response: { content: 'second' } },
  )
  const { out, exit, err } = await home.daybook(['say', '--agent', 'coder'], { input: 'one\n\ntwo\n' })
  assert.deepEqual([exit, out], [0, 'first\nsecond\n'], err)
})
