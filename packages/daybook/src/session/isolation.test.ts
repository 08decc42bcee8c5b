// Isolation: nothing the caller holds, before or after, changes what is stored or what others read.

import { deepStrictEqual, notStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { JsonObject } from '../schema/json.ts'
import { all, eachStore, range, say } from './testing.fixture.ts'

type Loose = { [name: string]: unknown }

/** Changes all that can be changed, all the way down. */
function spoil(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const [name, member] of Object.entries(value)) {
    spoil(member)
    try {
      if (typeof member !== 'object') (value as Loose)[name] = 'spoilt'
    } catch {
      // Frozen: as good.
    }
  }
  try {
    ;(value as Loose).more = 'spoilt'
  } catch {
    // Frozen.
  }
}

eachStore('what is handed in may change at once without changing what is stored [S4.4]', async ({ anna }) => {
  const opened = {
    id: 'a',
    metadata: { deep: { list: [1, 2] } },
    state: { a: 1 },
    agentData: { b: 2 },
    refs: [{ type: 'foreign.x', value: '1' }],
  }
  const opening = anna.open(opened)
  spoil(opened)
  const session = await opening
  const writes: [object, (given: never) => Promise<unknown>][] = [
    [
      { kind: 'message', data: { role: 'user', content: 'one', usage: { total_tokens: 3 }, metadata: { a: [1] } } },
      (given) => session.append(given),
    ],
    [{ kind: 'state.changed', data: { scope: 'session', patch: { c: { d: 1 } } } }, (given) => session.append(given)],
    [{ name: 'two', metadata: { e: [3] }, state: { f: { g: 4 } } }, (given) => session.update(given)],
    [['user:bob'], (given) => session.share(given)],
    [
      { agent: 'coder', input: { h: 5 }, output: { i: [6] }, usage: { total_tokens: 7 } },
      (given) => session.addRun(given),
    ],
    [{ version: 0, seen: 1, draft: 'text' }, (given) => session.setMark(given)],
  ]
  for (const [given, write] of writes) {
    const done = write(given as never)
    spoil(given)
    await done
  }
  const erased = [2]
  const erasing = session.erase(erased)
  erased[0] = 3
  await erasing
  const refs = [{ type: 'foreign.x', value: '2' }]
  const bound = session.append(say('bound'), { refs })
  spoil(refs)
  await bound
  ok(!JSON.stringify([await session.read({ after: 2 }), await session.head(), await session.cell()]).includes('spoilt'))
  deepStrictEqual(await session.cell(), {
    state: { a: 1, c: { d: 1 }, f: { g: 4 } },
    metadata: { deep: { list: [1, 2] }, e: [3] },
    agentData: { b: 2 },
  })
  deepStrictEqual([(await session.head()).tokens, (await session.head()).readers], [10, ['user:bob']])
  deepStrictEqual(await session.mark(), { version: 1, seen: 1, draft: 'text' })
  strictEqual((await session.read({ after: 1, until: 2 }))[0]?.data, null)
  strictEqual(await anna.locate({ type: 'foreign.x', value: '1' }), 'a')
  strictEqual(await anna.locate({ type: 'foreign.x', value: '2' }), 'a')
})

eachStore(
  'the same while another write is under way, and with a session that is not loaded yet [S4.4]',
  async (world) => {
    const { id } = await world.anna.open()
    await world.crash()
    const session = world.anna.session(id)
    const update = { state: { list: [1, { deep: true }] }, name: 'kept' }
    const run = { output: { text: 'kept' } }
    const receipts = [session.append(say('first'), { key: 'k' }), session.update(update), session.addRun(run)]
    spoil(update)
    spoil(run)
    await Promise.all(receipts)
    deepStrictEqual((await session.cell()).state, { list: [1, { deep: true }] })
    deepStrictEqual((await session.lastRun())?.output, { text: 'kept' })
  },
)

eachStore('what reading gave may change without changing what others read [S4.4]', async (world) => {
  const session = await world.anna.open({ id: 'a', state: { deep: { a: 1 } }, metadata: { b: [2] } })
  const receipt = await session.append([
    say('one'),
    { kind: 'note', data: { type: 'idea', text: 'two', links: ['x'] } },
  ])
  await session.addRun({ agent: 'coder', output: { c: 3 } })
  const looks: (() => Promise<unknown>)[] = [
    () => session.head(),
    () => session.cell(),
    () => session.read(),
    () => session.stored(),
    () => all(session.stream()),
    () => world.anna.list(),
    () => world.anna.feed(null),
    () => session.view('agents'),
    () => session.view('runs'),
    () => session.view('notes'),
    () => session.view('files'),
    () => session.view('metrics'),
    async () => {
      const history = await session.view('history')
      return { ...history, messages: await all(history.messages) }
    },
    () => session.lastRun(),
    () => world.anna.state('user'),
    () => world.anna.byTail('a'),
  ]
  for (const look of looks) {
    const before = JSON.stringify(await look())
    spoil(await look())
    strictEqual(JSON.stringify(await look()), before)
  }
  spoil(receipt)
  strictEqual((await session.append(say('next'))).first, 7)
  await world.crash()
  ok(!JSON.stringify([await world.anna.session('a').read(), await world.anna.session('a').cell()]).includes('spoilt'))
})

eachStore('readers and writers at once see whole appends and views of one moment [S4.4, S2.10]', async ({ anna }) => {
  const session = await anna.open()
  let writing = true
  const writer = (async () => {
    for (const number of range(60)) {
      await session.append([{ kind: 'state.changed', data: { scope: 'session', patch: { number } } }, say(`${number}`)])
    }
    writing = false
  })()
  const readers = range(4).map(async () => {
    while (writing) {
      const entries = await session.read({ order: 'desc', limit: 1 })
      strictEqual((entries[0]?.seq ?? 1) % 2, 1)
      const history = await session.view('history')
      const messages = await all(history.messages)
      strictEqual(messages.length, history.messageCount)
      strictEqual((history.context as JsonObject).number ?? 0, history.messageCount)
      strictEqual(history.seq, 1 + 2 * history.messageCount)
      await new Promise((resolve) => setImmediate(resolve))
    }
  })
  await Promise.all([writer, ...readers])
  notStrictEqual((await session.head()).messages, 0)
})
