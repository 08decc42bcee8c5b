// Folding again from the log: through erasures, rewinds and forks it gives what appending gave.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { foldVersion } from '../schema/heads.ts'
import { memoryStore } from '../store/memory.ts'
import type { ScopedStore } from '../store/store.ts'
import { foldAt, goingOn, statesAt } from './refold.ts'
import { openSessions } from './sessions.ts'

const scope = { tenant: 'acme', subjects: ['user:anna'] } as const
const message = (content: string, total = 7) =>
  ({ kind: 'message', data: { role: 'user', content, usage: { total_tokens: total } } }) as const

async function bench() {
  const store = memoryStore()
  const sessions = await openSessions({ store })
  return { sessions: sessions.within(scope), whole: store.within({ tenant: 'acme', subjects: 'all' }) }
}

async function agrees(whole: ScopedStore, session: string): Promise<void> {
  const head = await whole.head(session)
  assert.ok(head)
  const fromStart = await foldAt(whole, session, head.seq, { fromStart: true })
  assert.deepEqual(goingOn(fromStart, head).head, head)
  assert.deepEqual(goingOn(await foldAt(whole, session, head.seq), head).head, head)
}

test('usage of entries erased before a fork counts once, from a snapshot too', async () => {
  const { sessions, whole } = await bench()
  const base = await sessions.open()
  for (let index = 0; index < 6; index += 1) await base.append(message(`m${index}`))
  await base.erase([3])
  const fork = await base.fork({ at: 5 })
  await fork.append(message('own'))
  const head = await fork.head()
  assert.equal(head.tokens, 5 * 7)
  await agrees(whole, fork.id)
})

test('a fold inside the inherited part counts the erasures of the base once', async () => {
  const { sessions, whole } = await bench()
  const base = await sessions.open()
  for (let index = 0; index < 4; index += 1) await base.append(message(`m${index}`))
  await base.erase([2])
  const fork = await base.fork()
  assert.equal((await foldAt(whole, fork.id, 3, { fromStart: true })).head.tokens, 14)
})

test('erasing the same entry twice at once keeps its usage once', async () => {
  const { sessions, whole } = await bench()
  const session = await sessions.open()
  await session.append([message('a'), message('b')])
  await Promise.all([session.erase([2]), session.erase([2])])
  assert.equal((await session.head()).tokens, 14)
  await agrees(whole, session.id)
})

test('tokens and cost of any size add up to numbers that JSON keeps, and can be erased', async () => {
  const { sessions, whole } = await bench()
  const session = await sessions.open()
  const most = { input_tokens: Number.MAX_SAFE_INTEGER, output_tokens: Number.MAX_SAFE_INTEGER }
  const dear = { kind: 'message', data: { role: 'user', content: 'x', usage: most, cost: Number.MAX_VALUE } } as const
  await session.append([dear, dear])
  const expected = [Number.MAX_SAFE_INTEGER, Number.MAX_VALUE]
  const { tokens, cost } = await session.head()
  assert.deepEqual([tokens, cost], expected)
  await session.erase([2, 3])
  const erased = await session.head()
  assert.deepEqual([erased.tokens, erased.cost], expected)
  await agrees(whole, session.id)
  await session.addRun({ agent: 'a', usage: most, cost: Number.MAX_VALUE })
  await session.addRun({ agent: 'a', usage: most, cost: Number.MAX_VALUE })
  const { byAgent } = await session.view('metrics')
  assert.deepEqual(byAgent.a, { runs: 2, tokens: expected[0], cost: expected[1] })
})

test('an erasure leaves no snapshot behind that still knows the text', async () => {
  const { sessions, whole } = await bench()
  const session = await sessions.open()
  await session.append(message('the secret title'))
  await session.append(Array.from({ length: 511 }, (_, index) => message(`m${index}`)))
  await session.append(Array.from({ length: 511 }, (_, index) => message(`n${index}`)))
  const { seq } = await session.head()
  assert.equal(seq, 1024)
  await session.erase([2])
  await session.append(message('after'))
  for (let at = seq + 2; at > 0; ) {
    const snapshot = await whole.snapshots.latest(session.id, at, foldVersion)
    if (snapshot) assert.notEqual(snapshot.head.title, 'the secret title')
    at = (snapshot?.seq ?? 0) - 1
  }
  await agrees(whole, session.id)
})

test('a fold through many rewinds reads the log once, however they nest', async () => {
  const { sessions, whole } = await bench()
  const session = await sessions.open()
  await session.append([message('a'), message('b')])
  for (let index = 0; index < 60; index += 1) await session.rewind((await session.head()).seq)
  await agrees(whole, session.id)
})

test('folds at several seqs are those at each of them', async () => {
  const { sessions, whole } = await bench()
  const session = await sessions.open()
  await session.append([message('a'), message('b'), message('c')])
  await session.rewind(2)
  await session.append(message('d'))
  const { states } = await statesAt(whole, session.id, new Set([2, 4, 6]))
  for (const [seq, state] of states) assert.deepEqual(state, await foldAt(whole, session.id, seq))
  assert.deepEqual([...states.keys()], [2, 4, 6])
})
