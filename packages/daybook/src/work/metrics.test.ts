// Figures over the runs of many sessions, against a recomputation that knows nothing but the logs.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { eachStore, range, say, type World } from '../session/testing.fixture.ts'
import { type RunFigures, type RunGrouping, runMetrics } from './metrics.ts'

const day = 24 * 3_600_000
const agents = ['coder', 'tester', 'writer']

/** Runs of three days in twelve sessions, some archived, one forked, one in the trash, some of bob. */
async function furnish(world: World): Promise<void> {
  for (const n of range(12)) {
    const session = await world.anna.open({ id: `s${n}`, ...(n % 3 === 0 ? {} : { user: `u${n % 3}` }) })
    await session.append(say('hello'))
    for (const k of range(n % 5)) {
      await session.addRun({
        agent: agents[(n + k) % 3] ?? '',
        durationMs: n * 100 + k,
        ...(k === 3 ? {} : { model: `lab/m${k % 2}`, cost: k / 4 }),
        ...((n + k) % 4 === 0 ? { error: { code: 'no', message: 'no' } } : {}),
        ...(k % 2 === 0 ? { usage: { input_tokens: n, output_tokens: k } } : {}),
      })
    }
    if (n % 4 === 0) await session.archive()
    world.clock.advance(day / 4)
  }
  await world.anna.session('s9').fork({ id: 'fork' })
  await world.anna.session('fork').addRun({ agent: 'coder', durationMs: 7 })
  await world.anna.session('s7').trash()
  await (await world.bob.open({ id: 'his' })).addRun({ agent: 'coder', durationMs: 1 })
}

interface Fact {
  readonly session: string
  readonly agent: string | null
  readonly model: string | null
  readonly user: string | null
  readonly at: number
  readonly ms: number
  readonly status: string
  readonly tokens: number
  readonly cost: number
}

/** Every run that ended, from the entries alone. */
async function facts(world: World): Promise<Fact[]> {
  const found: Fact[] = []
  for (const id of [...range(12).map((n) => `s${n}`), 'fork']) {
    if (id === 's7') continue
    const session = world.anna.session(id)
    const head = await session.head()
    const entries = (await session.read()).filter(({ seq }) => seq > (head.base?.seq ?? 0))
    for (const { kind, run, data, at } of entries) {
      if (kind !== 'run.finished') continue
      const queued = entries.find((one) => one.kind === 'run.queued' && one.run === run)
      const {
        status,
        duration_ms: ms,
        usage,
        model = null,
        cost = 0,
      } = data as never as { status: string; duration_ms: number; usage?: object; model?: string; cost?: number }
      const tokens = Object.values(usage ?? {}).reduce((sum: number, one) => sum + Number(one), 0)
      const asked = queued?.data as { agent: string } | undefined
      found.push({ session: id, agent: asked?.agent ?? null, model, user: head.user, at, ms, status, tokens, cost })
    }
  }
  return found
}

function figures(of: readonly Fact[]): RunFigures {
  const times = of.map(({ ms }) => ms).sort((one, other) => one - other)
  const done = of.filter(({ status }) => status === 'done').length
  const none = of.length === 0
  return {
    runs: of.length,
    done,
    failed: of.length - done,
    successRate: none ? null : done / of.length,
    avgMs: none ? null : times.reduce((sum, one) => sum + one, 0) / of.length,
    // The smallest that at least 95 of 100 do not exceed.
    p95Ms: times.find((time) => times.filter((one) => one <= time).length >= of.length * 0.95) ?? null,
    tokens: of.reduce((sum, { tokens }) => sum + tokens, 0),
    cached: 0,
    written: 0,
    cost: of.reduce((sum, { cost }) => sum + cost, 0),
  }
}

eachStore(
  '[S4.8] figures over sessions are those that the logs give, for each group, agent, user and period',
  async (world) => {
    const began = world.clock.now()
    await furnish(world)
    const all = await facts(world)
    strictEqual(all.length > 15, true)
    const keys: Readonly<Record<RunGrouping, (fact: Fact) => string | null>> = {
      session: ({ session }) => session,
      agent: ({ agent }) => agent,
      model: ({ model }) => model,
      skill: () => null,
      user: ({ user }) => user,
      day: ({ at }) => new Date(at).toISOString().slice(0, 10),
    }
    const spans: readonly (readonly [number, number])[] = [
      [0, Number.MAX_SAFE_INTEGER],
      [began + day, began + 2 * day],
      [began + day / 4, began + day / 4],
    ]
    for (const group of Object.keys(keys) as RunGrouping[]) {
      for (const [since, until] of spans) {
        for (const only of [{}, { agent: 'coder' }, { user: 'u1' }, { agent: 'nobody' }]) {
          const wanted = all.filter(
            (fact) =>
              fact.at >= since &&
              fact.at < until &&
              (!('agent' in only) || fact.agent === only.agent) &&
              (!('user' in only) || fact.user === only.user),
          )
          const found = await runMetrics(world.anna, { group, since, until, ...only })
          deepStrictEqual(found.total, figures(wanted))
          const named = new Map(found.groups.map(({ key, ...rest }) => [key, rest]))
          strictEqual(named.size, found.groups.length)
          const expected = new Set(wanted.map(keys[group]))
          deepStrictEqual(new Set(named.keys()), expected)
          for (const key of expected) {
            deepStrictEqual(
              named.get(key),
              figures(wanted.filter((fact) => keys[group](fact) === key)),
              `${group} ${key}`,
            )
          }
        }
      }
    }
  },
)

eachStore('figures of one session are those of its own view, with queued and cancelled runs counted', async (world) => {
  const session = await world.runner.open({ id: 'a' })
  await session.addRun({ agent: 'coder', durationMs: 10 })
  await session.addRun({ agent: 'coder', durationMs: 30, error: { code: 'no', message: 'no' } })
  await session.append([
    { kind: 'run.queued', data: { run_id: 'r1' } },
    { kind: 'run.cancelled', data: { run_id: 'r1', reason: 'user' } },
    { kind: 'run.queued', data: { run_id: 'r2' } },
  ])
  const view = await session.view('metrics')
  const { total, groups } = await runMetrics(world.anna, { group: 'session', since: 0, until: Number.MAX_SAFE_INTEGER })
  deepStrictEqual(
    [total.runs, total.avgMs, total.p95Ms, total.successRate, total.tokens],
    [view.totalRuns, view.avgResponseTimeMs, view.p95ResponseTimeMs, view.successRate, view.totalTokens],
  )
  deepStrictEqual(groups, [{ key: 'a', ...total }])
})

eachStore('groups come with most runs first, days in their order', async (world) => {
  for (const [n, count] of [3, 5, 1].entries()) {
    const session = await world.anna.open({ id: `s${n}` })
    for (const _ of range(count)) await session.addRun({ agent: 'coder', durationMs: 1 })
    world.clock.advance(day)
  }
  const query = { since: 0, until: Number.MAX_SAFE_INTEGER }
  const sessions = await runMetrics(world.anna, { group: 'session', ...query })
  deepStrictEqual(
    sessions.groups.map(({ key }) => key),
    ['s1', 's0', 's2'],
  )
  const days = await runMetrics(world.anna, { group: 'day', ...query })
  deepStrictEqual(
    days.groups.map(({ runs }) => runs),
    [3, 5, 1],
  )
})

eachStore(
  'what models and agents took is read from what a run tells, choosing too, whoever went on in it',
  async (world) => {
    const session = await world.runner.open({ id: 'a' })
    const metadata = { cached_tokens: 40, written_tokens: 7 }
    const told = (run: string, agent: string, model: string, tokens: number, cost: number) =>
      ({
        kind: 'message',
        run,
        data: { role: 'assistant', content: 'x', agent, model, usage: { total_tokens: tokens }, cost, metadata },
      }) as const
    await session.append([
      { kind: 'run.queued', data: { run_id: 'r1', agent: 'orchestrator' }, run: 'r1' },
      { kind: 'run.started', data: { run_id: 'r1' }, run: 'r1' },
      {
        ...{ kind: 'handoff', run: 'r1' },
        data: {
          from: 'orchestrator',
          to: 'coder',
          reason: 'x',
          model: 'lab/small',
          usage: { total_tokens: 10 },
          cost: 0.25,
        },
      },
      told('r1', 'coder', 'lab/large', 100, 0.5),
      told('r1', 'coder', 'lab/large', 200, 0.5),
      { kind: 'run.finished', data: { run_id: 'r1', status: 'done' }, run: 'r1' },
    ])
    const { byAgent, byModel } = await session.view('metrics')
    deepStrictEqual(byModel, {
      'lab/small': { runs: 1, tokens: 10, cost: 0.25 },
      'lab/large': { runs: 1, tokens: 300, cost: 1, cachedTokens: 80, writtenTokens: 14 },
    })
    deepStrictEqual(byAgent, {
      orchestrator: { runs: 1, tokens: 10, cost: 0.25 },
      coder: { runs: 1, tokens: 300, cost: 1, cachedTokens: 80, writtenTokens: 14 },
    })
    const all = { since: 0, until: Number.MAX_SAFE_INTEGER }
    const { total, groups } = await runMetrics(world.anna, { group: 'model', ...all })
    deepStrictEqual([total.runs, total.tokens, total.cost, total.cached, total.written], [1, 310, 1.25, 80, 14])
    deepStrictEqual(
      groups.map(({ key, runs, tokens, cost, cached }) => [key, runs, tokens, cost, cached]),
      [
        ['lab/large', 1, 300, 1, 80],
        ['lab/small', 1, 10, 0.25, 0],
      ],
    )
  },
)
