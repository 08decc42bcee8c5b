// Summaries by a model, through a real provider: what it is given, when they are written, and what happens when nobody answers.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import type { Model } from '../../model/contract.ts'
import { type MockAnswer, type MockServer, startMock } from '../../model/mock.fixture.ts'
import { openModels } from '../../open-models.ts'
import type { Session } from '../../session/contract.ts'
import { all, fails, range, World } from '../../session/testing.fixture.ts'
import { agent, contextOf, linesOf, said } from '../agents/context/context.fixture.ts'
import type { ContextSetting } from '../agents/contract.ts'
import { openContexts } from './contexts.ts'
import { writeSummary } from './writing.ts'

const { signal } = new AbortController()
const memory = { match: { systemMessage: /memory of a session/ } } as const
const short: MockAnswer = { ...memory, response: { content: 'Goal: the orders. Decisions: SQLite, as it is simple.' } }

interface Stage extends AsyncDisposable {
  readonly world: World
  readonly server: MockServer
  readonly session: Session
  readonly model: Model
  readonly setting: ContextSetting
  readonly errors: unknown[]
  contexts(more?: { beginAt?: number }): ReturnType<typeof openContexts>
}

/** A session of `count` messages, and a model with a context of 3,000 tokens. */
async function stage(count: number, answers: readonly MockAnswer[], text = 'about the orders table'): Promise<Stage> {
  const server = await startMock(answers)
  const facts = { 'openai/mock': { context: 3000, output: 400 } }
  const models = openModels(server.settings({ facts }))
  const model = models.get('openai/mock')
  if (!model) throw new Error(models.why('openai/mock'))
  const world = await World.open('memory')
  const session = await world.runner.open()
  for (const at of range(count)) {
    const content = `Message ${at} ${`${text} `.repeat(12)}`
    await session.append(said(at % 2 === 1 ? 'user' : 'assistant', content, at % 2 === 1 ? {} : { agent: agent.name }))
  }
  const errors: unknown[] = []
  const call = { run: 'run_1', signal }
  return {
    ...{ world, server, session, model, errors },
    setting: { session, agent, model, call },
    contexts: (more = {}) =>
      openContexts({
        models,
        unleased: (id) => world.runner.session(id),
        onError: (error) => errors.push(error),
        ...more,
      }),
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

test('[S4.7] what would not fit is summarised by a model before the call; the originals stay, and the next summary is made from this one', async () => {
  await using at = await stage(61, [short])
  const contexts = at.contexts()
  const context = await contexts.make(at.setting)
  strictEqual(context.leftOut, null)
  ok(context.tokens <= context.budget)
  match(
    linesOf(context)[0] ?? '',
    /^user: <session>\nSummary of what came before, up to entry \d+:\nGoal: the orders\./,
  )
  match(linesOf(context).at(-1) ?? '', /Message 61/)
  const [entry] = await at.session.read({ kinds: ['summary'] })
  ok(entry?.kind === 'summary' && entry.data)
  const { covers_seq: covers, model, usage } = entry.data
  strictEqual(covers, context.covers)
  match(model ?? '', /^openai\/mock/)
  ok((usage?.total_tokens ?? 0) > 0)
  strictEqual((await at.session.head()).tokens, usage?.total_tokens)
  strictEqual((await all((await at.session.view('history')).messages)).length, 61)
  const asked = at.server.requests().length
  for (const more of range(40)) await at.session.append(said('user', `Later ${more} ${'words of it '.repeat(20)}`))
  const later = await contexts.make(at.setting)
  strictEqual(later.leftOut, null)
  ok(later.covers > covers)
  // What is long goes to a model of a small context in portions, each with the summary so far.
  const requests = at.server.requests().map(({ body }) => JSON.stringify(body))
  match(requests[0] ?? '', /Message 1 about/)
  ok(requests.length > asked)
  for (const request of requests.slice(asked)) {
    match(request, /Summary so far.*as it is simple/)
    ok(!request.includes('Message 1 about'), 'what the first one took in is not sent again')
  }
})

test('[S4.7] behind a run whose context was nearly full a summary is written, and nobody waits for it', async () => {
  await using at = await stage(9, [short])
  const contexts = at.contexts({ beginAt: 0.2 })
  const before = await contexts.make(at.setting)
  deepStrictEqual([before.covers, before.leftOut], [0, null])
  contexts.ended('another run')
  contexts.ended('run_1')
  strictEqual((await at.session.head()).summary, null)
  for await (const entry of at.session.follow(0, AbortSignal.timeout(20_000))) if (entry.kind === 'summary') break
  const after = await contexts.make(at.setting)
  ok(after.covers > 1 && after.messages.length < before.messages.length)
  await contexts.close()
  deepStrictEqual(at.errors, [])
})

test('a model that fails is no failure of the call: then the summary is made without one, and says so', async () => {
  await using at = await stage(61, [{ ...memory, response: { error: { message: 'no' }, status: 400 } }])
  const context = await at.contexts().make(at.setting)
  strictEqual(context.leftOut, null)
  const summary = context.parts.find(({ kind }) => kind === 'summary')
  match(summary?.why ?? '', /made without a model/)
  strictEqual(at.errors.length, 1)
})

test('a summary whose entries were rewound or erased while the model wrote is not written', async () => {
  await using at = await stage(9, [short])
  const changes = [() => at.session.rewind(4), () => at.session.erase([3])]
  for (const change of changes) {
    const behind: Model = {
      facts: at.model.facts,
      estimate: (text) => at.model.estimate(text),
      call: async (...given) => {
        await change()
        return at.model.call(...given)
      },
    }
    await fails(() => writeSummary(at.session, { model: behind, signal }), 'conflict')
  }
  deepStrictEqual(await at.session.read({ kinds: ['summary'] }), [])
})

test('a summary that covers what was erased since is not sent, and the next one is made without it', async () => {
  await using at = await stage(5, [short])
  await writeSummary(at.session, { model: at.model, signal, until: 4 })
  strictEqual((await contextOf(at.session, 8000)).covers, 4)
  await at.session.erase([3])
  const context = await contextOf(at.session, 8000)
  strictEqual(context.covers, 0)
  ok(!JSON.stringify(context.messages).includes('Message 2'))
  await writeSummary(at.session, { model: at.model, signal })
  const last = JSON.stringify(at.server.requests().at(-1)?.body)
  ok(last.includes('Message 1') && !last.includes('Message 2') && !last.includes('Summary so far'))
})

test('a session is summarised in its language', async () => {
  for (const [text, word] of [
    ['про таблицу заказов', 'Прежнее изложение'],
    ['关于订单表', '此前的摘要'],
  ] as const) {
    const answer = { match: { systemMessage: /память|记忆/ }, response: { content: '…' } }
    await using at = await stage(4, [answer], text)
    await writeSummary(at.session, { model: at.model, signal })
    await at.session.append(said('user', text))
    await writeSummary(at.session, { model: at.model, signal })
    ok(JSON.stringify(at.server.requests().at(-1)?.body).includes(word))
  }
})
