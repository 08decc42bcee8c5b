// Turns of agents that ask a model, through the real providers: skills, refusals, hand-offs, limits and what stands in the log.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import type { AnyEntry } from '../../schema/entries.ts'
import type { Message } from '../../schema/parts.ts'
import type { Agent } from '../performer.ts'
import { skill } from '../testing.fixture.ts'
import { defined, type TurnsWorld, turnsWorld } from './turns.fixture.ts'

const add = skill('add', (input) => ({ sum: (input as { a: number }).a + (input as { b: number }).b }), {
  input: {
    type: 'object',
    properties: { a: { type: 'number' }, b: { type: 'number' } },
    required: ['a', 'b'],
    additionalProperties: false,
  },
})

const call = (id: string, name: string, input: unknown) => ({ id, name, arguments: JSON.stringify(input) })

async function entriesOf({ world }: TurnsWorld, session: string): Promise<readonly AnyEntry[]> {
  return world.world.anna.session(session).read()
}

async function messagesOf(at: TurnsWorld, session: string): Promise<readonly Message[]> {
  return (await entriesOf(at, session)).flatMap(({ kind, data }) => (kind === 'message' ? [data as Message] : []))
}

test('a turn calls skills and answers; each text stands once in the log', async () => {
  await using at = await turnsWorld({
    skills: [add],
    answers: [
      {
        match: { userMessage: 'sum', hasToolResult: false },
        response: { toolCalls: [call('c1', 'add', { a: 2, b: 3 })] },
      },
      { match: { userMessage: 'sum' }, response: { content: 'It is exactly five.' } },
    ],
  })
  const appended: number[] = []
  at.world.plan.append = (next, batch) => {
    appended.push(...batch.map(({ entries }) => entries.length))
    return next()
  }
  let reads = 0
  at.world.plan.read = (next) => {
    reads += 1
    return next()
  }
  const { run, session } = await at.world.anna.start(null, { agent: 'coder', input: 'sum of 2 and 3' })
  const state = await at.world.settle(run, 'end')
  deepStrictEqual([state.status, state.output], ['done', 'It is exactly five.'])
  strictEqual(reads, 0, 'what the turn itself wrote is not read back')
  const entries = await entriesOf(at, session)
  deepStrictEqual(
    entries.map(({ kind }) => kind),
    [
      ...['session.opened', 'run.queued', 'message', 'run.started', 'step.started', 'message', 'step.finished'],
      ...['step.started', 'message', 'step.finished', 'step.started', 'message', 'step.finished', 'run.finished'],
    ],
  )
  // The first step begins with the run, the last one ends with it, and each other one begins with the end of the one before.
  deepStrictEqual(appended, [5, 3, 3, 3])
  const said = await messagesOf(at, session)
  deepStrictEqual(
    said.map(({ role }) => role),
    ['user', 'assistant', 'tool', 'assistant'],
  )
  const log = JSON.stringify(entries)
  strictEqual(log.split('exactly five').length, 2)
  const [result] = said[2]?.parts ?? []
  ok(result?.type === 'result')
  deepStrictEqual(result.output, { sum: 5 })
  match(said[1]?.model ?? '', /^openai\/mock/)
  ok((said[3]?.usage?.output_tokens ?? 0) > 0)
})

test('what fails, is refused or does not exist goes to the model as an error, and it goes on', async () => {
  await using at = await turnsWorld({
    skills: [add, skill('fail', () => Promise.reject(new Error('no disk')))],
    answers: [
      {
        match: { userMessage: 'try', hasToolResult: false },
        response: {
          toolCalls: [call('c1', 'add', { a: 'two' }), call('c2', 'fail', {}), call('c3', 'nothing_here', {})],
        },
      },
      { match: { userMessage: 'try' }, response: { content: 'Nothing worked.' } },
    ],
  })
  const { run, session } = await at.world.anna.start(null, { agent: 'coder', input: 'try it' })
  const state = await at.world.settle(run, 'end')
  deepStrictEqual([state.status, state.output], ['done', 'Nothing worked.'])
  const results = (await messagesOf(at, session)).flatMap(({ parts = [] }) =>
    parts.filter(({ type }) => type === 'result'),
  )
  strictEqual(results.length, 3)
  ok(results.every((part) => part.type === 'result' && part.error))
})

test('a skill of high risk waits for a person; refused, the model is told and goes on', async () => {
  let done = 0
  await using at = await turnsWorld({
    skills: [
      skill(
        'ship',
        () => {
          done += 1
          return 'shipped'
        },
        { risk: 'high' },
      ),
    ],
    answers: [
      {
        match: { userMessage: 'ship', hasToolResult: false },
        response: { toolCalls: [call('c1', 'ship', { what: 'it' })] },
      },
      { match: { userMessage: 'ship' }, response: { content: 'Well.' } },
    ],
  })
  for (const decision of ['denied', 'approved'] as const) {
    const { run, session } = await at.world.anna.start(null, { agent: 'coder', input: 'ship it' })
    const waiting = await at.world.settle(run)
    deepStrictEqual([waiting.status, waiting.reason], ['waiting', 'approval'])
    const [asked] = waiting.approvals
    await at.world.crash()
    await at.world.anna.decide(run, asked?.id ?? '', { decision, digest: asked?.digest ?? '' })
    const state = await at.world.settle(run, 'end')
    deepStrictEqual([state.status, state.output], ['done', 'Well.'])
    const [result] = (await messagesOf(at, session)).flatMap(({ parts = [] }) =>
      parts.filter(({ type }) => type === 'result'),
    )
    ok(result?.type === 'result')
    strictEqual(result.error ?? false, decision === 'denied')
    strictEqual(done, decision === 'denied' ? 0 : 1)
  }
})

test('whoever is asked reads the only line of an input as it is, and anything else as JSON', async () => {
  const inputs = [{ what: 'wc -l < a.md' }, { what: 'one\ntwo' }, { what: 'it', where: 'here' }]
  await using at = await turnsWorld({
    skills: [skill('ship', () => 'shipped', { risk: 'high' })],
    answers: inputs.map((input, n) => ({
      match: { userMessage: `ship ${n}`, hasToolResult: false },
      response: { toolCalls: [call('c1', 'ship', input)] },
    })),
  })
  const asked: (string | undefined)[] = []
  for (const n of inputs.keys()) {
    const { run } = await at.world.anna.start(null, { agent: 'coder', input: `ship ${n}` })
    asked.push((await at.world.settle(run)).approvals[0]?.summary)
  }
  deepStrictEqual(asked, [
    'coder calls ship: wc -l < a.md',
    'coder calls ship: {"what":"one\\ntwo"}',
    'coder calls ship: {"what":"it","where":"here"}',
  ])
})

test('a turn is handed over to another agent, who goes on with it; a ring of them is refused', async () => {
  await using at = await turnsWorld({
    agents: [defined('desk', { handoffs: ['coder'] }), defined('coder', { handoffs: ['desk'] })],
    answers: [
      {
        match: { systemMessage: 'You are desk', userMessage: 'fix' },
        response: { toolCalls: [call('h1', 'hand_over', { to: 'coder', reason: 'it is code' })] },
      },
      { match: { systemMessage: 'You are coder' }, response: { content: 'Fixed.' } },
    ],
  })
  const { run, session } = await at.world.anna.start(null, { agent: 'desk', input: 'fix it' })
  const state = await at.world.settle(run, 'end')
  deepStrictEqual([state.status, state.output], ['done', 'Fixed.'])
  const head = await at.world.world.anna.session(session).head()
  strictEqual(head.currentAgent, 'coder')
  const said = await messagesOf(at, session)
  strictEqual(said.at(-1)?.agent, 'coder')
})

test('time goes on for whoever a turn was handed to', async () => {
  const seen: number[] = []
  const other: Agent = {
    name: 'other',
    kind: 'team',
    description: 'Another kind of agent.',
    async perform(turn) {
      seen.push(turn.now)
      at.world.clock.advance(60_000)
      seen.push(turn.now)
      return 'done'
    },
  }
  await using at = await turnsWorld({
    agents: [defined('desk', { handoffs: ['other'] })],
    setting: { others: (name) => (name === 'other' ? other : undefined) },
    answers: [{ match: {}, response: { toolCalls: [call('h1', 'hand_over', { to: 'other', reason: 'it knows' })] } }],
  })
  const { run } = await at.world.anna.start(null, { agent: 'desk', input: 'go' })
  strictEqual((await at.world.settle(run, 'end')).status, 'done')
  const [before = 0, after = 0] = seen
  ok(after - before >= 60_000, `${before} to ${after}`)
})

test('a turn asks its model so often and no more, and says so', async () => {
  await using at = await turnsWorld({
    skills: [add],
    agents: [defined('coder', { skills: ['*'], limits: { calls: 3 } })],
    answers: [{ match: {}, response: { toolCalls: [call('c', 'add', { a: 1, b: 1 })] } }],
  })
  const { run, session } = await at.world.anna.start(null, { agent: 'coder', input: 'for ever' })
  const state = await at.world.settle(run, 'end')
  strictEqual(state.status, 'done')
  strictEqual(at.server.requests().length, 3)
  strictEqual((await messagesOf(at, session)).at(-1)?.metadata?.status, 'limit')
})

test('the runs inside a turn count against its limits, once, also when it is performed again', async () => {
  for (const limits of [{ tokens: 100_000 }, { cost: 1 }]) {
    const costly = skill(
      'costly',
      async (_input, { step, ask, run, session }) => {
        await step('spend', async () => {
          const data = { role: 'assistant', content: 'spent', usage: { total_tokens: 60_000 }, cost: 0.6 } as const
          await session.append({ kind: 'message', run, data })
          return null
        })
        return ask('more?')
      },
      { durable: true },
    )
    await using at = await turnsWorld({
      skills: [costly],
      agents: [defined('coder', { skills: ['*'], limits })],
      answers: [{ match: {}, response: { toolCalls: [call('c', 'costly', {})] } }],
    })
    const { run, session } = await at.world.anna.start(null, { agent: 'coder', input: 'spend it' })
    for (const calls of [1, 2]) {
      const inside = async () => {
        const { runs } = await at.world.world.anna.session(session).view('runs')
        return runs.filter(({ parent, status }) => parent === run && status === 'waiting').map((one) => one.run)
      }
      await at.world.ticking(async () => at.server.requests().length === calls && (await inside()).length === 1)
      const [child = ''] = await inside()
      const [question] = (await at.world.anna.get(child)).questions
      await at.world.crash()
      await at.world.anna.answer(child, question?.id ?? '', 'yes')
    }
    const { status, reason } = await at.world.settle(run, 'end')
    deepStrictEqual([status, reason, at.server.requests().length], ['failed', 'budget', 2])
  }
})

test('nothing configured: the run is refused in words that say what to set', async () => {
  await using at = await turnsWorld({ models: { model: 'openai/mock', key: () => undefined } })
  const { run } = await at.world.anna.start(null, { agent: 'coder', input: 'hello' })
  const state = await at.world.settle(run, 'end')
  deepStrictEqual([state.status, state.reason, state.error?.code], ['failed', 'refused', 'no_model'])
})
