// One event for 1,000 followers: at least five times less loop time than making it for each, and at most 10 KB for each.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { test } from 'node:test'
import { setTimeout, setImmediate as turn } from 'node:timers/promises'
import type { StoredEntry } from '../../schema/entries.ts'
import { prefix, say, type TestServer, testServer } from '../server.fixture.ts'
import { Follower } from './follower.ts'
import { entryFrame, letGo } from './frames.ts'
import { Hub } from './hub.ts'
import { crowd } from './readers.fixture.ts'

const followers = 1000
const path = `${prefix}/sessions/a/entries?after=1`

/** Milliseconds from the hand-over of an event to its end, without the writing that the turn does afterwards: the median. */
async function held(act: () => void): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < 31; round += 1) {
    await setTimeout(40) // lets the sockets take what was handed over before
    const begun = performance.now()
    act()
    times.push(performance.now() - begun)
  }
  return times.sort((a, b) => a - b)[15] ?? 0
}

async function heap(): Promise<number> {
  assert.ok(globalThis.gc, 'run with --expose-gc')
  for (let n = 0; n < 4; n += 1) {
    globalThis.gc()
    await turn()
  }
  return process.memoryUsage().heapUsed
}

test('an event reaches 1,000 followers as the same bytes, and a follower costs at most 10 KB of heap', async (t) => {
  const { setFlagsFromString } = await import('node:v8')
  const { runInNewContext } = await import('node:vm')
  setFlagsFromString('--expose-gc')
  globalThis.gc ??= runInNewContext('gc') as NonNullable<typeof globalThis.gc>
  await using s = await testServer()
  const url = await s.server.listen({ port: 0, host: '127.0.0.1' })
  await s.call('POST /sessions', { session_id: 'a' })
  const first = await crowd(url, path, 50) // what the first connections load is not theirs
  const before = await heap()
  const child = await crowd(url, path, followers)
  const each = ((await heap()) - before) / followers
  t.diagnostic(`${(each / 1024).toFixed(1)} KB of heap for each follower`)
  const ratio = await compare(s, t)
  for (const one of [first, child]) one.kill()
  assert.ok(each <= 10 * 1024, `${each} bytes for each follower`)
  assert.ok(ratio >= 5, `${ratio} times less loop time`)
})

/** How many times dearer it is to make the event for each follower than to hand the same bytes to all, on real connections. */
async function compare(s: TestServer, t: { diagnostic(text: string): void }): Promise<number> {
  await s.call('POST /sessions/a/messages', say('x'.repeat(500)))
  const session = s.sessions.within({ tenant: 'default', subjects: ['local'] }).session('a')
  const [entry] = await session.stored({ after: 1 })
  assert.ok(entry)
  const onEnd = (): void => {}
  const hub = new Hub(session, entry.seq, { subscribe: () => onEnd, onError: assert.ifError, onEnd })
  const live: { follower: Follower; response: ServerResponse }[] = []
  const server = createServer((request, response) => {
    response.useChunkedEncodingByDefault = false
    response.writeHead(200).write('retry: 1000\n\n')
    const follower = new Follower(hub, response, request.socket, {
      after: entry.seq,
      deltas: false,
      mostWaiting: 1 << 20,
    })
    live.push({ follower, response })
    hub.join(follower)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const child = await crowd(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, path, followers)
  let { seq } = entry
  const shared = await held(() => {
    seq += 1
    const frame = entryFrame({ ...entry, seq })
    const sockets: Socket[] = []
    for (const { follower } of live) follower.push(seq, entry.kind, frame, sockets)
    letGo(sockets)
  })
  const own = await held(() => {
    for (const { response } of live) response.write(`id: ${entry.seq}\ndata: ${JSON.stringify({ ...wire(entry) })}\n\n`)
  })
  child.kill()
  server.closeAllConnections()
  server.close()
  t.diagnostic(`loop time for ${followers}: ${shared.toFixed(3)} ms shared, ${own.toFixed(3)} ms each its own`)
  return own / shared
}

/** An entry as a server without frames of its own would send it: parsed and written again for each reader. */
function wire(entry: StoredEntry): object {
  const { body, ...rest } = entry
  return { ...rest, at: new Date(entry.at).toISOString(), data: JSON.parse(body ?? 'null') as unknown }
}
