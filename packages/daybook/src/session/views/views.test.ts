// Views: what each says of a log, at every moment of it, through rewinds, page by page.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import type { Session } from '../contract.ts'
import { foldAt } from '../refold.ts'
import { all, eachStore, fails, range, say } from '../testing.fixture.ts'
import { viewNames } from './contract.ts'

async function texts(session: Session, options = {}): Promise<string[]> {
  return (await all((await session.view('history', options)).messages)).map(({ content }) => content)
}

eachStore('history, agent, switches and state are all there after a restart [S2.1]', async (world) => {
  const session = await world.anna.open({ id: 'a', state: { cart: 1 } })
  await session.append([say('one'), { kind: 'message', data: { role: 'tool', content: 'two', name: 'search' } }])
  await session.handoff('coder', 'code is wanted')
  await session.handoff('debug', 'a fault')
  await session.update({ state: { cart: 2 } })
  const look = async (at: Session) => {
    const history = await at.view('history')
    return [
      { ...history, messages: await all(history.messages) },
      await at.view('agents'),
      await at.head(),
      await at.cell(),
    ]
  }
  const before = await look(session)
  await world.restart()
  const after = await look(world.anna.session('a'))
  deepStrictEqual(after, before)
  const again = world.anna.session('a')
  strictEqual((await again.head()).currentAgent, 'debug')
  deepStrictEqual(await texts(again), ['one', 'two'])
  deepStrictEqual(
    (await again.view('agents')).history.map(({ to }) => to),
    ['coder', 'debug'],
  )
})

eachStore('the agents of a session: context, times and reasons of switches', async (world) => {
  const start = world.clock.now()
  const session = await world.anna.open({ agentData: { plan: ['a'] } })
  world.clock.advance(10)
  await session.handoff('coder', 'code')
  deepStrictEqual(await session.view('agents'), {
    currentAgent: 'coder',
    history: [{ from: 'orchestrator', to: 'coder', reason: 'code', at: start + 10, seq: 2 }],
    switches: 1,
    metadata: { plan: ['a'] },
    createdAt: start,
    lastSwitchAt: start + 10,
  })
})

eachStore(
  'a rewind takes history, agent, state, title and counts back, keeps usage, and can be undone [B3]',
  async (world) => {
    const session = await world.runner.open({ state: { step: 0 }, name: 'kept' })
    await session.append({ kind: 'message', data: { role: 'user', content: 'one', usage: { total_tokens: 1 } } })
    await session.update({ state: { step: 1 } })
    await session.append({ kind: 'message', data: { role: 'user', content: 'two', usage: { total_tokens: 2 } } })
    await session.handoff('coder')
    await session.note('left')
    await session.addRun({ usage: { total_tokens: 4 }, cost: 1 })
    const before = [await session.head(), await session.cell()] as const
    await session.rewind(2)
    const head = await session.head()
    deepStrictEqual(
      [head.messages, head.runs, head.currentAgent, head.switches, head.title, head.last?.text, head.name],
      [1, 0, 'orchestrator', 0, 'one', 'one', 'kept'],
    )
    deepStrictEqual([head.tokens, head.cost], [7, 1])
    deepStrictEqual((await session.cell()).state, { step: 0 })
    deepStrictEqual(await texts(session), ['one'])
    deepStrictEqual([(await session.view('notes')).notes, (await session.view('runs')).runs], [[], []])
    await session.append(say('three'))
    await session.rewind(9)
    const again = await session.head()
    for (const field of ['messages', 'runs', 'currentAgent', 'switches', 'title', 'last', 'tokens'] as const) {
      deepStrictEqual(again[field], before[0][field], field)
    }
    deepStrictEqual(await session.cell(), before[1])
    deepStrictEqual(await texts(session), ['one', 'two'])
    strictEqual((await session.read()).length, 12)
  },
)

eachStore('rewinds nest: each goes back to what was active there', async (world) => {
  const session = await world.anna.open()
  await session.append([say('a'), say('b'), say('c')]) // 2 3 4
  await session.rewind(2) // 5
  await session.append([say('d'), say('e')]) // 6 7
  await session.rewind(6) // 8
  await session.append(say('f')) // 9
  deepStrictEqual(await texts(session), ['a', 'd', 'f'])
  await session.rewind(7) // 10
  deepStrictEqual(await texts(session), ['a', 'd', 'e'])
  await session.rewind(4) // 11
  deepStrictEqual(await texts(session), ['a', 'b', 'c'])
  await session.rewind(10) // 12
  deepStrictEqual(await texts(session), ['a', 'd', 'e'])
  await session.rewind(1) // 13
  deepStrictEqual(await texts(session), [])
  const moments = ['', 'a', 'ab', 'abc', 'a', 'ad', 'ade', 'ad', 'adf', 'ade', 'abc', 'ade', '']
  for (const [index, wanted] of moments.entries()) {
    strictEqual((await texts(session, { until: index + 1 })).join(''), wanted)
    const history = await session.view('history', { until: index + 1 })
    deepStrictEqual([history.messageCount, history.seq], [wanted.length, index + 1])
    deepStrictEqual(
      (await foldAt(world.whole, session.id, index + 1, { fromStart: true })).head.messages,
      wanted.length,
    )
  }
  const fork = await session.fork({ at: 12 })
  deepStrictEqual(await texts(fork), ['a', 'd', 'e'])
  await fork.rewind(4)
  deepStrictEqual(await texts(fork), ['a', 'b', 'c'])
  for (const to of [0, -1, 99, 1.5]) await fails(() => session.rewind(to), 'invalid')
})

eachStore('history is read backwards page by page, only what is active', async ({ anna }) => {
  const session = await anna.open()
  await session.append(range(10).map((number) => say(`${number}`))) // 2 … 11
  await session.rewind(6) // 12
  await session.append(range(5).map((number) => say(`n${number}`))) // 13 … 17
  const active = ['1', '2', '3', '4', '5', 'n1', 'n2', 'n3', 'n4', 'n5']
  deepStrictEqual(await texts(session), active)
  for (const limit of [1, 2, 3, 4, 10, 20]) {
    const pages: string[][] = []
    for (let before: number | undefined; ; ) {
      const { messages } = await session.view('history', before === undefined ? { limit } : { limit, before })
      const page = await all(messages)
      if (page.length === 0) break
      pages.unshift(page.map(({ content }) => content))
      before = page[0]?.seq
    }
    deepStrictEqual(pages.flat(), active)
  }
  // A place on the branch that was left: what is active below it, nothing of that branch.
  deepStrictEqual(await texts(session, { before: 10 }), ['1', '2', '3', '4', '5'])
  deepStrictEqual(await texts(session, { before: 10, limit: 2 }), ['4', '5'])
  deepStrictEqual(await texts(session, { before: 3 }), ['1'])
  deepStrictEqual(await texts(session, { before: 1 }), [])
})

eachStore('files: edits and pins in their order, with what is pinned at the end', async ({ anna }) => {
  const session = await anna.open()
  const parts = [
    { type: 'text', text: 'no edit' },
    { type: 'edit', path: 'a.ts', operation: 'create', added: 3 },
    {
      type: 'edit',
      path: 'b.ts',
      operation: 'rename',
      to: 'c.ts',
      before: 'A'.repeat(43),
      after: 'B'.repeat(43),
      removed: 1,
    },
  ] as const
  await session.append({ kind: 'message', data: { role: 'assistant', content: 'done', parts } as never })
  await session.append(say('"type":"edit"'))
  await session.pin('a.ts')
  await session.pin('b.ts')
  await session.pin('a.ts', false)
  const { files, pinned } = await session.view('files')
  deepStrictEqual(
    files.map(({ path, operation, seq }) => [path, operation, seq]),
    [
      ['a.ts', 'create', 2],
      ['b.ts', 'rename', 2],
      ['a.ts', 'pin', 4],
      ['b.ts', 'pin', 5],
      ['a.ts', 'unpin', 6],
    ],
  )
  deepStrictEqual([files[1]?.to, files[1]?.removed, files[0]?.added], ['c.ts', 1, 3])
  deepStrictEqual(pinned, ['b.ts'])
  deepStrictEqual((await session.view('files', { until: 4 })).pinned, ['a.ts'])
})

eachStore('runs: added, counted, the last, with tokens and metrics [S4.2]', async (world) => {
  const session = await world.anna.open()
  strictEqual(await session.lastRun(), null)
  deepStrictEqual(await session.view('metrics'), {
    totalRuns: 0,
    totalTokens: 0,
    cost: 0,
    avgResponseTimeMs: null,
    p95ResponseTimeMs: null,
    successRate: null,
    byAgent: {},
    byModel: {},
  })
  await session.addRun({
    agent: 'coder',
    model: 'm',
    usage: { input_tokens: 3, output_tokens: 4 },
    cost: 0.5,
    durationMs: 100,
  })
  await session.addRun({ agent: 'coder', error: { code: 'timeout', message: 'too slow' }, durationMs: 300 })
  await session.addRun({
    id: 'mine',
    agent: '__proto__',
    input: { q: 1 },
    output: [1],
    status: 'done',
    durationMs: 200,
  })
  const head = await session.head()
  deepStrictEqual([head.runs, head.tokens, head.cost, head.openRuns, head.status], [3, 7, 0.5, [], 'idle'])
  const last = await session.lastRun()
  deepStrictEqual(
    [last?.run, last?.input, last?.output, last?.status, last?.durationMs],
    ['mine', { q: 1 }, [1], 'done', 200],
  )
  const { runs } = await session.view('runs')
  deepStrictEqual(
    runs.map(({ status, reason, seq }) => [status, reason, seq]),
    [
      ['done', undefined, 2],
      ['failed', 'error', 5],
      ['done', undefined, 8],
    ],
  )
  deepStrictEqual(runs[1]?.error, { code: 'timeout', message: 'too slow' })
  const metrics = await session.view('metrics')
  deepStrictEqual([metrics.totalRuns, metrics.totalTokens, metrics.avgResponseTimeMs], [3, 7, 200])
  strictEqual(metrics.p95ResponseTimeMs, 300)
  strictEqual(metrics.successRate, 2 / 3)
  deepStrictEqual(metrics.byAgent.coder, { runs: 2, tokens: 7, cost: 0.5 })
  deepStrictEqual(metrics.byModel, { m: { runs: 1, tokens: 7, cost: 0.5 } })
  strictEqual(Object.hasOwn(metrics.byAgent, '__proto__'), true)
})

eachStore('what a provider had in its cache and put there is counted, as far as metadata says so', async (world) => {
  const session = await world.anna.open()
  const answer = (metadata: object) => ({
    role: 'assistant',
    content: 'x',
    agent: 'ask',
    usage: { total_tokens: 9 },
    metadata,
  })
  await session.append([
    { kind: 'message', data: answer({ cached_tokens: 5, written_tokens: 2 }) as never },
    { kind: 'message', data: answer({ cached_tokens: 1, written_tokens: 'many' }) as never },
  ])
  const { ask } = (await session.view('metrics')).byAgent
  deepStrictEqual(ask, { runs: 0, tokens: 18, cost: 0, cachedTokens: 6, writtenTokens: 2 })
})

eachStore('a run with steps that waits, is queued again, and is cancelled', async (world) => {
  const session = await world.runner.open()
  const run = { run_id: 'run_1' }
  const status = async () => (await session.lastRun())?.status
  await session.append({ kind: 'run.queued', data: { ...run, agent: 'coder', reason: 'busy' } })
  deepStrictEqual([(await session.lastRun())?.reason, (await session.head()).status], ['busy', 'queued'])
  await session.append([
    { kind: 'run.started', data: run },
    { kind: 'step.started', data: { ...run, step: 's1', name: 'search' } },
    { kind: 'step.finished', data: { ...run, step: 's1', output: 1 } },
    { kind: 'step.started', data: { ...run, step: 's2', name: 'pay' } },
    { kind: 'step.finished', data: { ...run, step: 's2', unknown: true } },
    { kind: 'step.started', data: { ...run, step: 's3', name: 'mail' } },
    { kind: 'step.finished', data: { ...run, step: 's3', error: 'no' } },
    { kind: 'step.started', data: { ...run, step: 's4', name: 'wait' } },
  ])
  deepStrictEqual(
    (await session.lastRun())?.steps.map(({ status: one }) => one),
    ['done', 'unknown', 'failed', 'running'],
  )
  await session.append({ kind: 'run.waiting', data: { ...run, reason: 'approval' } })
  strictEqual(await status(), 'waiting')
  await session.append({ kind: 'run.queued', data: { ...run, reason: 'retry' } })
  deepStrictEqual([await status(), (await session.head()).runs, (await session.head()).status], ['queued', 1, 'queued'])
  world.clock.advance(50)
  await session.append({ kind: 'run.cancelled', data: { ...run, reason: 'user' } })
  deepStrictEqual([await status(), (await session.lastRun())?.durationMs], ['cancelled', 50])
  deepStrictEqual([(await session.head()).status, (await session.head()).due], ['idle', null])
})

eachStore('summaries: given or made from the log, originals stay, the latest counts [S4.2, B3]', async (world) => {
  const session = await world.anna.open({ name: 'Orders' })
  strictEqual(await session.summary(), null)
  await session.append([say('hello'), say('hi', 'assistant')])
  await session.note('ship on Monday', 'decision')
  await session.summarise()
  const plain = await session.summary()
  strictEqual(plain?.coversSeq, 4)
  for (const part of ['Orders', '2 messages', 'decision: ship on Monday', 'hi'.slice(0, 0)]) {
    strictEqual(plain?.text.includes(part), true)
  }
  world.clock.advance(1)
  await session.summarise('all said')
  deepStrictEqual(await session.summary(), {
    text: 'all said',
    coversSeq: 5,
    runCount: 0,
    totalTokens: 0,
    createdAt: world.clock.now(),
  })
  strictEqual((await session.read()).length, 6)
  deepStrictEqual(await texts(session), ['hello', 'hi'])
  await session.rewind(5)
  strictEqual((await session.summary())?.coversSeq, 4)
})

eachStore('every view at every seq of a log is the one that was seen there', async ({ anna }) => {
  const session = await anna.open()
  const seen: string[] = []
  const look = async (until?: number) => {
    const views: unknown[] = []
    for (const name of viewNames) {
      const view = await session.view(name, until === undefined ? {} : { until })
      views.push('messages' in view ? { ...view, messages: await all(view.messages) } : view)
    }
    return JSON.stringify(views)
  }
  const writes = [
    () => session.append(say('a')),
    () => session.handoff('coder'),
    () => session.note('n'),
    () => session.pin('p'),
    () => session.update({ state: { a: 1 }, agentData: { b: 2 } }),
    () => session.addRun({ agent: 'coder' }),
    () => session.rewind(3),
    () => session.append(say('b')),
    () => session.archive(),
    () => session.append(say('c')),
  ]
  for (const write of writes) {
    const { last } = await write()
    seen[last] = await look()
  }
  for (const [seq, then] of Object.entries(seen)) strictEqual(await look(Number(seq)), then, `at ${seq}`)
  for (const until of [0, -1, 99, 1.5]) await fails(() => session.view('notes', { until }), 'invalid')
})

test('the names of views are those of the address segments', () => {
  deepStrictEqual([...viewNames], ['history', 'agents', 'runs', 'processes', 'files', 'notes', 'metrics'])
})
