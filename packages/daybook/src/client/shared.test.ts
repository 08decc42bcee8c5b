// One stream for all tabs: real tabs with real locks and channels, on a real server that is cut, killed and restored.
import assert from 'node:assert/strict'
import type { AddressInfo, Socket } from 'node:net'
import { test } from 'node:test'
import { times } from '../cases.fixture.ts'
import { type TestServer, testServer } from '../http/server.fixture.ts'
import { type Client, openClient, type Shared } from './client.ts'
import type { Surroundings } from './shared.ts'
import type { Channel } from './tabs.ts'

/** Channels keep a process of node alive, tabs do not. */
function channel(name: string): Channel {
  const made = new BroadcastChannel(name)
  made.unref()
  return made as unknown as Channel
}

const locks = navigator.locks as NonNullable<Surroundings['locks']>

interface Tab {
  readonly shared: Shared
  readonly page: EventTarget
  /** `session seq` of each item, in order. */
  readonly items: string[]
  readonly hints: string[]
  readonly states: string[]
  until(enough: () => boolean): Promise<void>
}

function openTab(client: Client, alone = false): Tab {
  const page = new EventTarget()
  const shared = client.shared(alone ? { page } : { page, locks, channel })
  const items: string[] = []
  const hints: string[] = []
  const states: string[] = []
  const waiting = new Set<() => void>()
  const look = (): void => {
    for (const each of waiting) each()
  }
  const noted = (list: string[], text: string): void => {
    list.push(text)
    look()
  }
  shared.on('item', ({ session_id, entry }) => noted(items, `${session_id} ${entry.seq}`))
  shared.on('marks', ({ session_id, version }) => noted(hints, `marks ${session_id} ${version}`))
  shared.on('delta', ({ session_id }) => noted(hints, `delta ${session_id}`))
  shared.on('presence', ({ session_id, client }) => noted(hints, `presence ${session_id} ${client}`))
  shared.on('again', (what) => noted(hints, `again ${what}`))
  shared.on('connection', ({ state }) => noted(states, state))
  return {
    shared,
    page,
    items,
    hints,
    states,
    until: (enough) =>
      new Promise((resolve) => {
        const each = (): void => {
          if (!enough()) return
          waiting.delete(each)
          resolve()
        }
        waiting.add(each)
        each()
      }),
  }
}

interface World extends AsyncDisposable {
  readonly s: TestServer
  readonly client: Client
  readonly port: number
  /** Every connection of every reader. */
  cut(): void
}

async function open(port = 0, given?: Parameters<typeof testServer>[1]): Promise<World> {
  const s = await testServer('memory', given)
  const url = await s.server.listen({ port, host: '127.0.0.1' })
  const sockets = new Set<Socket>()
  s.server.app.server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return {
    s,
    client: openClient({ url }),
    port: (s.server.app.server.address() as AddressInfo).port,
    cut: () => {
      for (const socket of sockets) socket.destroy()
    },
    [Symbol.asyncDispose]: () => s[Symbol.asyncDispose](),
  }
}
let metrics = ''

async function streamsOf({ s }: World): Promise<number> {
  metrics = (await s.call('GET //metrics')).text
  return Number(/daybook_stream_followers (\d+)/.exec(metrics)?.[1] ?? 0)
}

const say = (client: Client, session: string, n = 1) =>
  Promise.all(Array.from({ length: n }, () => client.session(session).message({ role: 'user', content: 'hi' })))

test('five tabs have one stream, and all of them are told everything once and in order', async () => {
  await using world = await open()
  const { client } = world
  const tabs = Array.from({ length: 5 }, () => openTab(client))
  await Promise.all(tabs.map((tab) => tab.shared.ready))
  await say(client, 'a')
  await Promise.all(tabs.map((tab) => tab.until(() => tab.items.length === 2)))
  await Promise.all(tabs.map((tab) => tab.until(() => tab.shared.connection.state === 'live')))
  assert.equal(await streamsOf(world), 1)
  await Promise.all(['a', 'b', 'c'].map((id) => say(client, id, 20)))
  await Promise.all(tabs.map((tab) => tab.until(() => tab.items.length === 64)))
  for (const tab of tabs) assert.deepEqual(tab.items, tabs[0]?.items)
  assert.equal(new Set(tabs[0]?.items).size, 64)
  for (const tab of tabs) tab.shared.close()
})

test('a tab that has the stream may be closed at any moment: the others miss nothing', async () => {
  await using world = await open()
  const { client } = world
  const last = openTab(client)
  await last.shared.ready
  const others = Array.from({ length: 4 }, () => openTab(client))
  await Promise.all(others.map((tab) => tab.shared.ready))
  let wanted = 1
  for (const tab of others) {
    await say(client, 'a', 10)
    wanted += 10
    tab.shared.close()
    await say(client, 'a', 10)
    wanted += 10
  }
  await last.until(() => last.items.length === wanted)
  assert.deepEqual(
    last.items,
    Array.from({ length: wanted }, (_, n) => `a ${n + 1}`),
  )
  last.shared.close()
})

test('a stream that is cut over and over loses nothing and repeats nothing, in no tab', async () => {
  await using world = await open()
  const { client } = world
  const tabs = [openTab(client), openTab(client), openTab(client, true)]
  await Promise.all(tabs.map((tab) => tab.shared.ready))
  const cuts = Math.ceil(100 * Math.min(times, 1))
  for (let cut = 0; cut < cuts; cut += 1) {
    await say(client, 'a')
    world.cut()
    for (const tab of tabs) tab.page.dispatchEvent(new Event(cut % 2 ? 'pageshow' : 'online'))
  }
  await Promise.all(tabs.map((tab) => tab.until(() => tab.items.length === cuts + 1)))
  for (const tab of tabs)
    assert.deepEqual(
      tab.items,
      Array.from({ length: cuts + 1 }, (_, n) => `a ${n + 1}`),
    )
  await Promise.all(tabs.map((tab) => tab.until(() => tab.shared.connection.state === 'live')))
  for (const tab of tabs) tab.shared.close()
})

test('what happens in sessions that are watched, and marks, reach the tabs; each tab may watch others', async () => {
  await using world = await open()
  const { client, s } = world
  const tabs = [openTab(client), openTab(client)] as const
  for (const id of ['a', 'b']) await client.create({ session_id: id })
  await Promise.all(tabs.map((tab) => tab.shared.ready))
  await Promise.all(tabs.map((tab) => tab.until(() => tab.shared.connection.state === 'live')))
  tabs[0].shared.watch(['a'])
  tabs[1].shared.watch(['b'])
  const { deltaTopic } = await import('../store/bus.ts')
  const tick = setInterval(() => {
    for (const id of ['a', 'b']) s.store.bus.publish(deltaTopic('default', id), { text: 'x' })
  }, 10)
  await Promise.all(tabs.flatMap((tab) => ['a', 'b'].map((id) => tab.until(() => tab.hints.includes(`delta ${id}`)))))
  clearInterval(tick)
  await client.session('a').look('w', 1)
  await client.session('b').changeMarks(() => ({ draft: 'half' }))
  const told = ['presence a w', 'marks b 1']
  await Promise.all(tabs.map((tab) => tab.until(() => told.every((hint) => tab.hints.includes(hint)))))
  for (const tab of tabs) tab.shared.close()
})

test('a server that is restarted is said to be another one, and is read again', async () => {
  const first = await open()
  const tab = openTab(first.client)
  await tab.shared.ready
  await tab.until(() => tab.shared.connection.state === 'live')
  await say(first.client, 'a')
  await tab.until(() => tab.items.length === 2)
  await first.s.server.close()
  await tab.until(() => tab.shared.connection.state === 'reconnecting')
  await using second = await open(first.port, { sessions: first.s.sessions, work: first.s.work })
  await tab.until(() => tab.shared.connection.state === 'live')
  assert.ok(tab.states.includes('restarted'), tab.states.join())
  assert.ok(tab.hints.includes('again hints'))
  await say(second.client, 'a')
  await tab.until(() => tab.items.length === 3)
  assert.deepEqual(tab.items, ['a 1', 'a 2', 'a 3'])
  tab.shared.close()
  await first[Symbol.asyncDispose]()
})

test('a tab goes offline and back, and is live again without waiting', async () => {
  await using world = await open()
  const tab = openTab(world.client, true)
  await tab.shared.ready
  await tab.until(() => tab.shared.connection.state === 'live')
  tab.page.dispatchEvent(new Event('offline'))
  assert.equal(tab.shared.connection.state, 'offline')
  await say(world.client, 'a')
  tab.page.dispatchEvent(new Event('online'))
  await tab.until(() => tab.items.length === 2 && tab.shared.connection.state === 'live')
  tab.shared.close()
})
