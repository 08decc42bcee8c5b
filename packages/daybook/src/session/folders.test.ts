// The fold: status, attention, due, counts and last lines from entries; random walks of runs keep them true.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cases } from '../cases.fixture.ts'
import type { NewEntry } from '../schema/entries.ts'
import type { Head } from '../schema/heads.ts'
import { type RunEvent, type RunStatus, runEvents, runReasons, runStatuses, runTable } from '../schema/states.ts'
import type { Session } from './contract.ts'
import { firstLine } from './lines.ts'
import { foldAt } from './refold.ts'
import { eachStore, range, say, World } from './testing.fixture.ts'

const run = (id: string) => ({ run_id: id })
const queued = (id: string): NewEntry => ({ kind: 'run.queued', data: run(id) })
const started = (id: string): NewEntry => ({ kind: 'run.started', data: run(id) })
const done = (id: string): NewEntry => ({ kind: 'run.finished', data: { ...run(id), status: 'done' } })
const failed = (id: string, message: string): NewEntry => ({
  kind: 'run.finished',
  data: { ...run(id), status: 'failed', reason: 'error', error: { code: 'x', message } },
})

const brief = ({ status, attention, openRuns, due }: Head) => [
  status,
  attention.map(({ kind }) => kind),
  openRuns.map((open) => open.run),
  due === null,
]

eachStore('status, attention and due follow runs, approvals and questions', async (world) => {
  const session = await world.runner.open()
  const after = async (...entries: NewEntry[]) => {
    await session.append(entries)
    return brief(await session.head())
  }
  deepStrictEqual(await after(queued('a')), ['queued', [], ['a'], false])
  deepStrictEqual(await after(started('a')), ['running', [], ['a'], false])
  deepStrictEqual(await after(queued('b')), ['running', [], ['a', 'b'], false])
  const asked = { ...run('a'), approval_id: 'apr_1', summary: 'may I', digest: 'd' }
  deepStrictEqual(await after({ kind: 'approval.requested', data: asked }), [
    'running',
    ['approval'],
    ['a', 'b'],
    false,
  ])
  deepStrictEqual(await after({ kind: 'run.waiting', data: { ...run('a'), reason: 'approval' } }), [
    'waiting',
    ['approval'],
    ['a', 'b'],
    true,
  ])
  const question = { ...run('b'), question_id: 'q', summary: 'which' }
  deepStrictEqual(await after({ kind: 'question.asked', data: question }), [
    'waiting',
    ['approval', 'question'],
    ['a', 'b'],
    true,
  ])
  const decided = { ...run('a'), approval_id: 'apr_1', decision: 'approved', by: 'user:anna', digest: 'd' } as const
  deepStrictEqual(await after({ kind: 'approval.decided', data: decided }), [
    'waiting',
    ['question'],
    ['a', 'b'],
    false,
  ])
  deepStrictEqual(await after({ kind: 'question.answered', data: { ...run('b'), question_id: 'q', answer: 1 } }), [
    'waiting',
    [],
    ['a', 'b'],
    false,
  ])
})

eachStore('a failure stays until work or a person goes on, and lists find it', async (world) => {
  const session = await world.runner.open()
  const after = async (...entries: NewEntry[]) => {
    await session.append(entries)
    return brief(await session.head())
  }
  await after(queued('a'), queued('b'))
  deepStrictEqual(await after(failed('a', 'broken\nbadly')), ['queued', ['failed'], ['b'], false])
  const { attention, last } = await session.head()
  deepStrictEqual([attention[0]?.summary, attention[0]?.run, last?.text], ['broken', 'a', 'broken'])
  deepStrictEqual(await after(done('b')), ['idle', [], [], true])
  deepStrictEqual(await after(queued('c'), failed('c', 'again')), ['failed', ['failed'], [], true])
  deepStrictEqual((await world.anna.list({ status: 'failed' })).total, 1)
  deepStrictEqual((await world.anna.list({ attention: true })).total, 1)
  deepStrictEqual(await after(say('try again')), ['idle', [], [], true])
  const expired = { ...run('d'), approval_id: 'apr_2', summary: 's', digest: 'd' }
  await after(queued('d'), { kind: 'approval.requested', data: expired })
  deepStrictEqual(await after({ kind: 'approval.expired', data: { ...run('d'), approval_id: 'apr_2' } }), [
    'queued',
    [],
    ['d'],
    false,
  ])
  await after({ kind: 'question.asked', data: { ...run('d'), question_id: 'q2', summary: 'which' } })
  deepStrictEqual(await after({ kind: 'run.cancelled', data: { ...run('d'), reason: 'user' } }), ['idle', [], [], true])
})

eachStore('an open run stays due since it began, and is found by it', async (world) => {
  const session = await world.runner.open()
  const since = world.clock.now()
  await session.append(queued('a'))
  world.clock.advance(1000)
  await session.append([started('a'), queued('b')])
  strictEqual((await session.head()).due, since)
  deepStrictEqual(
    (await world.store.due(10)).map(({ session: id }) => id),
    [session.id],
  )
  await session.append([done('a'), done('b')])
  deepStrictEqual(await world.store.due(10), [])
})

/** An entry that makes this of a run. */
const entryOf: Readonly<Record<RunStatus, (id: string) => NewEntry>> = {
  queued,
  running: started,
  waiting: (id) => ({ kind: 'run.waiting', data: { ...run(id), reason: 'operator' } }),
  done,
  failed: (id) => failed(id, 'no'),
  cancelled: (id) => ({ kind: 'run.cancelled', data: { ...run(id), reason: 'user' } }),
}

test('random walks of runs through their table keep head and view alike', async () => {
  const programs = fc.array(fc.tuple(fc.nat(3), fc.constantFrom(...runEvents)), { maxLength: 60, size: 'max' })
  await fc.assert(
    fc.asyncProperty(programs, async (program) => {
      await using world = await World.open('memory')
      const session = await world.runner.open()
      const walk = new Map<string, RunStatus>()
      for (const [number, event] of program) await step(session, walk, `r${number}`, event)
      const head = await session.head()
      const open = [...walk].filter(([, status]) => ['queued', 'running', 'waiting'].includes(status))
      deepStrictEqual(new Map(head.openRuns.map((one) => [one.run, one.status as RunStatus])), new Map(open))
      const asleep = !open.some(([, status]) => status === 'running') && open.some(([, status]) => status === 'waiting')
      deepStrictEqual([head.runs, head.due === null], [walk.size, open.length === 0 || asleep])
      const { runs } = await session.view('runs')
      deepStrictEqual(new Map(runs.map((one) => [one.run, one.status])), walk)
      deepStrictEqual((await foldAt(world.whole, session.id, head.seq, { fromStart: true })).head, head)
    }),
    cases(60, 5),
  )
})

async function step(session: Session, walk: Map<string, RunStatus>, id: string, event: RunEvent): Promise<void> {
  const present = walk.get(id)
  const next = present === undefined ? 'queued' : runTable[present][event]
  if (next === 'invalid_state') return
  walk.set(id, next)
  await session.append(entryOf[next](id))
}

test('the table of runs is total, ends are ends, and every status has its closed reasons', () => {
  for (const status of runStatuses) {
    deepStrictEqual(Object.keys(runTable[status]), [...runEvents])
    ok(Array.isArray(runReasons[status]))
  }
  for (const end of ['done', 'failed', 'cancelled'] as const) {
    ok(Object.values(runTable[end]).every((next) => next === 'invalid_state'))
  }
})

test('lines: the first that says something, at most 200 characters, never half a character', () => {
  strictEqual(firstLine(''), null)
  strictEqual(firstLine(' \n\t\r\n '), null)
  strictEqual(firstLine('\n\n  hello  \r\nworld'), 'hello')
  strictEqual(firstLine('x'.repeat(200)), 'x'.repeat(200))
  strictEqual(firstLine('x'.repeat(201)), `${'x'.repeat(200)}…`)
  strictEqual(firstLine(`${'x'.repeat(199)}𝒳𝒳`), `${'x'.repeat(199)}…`)
  strictEqual(firstLine('𝒳'.repeat(101)), `${'𝒳'.repeat(100)}…`)
  strictEqual(firstLine(`${' '.repeat(5000)}late`), null)
})

eachStore('the head shows who said what last, and the title of the first question', async ({ anna }) => {
  const session = await anna.open()
  await session.append([say('hello there', 'assistant'), say('\nHow do I…\nmore'), say('second')])
  let head = await session.head()
  deepStrictEqual([head.title, head.last?.text, head.last?.by, head.messages], ['How do I…', 'second', 'user', 3])
  await session.append({ kind: 'message', data: { role: 'tool', name: 'search', content: 'found' } })
  await session.note('remember', 'idea')
  head = await session.head()
  deepStrictEqual([head.last?.text, head.last?.by, head.title], ['remember', 'idea', 'How do I…'])
  await session.append(say('   '))
  strictEqual((await session.head()).last, null)
})

eachStore(
  'entries at most 1,024 apart have a snapshot, and folding from it is folding from the start',
  async (world) => {
    const session = await world.anna.open()
    for (const part of range(11)) {
      await session.append(range(part % 3 === 0 ? 512 : 300).map((number) => say(`${part}.${number}`)))
      if (part % 4 === 0) await session.rewind((await session.head()).seq - 100)
      if (part % 5 === 0) await session.update({ state: { part } })
    }
    const { seq } = await session.head()
    await world.sessions.close()
    let reached = 0
    const found: number[] = []
    for (let at = seq; at > 0; ) {
      const snapshot = await world.whole.snapshots.latest(session.id, at, 1)
      if (!snapshot) break
      found.unshift(snapshot.seq)
      const folded = await foldAt(world.whole, session.id, snapshot.seq, { fromStart: true })
      deepStrictEqual({ head: snapshot.head, cell: snapshot.cell }, folded)
      at = snapshot.seq - 1
    }
    ok(found.length >= 3)
    for (const at of [...found, seq]) {
      ok(at - reached <= 1024, `${at - reached} entries between snapshots`)
      reached = at
    }
    for (const at of [1, 500, 1025, 2000, seq - 1, seq]) {
      deepStrictEqual(
        await foldAt(world.whole, session.id, at),
        await foldAt(world.whole, session.id, at, { fromStart: true }),
      )
    }
    deepStrictEqual(world.errors, [])
  },
)

eachStore('an engine that goes on with a long session keeps the distance of snapshots', async (world) => {
  const session = await world.anna.open()
  for (const part of range(3)) await session.append(range(500).map((number) => say(`${part}.${number}`)))
  await world.restart()
  const again = world.anna.session(session.id)
  const fork = await again.fork({ at: 1200 })
  for (const one of [again, fork]) for (const part of range(3)) await one.append(range(400).map(() => say(`${part}`)))
  await world.sessions.close()
  for (const one of [again, fork]) {
    const head = await world.whole.head(one.id)
    const latest = await world.whole.snapshots.latest(one.id, head?.seq ?? 0, 1)
    ok((head?.seq ?? 0) - (latest?.seq ?? 0) <= 1024)
  }
})
