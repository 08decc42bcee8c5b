// Turns that do not run through: steered into, cut off, cancelled, ended by a crash, with files, and with secrets.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import type { Delta } from '../../schema/deltas.ts'
import { DaybookError } from '../../schema/errors.ts'
import type { Message, Part } from '../../schema/parts.ts'
import { gate, until } from '../../session/testing.fixture.ts'
import { deltaTopic } from '../../store/bus.ts'
import { skill } from '../testing.fixture.ts'
import { defined, type TurnsWorld, turnsWorld } from './turns.fixture.ts'

const call = (id: string, name: string, input: unknown = {}) => ({ id, name, arguments: JSON.stringify(input) })

async function messagesOf({ world }: TurnsWorld, session: string): Promise<readonly Message[]> {
  const entries = await world.world.anna.session(session).read({ limit: 1000 })
  return entries.flatMap(({ kind, data }) => (kind === 'message' ? [data as Message] : []))
}

function resultsIn(messages: readonly Message[]): readonly Extract<Part, { type: 'result' }>[] {
  return messages.flatMap(({ parts = [] }) => parts).filter((part) => part.type === 'result')
}

test('what is steered into a turn reaches its next call of the model, once, also when it was about to end', async () => {
  const begun = gate()
  const letGo = gate()
  await using at = await turnsWorld({
    skills: [
      skill('wait', async () => {
        begun.resolve()
        await letGo.promise
        return 'waited'
      }),
    ],
    answers: [
      { match: { userMessage: 'begin', hasToolResult: false }, response: { toolCalls: [call('c1', 'wait')] } },
      { match: { userMessage: 'and this' }, response: { content: 'This too.' }, chunkSize: 3, latency: 100 },
      { match: { userMessage: 'at the end' }, response: { content: 'At last.' } },
    ],
  })
  const { run, session } = await at.world.anna.start(null, { agent: 'coder', input: 'begin' })
  await at.world.world.anna.session(session).handoff('coder')
  await begun.promise
  const steered = await at.world.anna.start(session, { input: 'and this', onBusy: 'steer' })
  deepStrictEqual([steered.run, steered.steered], [run, true])
  const asked = at.server.asked()
  letGo.resolve()
  match(await asked, /and this/)
  const last = await at.world.anna.start(session, { input: 'at the end', onBusy: 'steer' })
  const state = await at.world.settle(run, 'end')
  deepStrictEqual([last.run, state.output], [run, 'At last.'])
  const said = (await messagesOf(at, session)).filter(({ role }) => role === 'user')
  deepStrictEqual(
    said.map(({ content }) => content),
    ['begin', 'and this', 'at the end'],
  )
})

test('an answer whose stream breaks is kept with its status, and the model goes on with it', async () => {
  await using at = await turnsWorld({
    answers: [
      {
        match: { predicate: ({ messages }) => !messages.some(({ role }) => role === 'assistant') },
        response: { content: 'The first half of a longer answer' },
        ...{ chunkSize: 5, truncateAfterChunks: 8, latency: 2 },
      },
      { match: {}, response: { content: 'and the second half.' } },
    ],
  })
  const { run, session } = await at.world.anna.start(null, { agent: 'coder', input: 'tell me' })
  const state = await at.world.settle(run, 'end')
  deepStrictEqual([state.status, state.output], ['done', 'and the second half.'])
  const said = await messagesOf(at, session)
  strictEqual(said.length, 3)
  ok(said[1]?.content !== '' && 'The first half of a longer answer'.startsWith(said[1]?.content ?? 'x'))
  strictEqual(said[1]?.metadata?.status, 'cut_off')
  match(at.server.bodies().at(-1) ?? '', new RegExp(said[1]?.content ?? 'x'))
})

test('an answer without a word says so to the person, and not to the model', async () => {
  await using at = await turnsWorld({
    answers: [
      { match: { userMessage: 'more' }, response: { content: 'Fine.' } },
      { match: {}, response: { content: '', finishReason: 'content_filter' } },
    ],
    models: { model: 'openai-chat/mock' },
  })
  const { run, session } = await at.world.anna.start(null, { agent: 'coder', input: 'say it' })
  const said = 'The provider of the model refused to answer this.'
  strictEqual((await at.world.settle(run, 'end')).output, said)
  const next = await at.world.anna.start(session, { agent: 'coder', input: 'more' })
  strictEqual((await at.world.settle(next.run, 'end')).output, 'Fine.')
  strictEqual(at.server.bodies().at(-1)?.includes(said), false)
})

test('a turn that is cancelled in mid stream keeps what it had said', async () => {
  await using at = await turnsWorld({
    answers: [{ match: {}, response: { content: 'word '.repeat(200) }, chunkSize: 5, latency: 20 }],
  })
  const { bus } = at.world.world.store
  const started = await at.world.anna.start(null, { agent: 'coder', input: 'talk' })
  let text = ''
  const { tenant } = at.world.world.anna.scope
  bus.subscribe(deltaTopic(tenant, started.session), (message) => {
    const delta = message as Delta
    if ('text' in delta) text += delta.text
  })
  await until(() => text.length > 20)
  await at.world.anna.cancel(started.run)
  await until(async () => (await messagesOf(at, started.session)).length === 2)
  const [, kept] = await messagesOf(at, started.session)
  deepStrictEqual([kept?.role, kept?.metadata?.status, kept?.agent], ['assistant', 'cancelled', 'coder'])
  ok(kept?.content.startsWith('word word'))
  // The next turn has a history that the provider takes.
  at.server.answers.unshift({ match: { userMessage: 'again' }, response: { content: 'Well.' } })
  const next = await at.world.anna.start(started.session, { agent: 'coder', input: 'again' })
  strictEqual((await at.world.settle(next.run, 'end')).output, 'Well.')
})

test('after a crash nothing finished is asked or called again, and what may not be repeated is told as unknown', async () => {
  const done: string[] = []
  let dies = true
  const stands = gate()
  const dying = async (name: string) => {
    done.push(name)
    if (dies) {
      stands.resolve()
      await new Promise(() => {})
    }
    return name
  }
  await using at = await turnsWorld({
    skills: [skill('look', () => done.push('look') && 'seen'), skill('pay', () => dying('pay'))],
    answers: [
      { match: { hasToolResult: false }, response: { toolCalls: [call('c1', 'look'), call('c2', 'look')] } },
      { match: { toolCallId: 'c2' }, response: { toolCalls: [call('c3', 'pay')] } },
      { match: {}, response: { content: 'Done, I think.' } },
    ],
  })
  const { run, session } = await at.world.anna.start(null, { agent: 'coder', input: 'pay for it' })
  await stands.promise
  dies = false
  await at.world.crash()
  const state = await at.world.settle(run, 'end')
  deepStrictEqual([state.status, state.output], ['done', 'Done, I think.'])
  deepStrictEqual(done, ['look', 'look', 'pay'])
  const results = resultsIn(await messagesOf(at, session))
  deepStrictEqual(
    results.map(({ error = false }) => error),
    [false, false, true],
  )
  match(String(results[2]?.output), /^Unknown outcome/)
  strictEqual(at.server.requests().length, 3)
})

test('skills of low risk that one answer calls run side by side', async () => {
  const both = gate()
  let running = 0
  await using at = await turnsWorld({
    skills: [
      skill('meet', async () => {
        running += 1
        if (running === 2) both.resolve()
        await both.promise
        return running
      }),
    ],
    answers: [
      { match: { hasToolResult: false }, response: { toolCalls: [call('c1', 'meet'), call('c2', 'meet')] } },
      { match: {}, response: { content: 'They met.' } },
    ],
  })
  const { run } = await at.world.anna.start(null, { agent: 'coder', input: 'meet' })
  strictEqual((await at.world.settle(run, 'end')).output, 'They met.')
})

test('a file goes to a model that takes it, and is refused by one that does not', async () => {
  await using at = await turnsWorld({
    models: { facts: { 'openai/blind': { images: false }, 'openai/mock': { images: true } } },
    agents: [defined('seeing', { models: ['openai/mock'] }), defined('blind', { models: ['openai/blind'] })],
    answers: [{ match: {}, response: { content: 'A picture.' } }],
  })
  const bytes = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  )
  const blob = await at.world.world.anna.blobs.put(bytes)
  const input = { text: 'what is it?', files: [{ blob, name: 'dot.png', media_type: 'image/png' }] }
  const { run, session } = await at.world.anna.start(null, { agent: 'seeing', input })
  strictEqual((await at.world.settle(run, 'end')).output, 'A picture.')
  deepStrictEqual((await messagesOf(at, session))[0]?.parts, [
    { type: 'file', blob, name: 'dot.png', media_type: 'image/png' },
  ])
  ok(at.server.bodies().at(-1)?.includes(bytes.toString('base64')))
  const refused = await at.world.anna.start(null, { agent: 'blind', input })
  const state = await at.world.settle(refused.run, 'end')
  deepStrictEqual([state.status, state.error?.code], ['failed', 'unsupported_media'])
})

test('a PDF goes to a model whose provider reads it', async () => {
  await using at = await turnsWorld({
    models: { facts: { '*': { images: true } } },
    agents: [defined('reading', { models: ['openai/mock'] }), defined('blind', { models: ['deepseek/mock'] })],
    answers: [{ match: {}, response: { content: 'Two pages.' } }],
  })
  const bytes = Buffer.from('%PDF-1.4 two pages')
  const blob = await at.world.world.anna.blobs.put(bytes)
  const input = { text: 'what is it?', files: [{ blob, name: 'a.pdf', media_type: 'application/pdf' }] }
  const { run } = await at.world.anna.start(null, { agent: 'reading', input })
  strictEqual((await at.world.settle(run, 'end')).output, 'Two pages.')
  ok(at.server.bodies().at(-1)?.includes(bytes.toString('base64')))
  const refused = await at.world.anna.start(null, { agent: 'blind', input })
  strictEqual((await at.world.settle(refused.run, 'end')).error?.code, 'unsupported_media')
})

test('a call that could not be made is told to the model, and nobody is asked to approve it', async () => {
  const check = (): never => {
    throw new DaybookError('forbidden', 'skills may not work there', { hint: 'Add the folder.' })
  }
  await using at = await turnsWorld({
    skills: [skill('push', () => 'pushed', { risk: 'high', check })],
    answers: [
      { match: { hasToolResult: false }, response: { toolCalls: [call('c1', 'push')] } },
      { match: {}, response: { content: 'I may not.' } },
    ],
  })
  const { run, session } = await at.world.anna.start(null, { agent: 'coder', input: 'push it' })
  const { output, approvals } = await at.world.settle(run, 'end')
  deepStrictEqual([output, approvals], ['I may not.', []])
  const [result] = resultsIn(await messagesOf(at, session))
  deepStrictEqual(
    [result?.error, String(result?.output)],
    [true, 'forbidden: skills may not work there (Add the folder.)'],
  )
})

test('what a skill says of a secret reaches neither the log nor the model', async () => {
  const secret = ['gh', 'p_16C7e42F292c6912E7', '710c838347Ae178B4a'].join('')
  await using at = await turnsWorld({
    skills: [skill('tell', () => `the token is ${secret}`)],
    answers: [
      { match: { hasToolResult: false }, response: { toolCalls: [call('c1', 'tell')] } },
      { match: {}, response: { content: 'I shall not repeat it.' } },
    ],
  })
  const { run, session } = await at.world.anna.start(null, { agent: 'coder', input: 'tell' })
  await at.world.settle(run, 'end')
  ok(!JSON.stringify(await at.world.world.anna.session(session).read()).includes(secret))
  ok(!at.server.bodies().some((body) => body.includes(secret)))
  ok(at.server.bodies().at(-1)?.includes('[redacted:'))
})
