// Budgets hold to one call however many ask at once, in one process and in several, and after calls whose process died.

import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import type { ModelFacts } from '../../model/contract.ts'
import { eachStore, fails, runner, say, tenant, until, type World } from '../../session/testing.fixture.ts'
import type { Reservation } from '../agents/contract.ts'
import { agentsOf } from '../agents.ts'
import { RunFailure } from '../failure.ts'
import type { Agent } from '../performer.ts'
import { fixedSkills } from '../skills/fixed.ts'
import { openWork } from '../work.ts'
import { openBudgets } from './budgets.ts'
import type { BudgetConfig, Budgets } from './contract.ts'

/** A dollar for a thousand tokens of a question, two for those of an answer. */
const model: ModelFacts = {
  name: 'local/priced',
  provider: 'local',
  contextTokens: 100_000,
  maxOutputTokens: 1000,
  images: false,
  pdf: false,
  price: { input: 1000, output: 2000 },
}

const open = (world: World, config: BudgetConfig, sessions = world.sessions): Budgets =>
  openBudgets({ sessions, tenant, config })

let calls = 0
const asking = (world: World, session: string, more: object = {}) => {
  calls += 1
  const handle = world.in('all', runner).session(session)
  return { session: handle, run: `run_${calls}`, agent: 'coder', model, inputTokens: 10, outputTokens: 90, ...more }
}

async function sessionsOf(world: World, count: number): Promise<readonly string[]> {
  const made = await Promise.all(Array.from({ length: count }, () => world.anna.open({ user: 'anna' })))
  await Promise.all(made.map((session) => session.append(say('hello'))))
  return made.map(({ id }) => id)
}

const isBudget = (error: unknown): boolean => error instanceof RunFailure && error.reason === 'budget'

/** Calls that each take 40 tokens of the 100 that they put aside; gives how many were let through. */
async function spend(calls: readonly Promise<Reservation>[]): Promise<number> {
  const settled = await Promise.allSettled(
    calls.map(async (call) => {
      const reservation = await call
      await new Promise((resolve) => setImmediate(resolve))
      await reservation.settle({ usage: { input_tokens: 10, output_tokens: 30 }, cost: 0.07 })
    }),
  )
  for (const each of settled) if (each.status === 'rejected') ok(isBudget(each.reason), String(each.reason))
  return settled.filter(({ status }) => status === 'fulfilled').length
}

eachStore('of 32 calls at once as many go through as the budget has room for, to one call', async (world) => {
  const budgets = open(world, { day: { tokens: 1000 } })
  const sessions = await sessionsOf(world, 32)
  // What was put aside and not taken is given to those that wait: 25 calls of 40 make 1000.
  strictEqual(await spend(sessions.map((id) => budgets.reserve(asking(world, id)))), 25)
  const { tokens, cost, reserved, share } = await budgets.get({ scope: 'day', name: 'all' })
  deepStrictEqual([tokens, Math.round(cost * 100), reserved, share], [1000, 175, { tokens: 0, cost: 0 }, 1])
  await rejects(budgets.reserve(asking(world, sessions[0] ?? '')), isBudget)
})

eachStore('over several servers on one store it is one budget', async (world) => {
  const twin = await world.twin()
  const both = [open(world, { day: { cost: 1.4 } }), open(world, { day: { cost: 1.4 } }, twin)]
  const sessions = await sessionsOf(world, 32)
  const asked = sessions.map((id, at) => (both[at % 2] as Budgets).reserve(asking(world, id)))
  strictEqual(await spend(asked), 20)
  const { cost } = await (both[0] as Budgets).get({ scope: 'day', name: 'all' })
  strictEqual(Math.round(cost * 100), 140)
  for (const budgets of both) await budgets.close()
  await twin.close()
})

eachStore('session, user, agent and day count each by itself, and a call needs room in all of them', async (world) => {
  const [session = '', other = ''] = await sessionsOf(world, 2)
  const budgets = open(world, { session: { tokens: 100 }, agent: { tokens: 150 } })
  const first = await budgets.reserve(asking(world, session))
  await first.settle({ usage: { total_tokens: 100 } })
  await rejects(budgets.reserve(asking(world, session)), /budget of this session/)
  const second = await budgets.reserve(asking(world, other))
  strictEqual(second.outputTokens, 40)
  await second.release()
  await budgets.set({ scope: 'user', name: 'anna' }, { cost: 0 })
  await rejects(budgets.reserve(asking(world, other)), /budget of user anna/)
  // What was put aside before the refusal is given back.
  const agent = await budgets.get({ scope: 'agent', name: 'coder' })
  deepStrictEqual([agent.tokens, agent.reserved.tokens, agent.from], [100, 0, 'config'])
  await budgets.set({ scope: 'user', name: 'anna' }, null)
  await budgets.set({ scope: 'agent', name: 'coder' }, {})
  strictEqual((await (await budgets.reserve(asking(world, other))).outputTokens) ?? 0, 90)
  const listed = await budgets.list(world.anna.session(other))
  deepStrictEqual(
    listed.map(({ scope, name, from }) => [scope, name, from]),
    [
      ['day', 'all', 'none'],
      ['agent', 'coder', 'set'],
      ['session', other, 'config'],
    ],
  )
  await fails(() => budgets.set({ scope: 'user', name: 'anna' }, { cost: -1 }), 'invalid')
})

eachStore('near the limit it is warned in the session, once, and a model without a price is told', async (world) => {
  const [session = ''] = await sessionsOf(world, 1)
  const budgets = open(world, { session: { tokens: 1000, cost: 5 } })
  const free = { ...model, name: 'local/free', price: null }
  const first = await budgets.reserve(asking(world, session, { model: free }))
  strictEqual(first.warning, undefined)
  await first.settle({ usage: { input_tokens: 10, output_tokens: 800 } })
  for (let times = 0; times < 2; times += 1) {
    const { warning, settle } = await budgets.reserve(asking(world, session))
    ok(warning?.includes('81 %'), String(warning))
    await settle({ usage: { total_tokens: 1 }, cost: 0 })
  }
  const { notes } = await world.anna.session(session).view('notes')
  deepStrictEqual(
    notes.map(({ text }) => text),
    ['81 % of the budget of this session is used: 810 of 1,000 tokens, $0.00 of $5.00'],
  )
  deepStrictEqual((await budgets.get({ scope: 'session', name: session })).unpriced, ['local/free'])
})

eachStore('where no budget is set nothing is written', async (world) => {
  const [session = ''] = await sessionsOf(world, 1)
  const budgets = open(world, {})
  const before = await world.store.tip()
  await (await budgets.reserve(asking(world, session))).settle({ usage: { total_tokens: 5 } })
  strictEqual(await world.store.tip(), before)
})

eachStore(
  'what a dead process put aside is settled by what its run told, or in full where it told nothing',
  async (world) => {
    const [session = '', other = ''] = await sessionsOf(world, 2)
    const config = { day: { tokens: 250 } }
    const dead = open(world, config)
    const told = asking(world, session)
    await dead.reserve(told)
    await dead.reserve(asking(world, other))
    const usage = { input_tokens: 10, output_tokens: 30 }
    const answer = { kind: 'message', run: told.run, data: { role: 'assistant', content: 'x', usage } } as const
    await world.in(['user:anna'], runner).session(session).append(answer)
    const alive = open(world, config)
    const waiting = alive.reserve(asking(world, session))
    let over = false
    void waiting.then(() => {
      over = true
    })
    // Its process may still live: nothing says that it is dead before its time is over.
    strictEqual((await alive.get({ scope: 'day', name: 'all' })).reserved.tokens, 200)
    strictEqual(over, false)
    world.clock.advance(3_600_001)
    await (await waiting).settle({ usage: { total_tokens: 7 } })
    const { tokens, reserved } = await alive.get({ scope: 'day', name: 'all' })
    deepStrictEqual([tokens, reserved.tokens], [147, 0])
  },
)

eachStore('a call that is given up while it waits takes nothing', async (world) => {
  const [session = ''] = await sessionsOf(world, 1)
  const budgets = open(world, { day: { tokens: 100 } })
  const first = await budgets.reserve(asking(world, session))
  const stop = new AbortController()
  const second = budgets.reserve(asking(world, session, { signal: stop.signal }))
  stop.abort(new Error('given up'))
  await rejects(second, /given up/)
  await first.release()
  strictEqual((await budgets.reserve(asking(world, session))).outputTokens, 90)
})

eachStore(
  'programs count with what they report, as runs and as child runs, and stop when nothing is left',
  async (world) => {
    const usage = { input_tokens: 20, output_tokens: 40 }
    const program: Agent = {
      name: 'codex',
      kind: 'program',
      description: 'A program.',
      tells: true,
      async perform({ session, run }) {
        await session.append([{ kind: 'message', run, data: { role: 'assistant', content: 'done', usage, cost: 0.5 } }])
        return 'done'
      },
    }
    const lead: Agent = {
      name: 'lead',
      kind: 'team',
      description: 'Gives work away.',
      perform: async (turn) => turn.child({ agent: 'codex', input: 'go' }),
    }
    const budgets = open(world, { day: { cost: 1 } })
    const agents = budgets.counting(agentsOf([program, lead]))
    await using work = openWork({ sessions: world.sessions, skills: fixedSkills(), agents, tickMs: 10 })
    const anna = work.within(world.anna.scope)
    const one = await anna.start(null, { agent: 'codex', input: 'go' })
    strictEqual((await anna.settled(one.run)).status, 'done')
    const two = await anna.start(null, { agent: 'lead', input: 'go' })
    strictEqual((await anna.settled(two.run)).status, 'done')
    const { tokens, cost } = await budgets.get({ scope: 'day', name: 'all' })
    deepStrictEqual([tokens, cost], [120, 1])
    const three = await anna.start(null, { agent: 'codex', input: 'go' })
    const { status, reason, budget } = await anna.settled(three.run)
    deepStrictEqual([status, reason, budget], ['waiting', 'budget_paused', { scope: 'day', name: 'all', cost: 1 }])
    const { attention, status: stuck, due } = await world.anna.session(three.session).head()
    deepStrictEqual([attention[0]?.kind, attention[0]?.run, stuck], ['budget', three.run, 'blocked'])
    // The next day has a budget of its own.
    const dayMs = 24 * 60 * 60 * 1000
    strictEqual(due, (Math.floor(world.clock.now() / dayMs) + 1) * dayMs)
    // A lower limit lets nothing go on, a higher one does, without anybody's asking again.
    await budgets.set({ scope: 'day', name: 'all' }, { cost: 0.5 })
    strictEqual((await world.anna.session(three.session).head()).status, 'blocked')
    await budgets.set({ scope: 'day', name: 'all' }, { cost: 5 })
    strictEqual((await anna.settled(three.run, { until: 'end' })).status, 'done')
    strictEqual((await budgets.get({ scope: 'day', name: 'all' })).cost, 1.5)
    strictEqual(await budgets.resume(), 0)
  },
)

test('a call that waits for another process is looked at again without being told', async () => {
  const { World } = await import('../../session/testing.fixture.ts')
  await using world = await World.open('sqlite')
  const twin = await world.twin()
  const [session = ''] = await sessionsOf(world, 1)
  const here = open(world, { day: { tokens: 100 } })
  const there = open(world, { day: { tokens: 100 } }, twin)
  const first = await there.reserve(asking(world, session))
  const second = here.reserve(asking(world, session))
  await first.settle({ usage: { total_tokens: 20 } })
  strictEqual((await second).outputTokens, 70)
  await until(async () => (await here.get({ scope: 'day', name: 'all' })).reserved.tokens === 80)
  await twin.close()
})
