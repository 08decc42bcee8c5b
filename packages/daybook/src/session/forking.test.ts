// Forking: at every entry, in chains, of archived sessions, without copying, and independent of what becomes of the base.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import type { Session } from './contract.ts'
import { foldAt } from './refold.ts'
import { all, eachStore, fails, range, runner, say, type World } from './testing.fixture.ts'

const day = 24 * 3600 * 1000

async function texts(session: Session): Promise<string[]> {
  return (await all((await session.view('history')).messages)).map(({ content }) => content)
}

/** A session with every kind that an engine writes, in one log. */
async function everyKind(world: World): Promise<Session> {
  const session = await world.runner.open({ id: 'every', name: 'base', agent: 'coder', metadata: { a: 1 } })
  await session.append([say('hello'), say('hi', 'assistant')])
  await session.update({ state: { step: 1 }, user: 'anna' })
  await session.handoff('debug', 'a fault')
  await session.note('found it')
  await world.anna.session('every').pin('a.ts')
  await session.addRun({ agent: 'debug', usage: { total_tokens: 5 }, cost: 1 })
  await session.summarise('so far')
  await session.share(['user:bob'])
  await session.rewind(3)
  await session.append(say('another way'))
  await session.archive()
  await session.append(say('reopens'))
  await session.erase([2])
  await session.trash()
  await session.restore()
  const run = { run_id: 'run_1' }
  await session.append([
    { kind: 'run.queued', run: 'run_1', data: run },
    { kind: 'run.started', run: 'run_1', data: run },
    { kind: 'approval.requested', run: 'run_1', data: { ...run, approval_id: 'apr_1', summary: 'may I', digest: 'd' } },
    { kind: 'run.waiting', run: 'run_1', data: { ...run, reason: 'approval' } },
  ])
  return session
}

eachStore('a fork at every entry of a log is the log up to there, alive and idle [B3]', async (world) => {
  const base = await everyKind(world)
  const { seq } = await base.head()
  const log = await base.stored()
  for (const at of range(seq)) {
    const fork = await base.fork({ at })
    const then = await foldAt(world.whole, base.id, at)
    const [head, cell] = [await fork.head(), await fork.cell()]
    deepStrictEqual(await fork.stored({ until: at }), log.slice(0, at))
    deepStrictEqual(cell, then.cell)
    const same = [
      'messages',
      'tokens',
      'cost',
      'title',
      'last',
      'currentAgent',
      'switches',
      'name',
      'agent',
      'user',
    ] as const
    for (const field of same) deepStrictEqual(head[field], then.head[field], `${field} at ${at}`)
    deepStrictEqual(
      [head.place, head.status, head.openRuns, head.attention, head.due, head.readers, head.owner, head.base?.seq],
      ['open', 'idle', [], [], null, [], 'user:anna', at],
    )
    const { runs } = await fork.view('runs')
    strictEqual(runs.length, head.runs)
    strictEqual((await fork.append(say('goes on'))).first, at + 2)
    deepStrictEqual(await foldAt(world.whole, fork.id, at + 2, { fromStart: true }), {
      head: await fork.head(),
      cell: await fork.cell(),
    })
  }
  deepStrictEqual(await base.stored(), log)
  strictEqual((await base.forks()).length, seq)
})

eachStore('a chain of forks reads and folds through all of them [B3]', async (world) => {
  let session = await world.anna.open({ state: { depth: 0 } })
  await session.append({ kind: 'message', data: { role: 'user', content: '0', usage: { total_tokens: 1 } } })
  for (const depth of range(40)) {
    session = await session.fork()
    await session.append([
      { kind: 'message', data: { role: 'user', content: `${depth}`, usage: { total_tokens: 1 } } },
      { kind: 'state.changed', data: { scope: 'session', patch: { depth } } },
    ])
  }
  await world.restart()
  const last = world.anna.session(session.id)
  deepStrictEqual(await texts(last), ['0', ...range(40).map(String)])
  const head = await last.head()
  deepStrictEqual([head.seq, head.messages, head.tokens], [2 + 40 * 3, 41, 41])
  strictEqual((await last.append(say('on'))).first, head.seq + 1)
  deepStrictEqual((await last.cell()).state, { depth: 40 })
  const early = await last.fork({ at: 10 })
  strictEqual((await early.head()).messages, (await foldAt(world.whole, last.id, 10)).head.messages)
})

eachStore('base and fork go on without each other, also beyond the base’s end [B3]', async (world) => {
  const base = await world.anna.open()
  await base.append([say('a'), say('b')])
  const fork = await base.fork({ at: 2 })
  await Promise.all([
    ...range(10).map(() => base.append(say('base'))),
    ...range(10).map(() => fork.append(say('fork'))),
  ])
  deepStrictEqual(await texts(fork), ['a', ...range(10).map(() => 'fork')])
  strictEqual((await base.head()).messages, 12)
  await base.delete()
  deepStrictEqual((await texts(fork)).length, 11)
  world.clock.advance(31 * day)
  await world.sessions.keep()
  await world.crash()
  const again = world.anna.session(fork.id)
  deepStrictEqual((await texts(again)).length, 11)
  strictEqual((await again.append(say('still'))).first, 14)
})

eachStore('a new session with the id of a fork’s old base is not taken for it', async (world) => {
  const base = await world.anna.open({ id: 'base' })
  await base.append(say('old'))
  const fork = await base.fork()
  await world.whole.snapshots.drop(fork.id)
  await base.delete()
  world.clock.advance(31 * day)
  await world.sessions.keep()
  const fresh = await world.anna.open({ id: 'base', state: { secret: 'new' } })
  await fresh.append({ kind: 'message', data: { role: 'user', content: 'new', usage: { total_tokens: 7 } } })
  await world.whole.snapshots.put('base', { seq: 2, fold: 1, head: await fresh.head(), cell: await fresh.cell() })
  await fresh.erase([2])
  await world.whole.snapshots.put('base', { seq: 1, fold: 1, ...(await foldAt(world.whole, 'base', 1)) })
  const { head, cell } = await foldAt(world.whole, fork.id, 3)
  deepStrictEqual([head.title, head.tokens, cell.state], ['old', 0, {}])
})

eachStore('impossible forks are refused and name the field', async (world) => {
  const base = await world.anna.open()
  for (const at of [0, -1, 2, 1.5, Number.NaN]) {
    strictEqual((await fails(() => base.fork({ at }), 'invalid')).field, 'at')
  }
  await fails(() => base.fork({ id: base.id }), 'exists')
  await fails(() => base.fork({ id: '@x' }), 'invalid')
  await world.anna.setState('app', { a: 1 })
  await fails(() => world.in('all', runner).session('@app').fork(), 'invalid')
  const named = await base.fork({ id: 'named', name: 'other' })
  strictEqual((await named.head()).name, 'other')
})

eachStore('refs, keys and leases stay with the base', async (world) => {
  const base = await world.anna.open({ refs: [{ type: 'foreign.x', value: '1' }] })
  await base.append(say('a'), { key: 'k' })
  await world.whole.acquire(base.id, 'worker', 60_000)
  const fork = await base.fork()
  strictEqual(await world.anna.locate({ type: 'foreign.x', value: '1' }), base.id)
  strictEqual((await fork.append(say('a'), { key: 'k' })).replayed, false)
  strictEqual(await fork.delete(), true)
})
