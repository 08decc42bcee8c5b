// Opening, finding and listing sessions: what a session says of itself, whose it is, and which ids are taken.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { eachStore, fails, range, runner, say, tenant, World } from './testing.fixture.ts'

const fields = {
  id: 'session_1763668800000',
  name: 'Orders',
  agent: 'coder',
  user: 'anna',
  team: 'shop',
  workflow: 'checkout',
  branch: 'main',
  repository: 'git@example.org:shop.git',
  metadata: { source: 'test', nothing: null },
  state: { step: 1, note: null },
  agentData: { model: 'small' },
} as const

eachStore('a session says all that it was opened with, and keeps it [S4.1, S4.6]', async (world) => {
  const before = world.clock.now()
  await world.anna.open(fields)
  world.clock.advance(5)
  const session = await world.anna.get(fields.id)
  await session.addRun({ agent: 'coder', usage: { total_tokens: 5 } })
  await session.summarise('all is well')
  await world.restart()
  const { history: _, ...head } = { ...(await world.anna.session(fields.id).head()), history: null }
  strictEqual(head.session, fields.id)
  deepStrictEqual(
    [head.name, head.agent, head.user, head.team, head.workflow, head.branch, head.repository],
    ['Orders', 'coder', 'anna', 'shop', 'checkout', 'main', fields.repository],
  )
  deepStrictEqual([head.currentAgent, head.owner, head.runs, head.tokens], ['coder', 'user:anna', 1, 5])
  deepStrictEqual([head.createdAt, head.updatedAt], [before, before + 5])
  const { metadata, state, agentData } = fields
  deepStrictEqual(await world.anna.session(fields.id).cell(), { metadata, state, agentData })
  strictEqual((await world.anna.session(fields.id).summary())?.text, 'all is well')
})

eachStore('a session without fields belongs to the caller and starts with the first agent', async ({ anna }) => {
  const session = await anna.open()
  match(session.id, /^ses_[0-9A-HJKMNP-TV-Z]{26}$/)
  const head = await session.head()
  deepStrictEqual(
    [head.owner, head.currentAgent, head.name, head.agent, head.seq],
    ['user:anna', 'orchestrator', null, null, 1],
  )
  deepStrictEqual(await session.cell(), { state: {}, metadata: {}, agentData: {} })
  strictEqual((await session.read())[0]?.actor, 'user:anna')
})

eachStore('unknown, taken and impossible ids are told apart [S4.3]', async ({ anna, bob }) => {
  await anna.open({ id: 'a' })
  await fails(() => anna.open({ id: 'a' }), 'exists')
  await fails(() => bob.open({ id: 'a' }), 'exists')
  await fails(() => anna.get('b'), 'not_found')
  await fails(() => anna.session('b').append(say('x')), 'not_found')
  await fails(() => anna.session('b').append(say('x'), { expect: 5 }), 'not_found')
  await fails(() => bob.get('a'), 'not_found')
  for (const id of ['', '.', '..', 'a b', 'a/b', 'x'.repeat(129), '@app', '@user:x', 'ä', 'a\n', '\u0000']) {
    strictEqual((await fails(() => anna.open({ id }), 'invalid')).field, 'session_id')
    await fails(() => anna.session(id), 'invalid')
  }
  for (const id of ['a.b', 'x'.repeat(128), 'session_1', 'A-b:c', '...a']) strictEqual((await anna.open({ id })).id, id)
  await anna.session('a').delete()
  await fails(() => anna.open({ id: 'a' }), 'gone')
  await fails(() => bob.open({ id: 'a' }), 'gone')
  await fails(() => anna.get('a'), 'gone')
})

eachStore('64 calls that open one id: one wins', async ({ anna }) => {
  const results = await Promise.allSettled(range(64).map(() => anna.open({ id: 'a' })))
  strictEqual(results.filter(({ status }) => status === 'fulfilled').length, 1)
  ok(results.every((result) => result.status === 'fulfilled' || result.reason.code === 'exists'))
})

eachStore('fields that do not fit are named', async ({ anna }) => {
  const bad = {
    name: 'x'.repeat(513),
    agent: '',
    user: 'x'.repeat(257),
    team: 5,
    metadata: 'text',
    state: [1],
    agentData: { big: 'x'.repeat(65_536) },
  }
  const told = ['data.name', 'data.agent', 'data.user_id', 'data.team_id', 'data.metadata', 'data.state', 'agentData']
  for (const [index, [field, value]] of Object.entries(bad).entries()) {
    const error = await anna.open({ [field]: value }).then(
      () => null,
      (caught) => caught,
    )
    strictEqual(error?.field, told[index])
    strictEqual(error?.code, field === 'agentData' ? 'too_large' : 'invalid')
  }
  strictEqual((await anna.list()).total, 0)
})

eachStore('a session cannot be opened in the name of somebody else', async ({ anna, bob }) => {
  await fails(() => anna.open({ id: 'a', owner: 'user:bob' }), 'invalid')
  await fails(() => bob.get('a'), 'not_found')
  await anna.open({ id: 'a' })
})

eachStore('a handle that opens does so with its first write only', async (world) => {
  const session = world.anna.session('a', { opens: { name: 'made' } })
  await fails(() => session.head(), 'not_found')
  const receipts = await Promise.all(range(3).map((number) => session.append(say(`${number}`))))
  deepStrictEqual(
    receipts.map(({ first, last }) => [first, last]),
    [
      [1, 2],
      [3, 3],
      [4, 4],
    ],
  )
  strictEqual((await session.head()).name, 'made')
  await fails(() => world.bob.session('a', { opens: true }).append(say('x')), 'exists')
  strictEqual((await world.anna.session('b', { opens: true }).append(say('x'), { expect: 0 })).last, 2)
  await fails(() => world.anna.session('b', { opens: true }).append(say('x'), { expect: 0 }), 'exists')
})

eachStore('a handle that opens does not open for what needs a session that is there', async ({ anna }) => {
  const session = anna.session('a', { opens: true })
  const acts = [() => session.rewind(1), () => session.erase([1]), () => session.archive(), () => session.trash()]
  for (const act of [...acts, () => session.restore()]) await fails(act, 'not_found')
  strictEqual(await session.delete(), false)
  strictEqual((await anna.list()).total, 0)
})

eachStore('sessions are listed by each label, newest first, and counted [S4.3]', async (world) => {
  for (const index of range(12)) {
    await world.anna.open({ id: `s${index}`, agent: `a${index % 2}`, user: `u${index % 3}`, team: 't', workflow: 'w' })
  }
  const ids = async (query: Parameters<typeof world.anna.list>[0]) =>
    (await world.anna.list(query)).items.map(({ session }) => session)
  deepStrictEqual(await ids({ where: { agent: 'a0', user: 'u0' } }), ['s12', 's6'])
  deepStrictEqual(await ids({ where: { user: 'u1' } }), ['s10', 's7', 's4', 's1'])
  strictEqual((await ids({ where: { team: 't' } })).length, 12)
  deepStrictEqual(await ids({ where: { workflow: 'x' } }), [])
  await world.anna.session('s1').append(say('hello'))
  deepStrictEqual(await ids({ limit: 2 }), ['s1', 's12'])
  const page = await world.anna.list()
  deepStrictEqual([page.total, page.totalIs], [12, 'exact'])
  strictEqual((await world.bob.list()).total, 0)
})

eachStore('tails find sessions in every place, and all of them', async ({ anna }) => {
  for (const index of range(30)) await anna.open({ id: `x${index}-tail` })
  strictEqual((await anna.byTail('-TAIL')).length, 20)
  await anna.session('x7-tail').archive()
  await anna.session('x8-tail').trash()
  const found = async (tail: string) => (await anna.byTail(tail)).map(({ session }) => session)
  deepStrictEqual(await found('x7-tail'), ['x7-tail'])
  deepStrictEqual(await found('x8-tail'), ['x8-tail'])
  deepStrictEqual(await found('none'), [])
  await fails(() => anna.byTail(''), 'invalid')
})

eachStore('updates change labels, name, metadata and state, and name what they do not know', async ({ anna }) => {
  const session = await anna.open(fields)
  await session.update({ name: 'New', agent: 'debug', metadata: { source: null, more: 1 }, state: { step: 2 } })
  let cell = await session.cell()
  deepStrictEqual(cell.metadata, { nothing: null, more: 1 })
  deepStrictEqual(cell.state, { step: 2, note: null })
  const head = await session.head()
  deepStrictEqual([head.name, head.agent, head.currentAgent], ['New', 'debug', 'coder'])
  await session.update({ name: null, metadata: { only: null }, state: {}, replace: true })
  cell = await session.cell()
  deepStrictEqual([cell.metadata, cell.state, cell.agentData], [{ only: null }, {}, fields.agentData])
  strictEqual((await session.head()).name, null)
  for (const [update, field] of [
    [{}, 'fields'],
    [{ metadata: 5 }, 'metadata'],
    [{ state: [1] }, 'state'],
    [{ agentData: 'x' }, 'agentData'],
    [{ nmae: 'x' }, 'nmae'],
    [{ state: { __proto__: null, deep: Number.NaN } }, 'data.patch.deep'],
  ] as const) {
    strictEqual((await fails(() => session.update(update as object), 'invalid')).field, field)
  }
  await fails(() => session.update({ state: { big: 'x'.repeat(65_536) } }), 'too_large')
})

test('a scope of nobody opens nothing, and scopes are what they were when they were made', async () => {
  await using world = await World.open('memory')
  await fails(() => world.in([]), 'invalid')
  const nobody = world.in([], runner)
  strictEqual((await nobody.list()).total, 0)
  for (const call of [() => nobody.open(), () => nobody.state('user'), () => nobody.setState('user', { a: 1 })]) {
    await fails(call, 'invalid')
  }
  const subjects = ['user:anna']
  const anna = world.sessions.within({ tenant, subjects })
  await world.bob.open({ id: 'b' })
  subjects[0] = 'user:bob'
  strictEqual((await anna.list()).total, 0)
  await fails(() => anna.get('b'), 'not_found')
  strictEqual((await (await anna.open()).head()).owner, 'user:anna')
})

eachStore('a session that was called new and is not goes on as it is, for whom it is', async (world) => {
  await world.anna.session('a', { opens: true }).append(say('first'))
  await world.crash()
  const called = { opens: true, isNew: true } as const
  strictEqual((await world.anna.session('a', called).append(say('second'))).last, 3)
  await world.crash()
  await fails(() => world.bob.session('a', called).append(say('x')), 'exists')
  await world.anna.session('a').delete()
  await world.crash()
  await fails(() => world.anna.session('a', called).append(say('x')), 'gone')
  let looked = 0
  world.plan.head = (next) => {
    looked += 1
    return next()
  }
  await world.anna.open()
  strictEqual((await world.anna.session('b', called).append(say('x'))).last, 2)
  strictEqual(looked, 0)
})
