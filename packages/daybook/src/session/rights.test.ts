// Rights: what readers may do, and that another tenant or another person sees nothing through any verb.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import type { NewEntry } from '../schema/entries.ts'
import type { ErrorCode } from '../schema/errors.ts'
import type { ScopedSessions, Session } from './contract.ts'
import { all, eachStore, fails, runner, say, until } from './testing.fixture.ts'

type Verb<T> = (target: T) => Promise<unknown>
type Verbs<T> = { readonly [Name in keyof T as T[Name] extends (...given: never[]) => unknown ? Name : never]: Verb<T> }

const { signal } = new AbortController()

/** Every verb of a session that reads or writes. A verb that is added has to be added here. */
const sessionVerbs: Verbs<Session> = {
  head: (session) => session.head(),
  cell: (session) => session.cell(),
  append: (session) => session.append(say('x')),
  appendOn: (session) => session.appendOn(() => [say('x')], null),
  read: (session) => session.read(),
  stored: (session) => session.stored(),
  stream: (session) => all(session.stream()),
  follow: (session) => all(session.follow(0, signal)),
  view: (session) => session.view('history'),
  fork: (session) => session.fork(),
  rewind: (session) => session.rewind(1),
  update: (session) => session.update({ name: 'x' }),
  handoff: (session) => session.handoff('x'),
  note: (session) => session.note('x'),
  pin: (session) => session.pin('x'),
  share: (session) => session.share(['user:bob']),
  archive: (session) => session.archive(),
  trash: (session) => session.trash(),
  restore: (session) => session.restore(),
  delete: (session) => session.delete(),
  erase: (session) => session.erase([2]),
  addRun: (session) => session.addRun({}),
  lastRun: (session) => session.lastRun(),
  summary: (session) => session.summary(),
  summarise: (session) => session.summarise('x'),
  mark: (session) => session.mark(),
  setMark: (session) => session.setMark({ version: 0, seen: 1 }),
  forks: (session) => session.forks(),
  erasedBelow: (session) => session.erasedBelow(),
}

const id = 'shared-id'

/** Every verb of a scope, with what a stranger finds through it: an empty list. */
const scopeVerbs: Verbs<ScopedSessions> = {
  open: (sessions) => sessions.open({ id }),
  session: async (sessions) => sessions.session(id).head(),
  get: (sessions) => sessions.get(id),
  list: async (sessions) => (await sessions.list()).items,
  byTail: (sessions) => sessions.byTail('id'),
  locate: async (sessions) => [await sessions.locate({ type: 'foreign.x', value: '1' })].filter(Boolean),
  feed: async (sessions) => (await sessions.feed(null)).items,
  tip: async () => [],
  followFeed: async (sessions) => {
    const stop = new AbortController()
    const seen: unknown[] = []
    const done = (async () => {
      for await (const item of sessions.followFeed(null, stop.signal)) seen.push(item)
    })()
    await until(async () => (await sessions.feed(null)).items.length === seen.length)
    stop.abort()
    await done
    return seen
  },
  cleanup: (sessions) => sessions.cleanup(0).then((count) => (count === 0 ? [] : [count])),
  prune: (sessions) => sessions.prune({ olderThanMs: 0 }),
  // Writes with the rights of its scope; what it reads is the caller's own.
  import: async () => [],
  export: async (sessions) => (await all(sessions.export())).filter((line) => line.includes('secret')),
  state: async (sessions) => Object.keys(await sessions.state('user')),
  setState: async (sessions) => Object.keys(await sessions.setState('user', { own: null })),
}

for (const [who, strangerOf] of [
  [
    'another person',
    (world: { in: (s: string[], c?: typeof runner, t?: string) => ScopedSessions }) => world.in(['user:bob']),
  ],
  [
    'another tenant',
    (world: { in: (s: string[], c?: typeof runner, t?: string) => ScopedSessions }) =>
      world.in(['user:anna'], undefined, 'other'),
  ],
  [
    'an engine of another person',
    (world: { in: (s: string[], c?: typeof runner, t?: string) => ScopedSessions }) => world.in(['user:bob'], runner),
  ],
] as const) {
  eachStore(`${who} sees nothing of a session through any verb`, async (world) => {
    const mine = await world.anna.open({ id, name: 'secret', refs: [{ type: 'foreign.x', value: '1' }] })
    await mine.append(say('secret'))
    await world.anna.setState('user', { secret: 1 })
    world.clock.advance(1000)
    const before = JSON.stringify([await mine.head(), await mine.read()])
    const stranger = strangerOf(world)
    for (const [name, verb] of Object.entries(sessionVerbs)) {
      if (name === 'delete') {
        strictEqual(await stranger.session(id).delete(), false)
        continue
      }
      const code: ErrorCode = runnerOnly.has(name) && stranger.caller.writer !== 'C' ? 'not_allowed_kind' : 'not_found'
      await fails(() => verb(stranger.session(id)), code)
    }
    for (const [name, verb] of Object.entries(scopeVerbs)) {
      if (name === 'get' || name === 'session') await fails(() => verb(stranger), 'not_found')
      else if (name === 'open' && stranger.scope.tenant === world.anna.scope.tenant)
        await fails(() => verb(stranger), 'exists')
      else if (name !== 'open') deepStrictEqual(await verb(stranger), [], name)
    }
    strictEqual(JSON.stringify([await mine.head(), await mine.read()]), before)
  })
}

/** Of kinds that only a client writes. */
const runnerOnly: ReadonlySet<string> = new Set(['pin'])

eachStore('two tenants use the same id and never meet', async (world) => {
  const other = world.in(['user:anna'], undefined, 'other')
  const here = await world.anna.open({ id, name: 'here' })
  const there = await other.open({ id, name: 'there' })
  await Promise.all([here.append(say('here')), there.append(say('there'))])
  await here.delete()
  strictEqual((await there.head()).name, 'there')
  strictEqual((await other.feed(null)).items.length, 2)
  await world.anna.setState('app', { a: 1 })
  deepStrictEqual(await other.state('app'), {})
})

eachStore('a reader reads, writes messages and notes, forks and keeps marks, and nothing else', async (world) => {
  const mine = await world.anna.open({ id, name: 'shared' })
  await mine.append(say('hello'))
  await mine.share(['user:bob', 'user:carl'])
  const may = new Set(
    'head cell append appendOn read stored stream view fork note lastRun summary mark setMark forks erasedBelow'.split(
      ' ',
    ),
  )
  const bob = world.bob.session(id)
  for (const [name, verb] of Object.entries(sessionVerbs)) {
    if (name === 'follow') continue
    if (may.has(name)) await verb(bob)
    else await fails(() => verb(bob), name === 'restore' ? 'invalid_state' : 'forbidden')
  }
  deepStrictEqual((await world.bob.list()).items.map(({ owner }) => owner).sort(), ['user:anna', 'user:bob'])
  await fails(() => bob.append({ kind: 'state.changed', data: { scope: 'session', patch: {} } }), 'forbidden')
  await fails(() => bob.append([say('a'), { kind: 'pin', data: { path: 'x', on: true } }]), 'forbidden')
  await fails(() => bob.append(say('a'), { refs: [{ type: 'branch', value: 'main' }] }), 'forbidden')
  await mine.archive()
  await bob.append(say('reopens'))
  strictEqual((await mine.head()).place, 'open')
  await mine.trash()
  await fails(() => bob.append(say('x')), 'trashed')
  await fails(() => bob.restore(), 'forbidden')
  await mine.restore()
  await mine.share([])
  await fails(() => bob.read(), 'not_found')
  const fork = (await world.bob.list()).items.find(({ owner }) => owner === 'user:bob')
  strictEqual((await world.bob.session(fork?.session ?? '').read()).length > 2, true)
  await fails(() => world.anna.get(fork?.session ?? ''), 'not_found')
  deepStrictEqual(await mine.forks(), [])
})

eachStore('kinds are written by whom the table names, and nobody forges a run', async (world) => {
  const session = await world.anna.open()
  const forged: readonly NewEntry[] = [
    { kind: 'run.finished', data: { run_id: 'r', status: 'done' } },
    { kind: 'session.shared', data: { readers: [] } },
    { kind: 'entry.erased', data: { seqs: [1] } },
    { kind: 'handoff', data: { from: 'a', to: 'b', reason: '' } },
    { kind: 'session.deleted', data: {} },
  ]
  for (const entry of forged) {
    const error = await fails(() => session.append(entry), 'not_allowed_kind')
    strictEqual(error.field, 'kind')
  }
  await fails(() => session.append({ kind: 'state.changed', data: { scope: 'user', patch: {} } }), 'invalid')
  strictEqual((await session.head()).seq, 1)
})

eachStore('marks belong to their person', async (world) => {
  const session = await world.anna.open({ id })
  await session.share(['user:bob'])
  await session.setMark({ version: 0, draft: 'hers' })
  deepStrictEqual(await world.bob.session(id).mark(), { version: 0 })
  deepStrictEqual(await world.bob.session(id).mark('user:anna'), { version: 0 })
  await fails(() => world.bob.session(id).setMark({ version: 1, draft: 'his' }, 'user:anna'), 'not_found')
  const error = await fails(() => session.setMark({ version: 0 }), 'conflict')
  strictEqual(error.seq, 1)
  deepStrictEqual(await session.mark(), { version: 1, draft: 'hers' })
})
