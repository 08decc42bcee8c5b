// The client against a real server: every call, safe repeats, streams over connections that are cut.
import assert from 'node:assert/strict'
import { connect, createServer as createTcpServer, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { createServer, type Server } from '../http/server.ts'
import { searchOf } from '../search/testing.fixture.ts'
import type { ScopedSessions, Sessions } from '../session/contract.ts'
import { openSessions } from '../session/sessions.ts'
import { memoryStore } from '../store/memory.ts'
import type { Work } from '../work/contract.ts'
import { fixedSkills } from '../work/skills/fixed.ts'
import { openWork } from '../work/work.ts'
import { type Client, isDaybookError, openClient } from './client.ts'

const scope = { tenant: 'local', subjects: ['local'] } as const
let sessions: Sessions
let mine: ScopedSessions
let server: Server
let work: Work
const skills = fixedSkills()
let url: string
let client: Client

before(async () => {
  sessions = await openSessions({ store: memoryStore() })
  mine = sessions.within(scope)
  work = openWork({ sessions, skills, tickMs: 50 })
  server = await createServer({
    sessions,
    work,
    search: searchOf(sessions.store),
    scope,
    version: '0.0.0',
    heartbeat: 50,
  })
  url = await server.listen({ port: 0, host: '127.0.0.1' })
  client = openClient({ url, wait: immediately })
})

after(async () => {
  await server.close()
  await work.close()
  await sessions.close()
})

async function immediately(_milliseconds: number, signal?: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  signal?.throwIfAborted()
}

/** A gate in front of the server that cuts connections after so many bytes of answer. */
async function openGate(
  bytesOf: (connection: number) => number,
): Promise<{ url: string; count(): number; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  let connections = 0
  const gate = createTcpServer((socket) => {
    connections += 1
    let left = bytesOf(connections)
    const behind = connect(Number(new URL(url).port), '127.0.0.1')
    for (const each of [socket, behind]) {
      sockets.add(each)
      each.on('error', () => undefined)
      each.on('close', () => sockets.delete(each))
    }
    socket.pipe(behind)
    behind.on('data', (part: Buffer) => {
      socket.write(part.subarray(0, left))
      left -= part.length
      if (left <= 0) {
        socket.destroy()
        behind.destroy()
      }
    })
    behind.on('close', () => socket.destroy())
    socket.on('close', () => behind.destroy())
  })
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve))
  const address = gate.address()
  assert.ok(address !== null && typeof address === 'object')
  return {
    url: `http://127.0.0.1:${address.port}`,
    count: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => gate.close(resolve))
    },
  }
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    if (isDaybookError(error)) return error.code
    throw error
  }
  return 'none'
}

test('every call of a session gives what the server has', async () => {
  const made = await client.create({ name: 'calls', agent_id: 'coder', state: { step: 1 } })
  const session = client.session(made.session_id)
  const first = await session.message({ role: 'user', content: 'hello' })
  assert.equal(first.seq, 2)
  const receipt = await session.append([
    { kind: 'note', data: { type: 'decision', text: 'yes' } },
    { kind: 'pin', data: { path: 'a.ts', on: true } },
  ])
  assert.deepEqual([receipt.first, receipt.last], [3, 4])
  assert.equal((await session.get()).seq, 4)
  assert.equal((await session.update({ name: 'renamed' })).name, 'renamed')
  assert.deepEqual((await session.replace({ metadata: { a: 1 } })).metadata, { a: 1 })
  assert.equal((await session.entries({ after: 1, limit: 2 })).cursor, 3)
  assert.deepEqual(
    (await session.entries({ kind: ['note', 'pin'] })).entries.map(({ seq }) => seq),
    [3, 4],
  )
  assert.deepEqual(
    (await session.around(3, 3)).entries.map(({ seq }) => seq),
    [2, 3, 4],
  )
  assert.equal((await session.view('history')).messages[0]?.content, 'hello')
  assert.equal((await session.view('notes')).notes.length, 1)
  assert.deepEqual((await session.view('files')).pinned, ['a.ts'])
  assert.equal((await session.view('agents')).current_agent, 'coder')
  assert.deepEqual((await session.view('runs')).runs, [])
  assert.equal((await session.view('metrics')).total_runs, 0)
  assert.equal((await session.handoff('debug', 'a failing test')).kind, 'handoff')
  assert.equal(await session.summary(), null)
  assert.equal((await session.summarise('short')).content, 'short')
  assert.equal((await session.summary())?.content, 'short')
  assert.equal((await session.setMarks({ version: 0, seen: 3, pinned: true })).pinned, true)
  assert.equal((await session.marks()).seen, 3)
  assert.equal((await client.list({ pinned: true })).sessions[0]?.session_id, made.session_id)
  const fork = await session.fork({ at: 2, name: 'fork' })
  assert.deepEqual(fork.parent, { session_id: made.session_id, seq: 2 })
  assert.equal((await session.rewind(2)).message_count, 1)
  assert.equal((await session.archive()).place, 'archived')
  assert.equal((await session.restore()).place, 'open')
  assert.equal((await session.trash()).place, 'trash')
  assert.equal((await session.restore()).place, 'open')
  await client.session(fork.session_id).delete({ now: true })
  assert.equal(await codeOf(client.session(fork.session_id).get()), 'gone')
  assert.equal((await client.health()).status, 'ok')
  assert.equal((await client.ready()).store.name, 'memory')
})

test('lists and ranges come page by page, each thing once', async () => {
  const ids = new Set<string>()
  for (let n = 0; n < 7; n += 1) ids.add((await client.create({ team_id: 'pages' })).session_id)
  const seen: string[] = []
  for await (const session of client.all({ team_id: 'pages', limit: 2 })) seen.push(session.session_id)
  assert.deepEqual(new Set(seen), ids)
  assert.equal(seen.length, 7)
  const [id = ''] = ids
  await client
    .session(id)
    .append(Array.from({ length: 30 }, (_, n) => ({ kind: 'note', data: { type: 'idea', text: `${n}` } })))
  const read = async (range: object): Promise<number[]> => {
    const seqs: number[] = []
    for await (const entry of client.session(id).stream(range)) seqs.push(entry.seq)
    return seqs
  }
  assert.deepEqual(
    await read({}),
    Array.from({ length: 31 }, (_, n) => n + 1),
  )
  assert.deepEqual(await read({ order: 'desc', limit: 3 }), [31, 30, 29])
})

test('failures carry the code, the true seq and the field of the problem document', async () => {
  assert.equal(await codeOf(client.session('nobody').get()), 'not_found')
  const { session_id } = await client.create()
  const session = client.session(session_id)
  await assert.rejects(session.message({ role: 'user', content: 'x' }, { expect: 9 }), (error) => {
    assert.ok(isDaybookError(error))
    assert.deepEqual([error.code, error.seq], ['conflict', 1])
    return true
  })
  assert.equal(await codeOf(session.append({ kind: 'run.finished', data: {} })), 'not_allowed_kind')
  assert.equal(await codeOf(client.list({ limit: 0 })), 'invalid')
  assert.equal(await codeOf(openClient({ url: 'http://127.0.0.1:1', retries: 0 }).list()), 'unreachable')
})

test('[B2] a write whose answer was lost is repeated under its key and stored once', async () => {
  const { session_id } = await client.create()
  let lost = 0
  const losing = openClient({
    url,
    wait: immediately,
    async fetch(input, init) {
      const answer = await fetch(input, init)
      if (lost >= 3) return answer
      lost += 1
      await answer.body?.cancel()
      throw new TypeError('the connection was reset')
    },
  })
  await losing.session(session_id).message({ role: 'user', content: 'once' })
  assert.equal(lost, 3)
  assert.equal((await client.session(session_id).get()).message_count, 1)
  lost = 0
  const made = await losing.create({ team_id: 'lost' })
  assert.equal((await client.list({ team_id: 'lost' })).total, 1)
  assert.equal((await client.session(made.session_id).get()).seq, 1)
})

test('a busy server is asked again after the time it names, other refusals are final', async () => {
  const waits: number[] = []
  const answers = [503, 429, 200]
  const patient = openClient({
    url,
    wait: async (milliseconds) => void waits.push(milliseconds),
    fetch: async () => {
      const status = answers.shift() ?? 404
      const headers = { 'retry-after': '2', 'content-type': 'application/json' }
      const code = status === 503 ? 'shutting_down' : status === 429 ? 'rate_limited' : 'not_found'
      return new Response(JSON.stringify(status === 200 ? { sessions: [] } : { code, detail: 'x' }), {
        status,
        headers,
      })
    },
  })
  await patient.list()
  assert.deepEqual(waits, [2000, 2000])
  assert.equal(await codeOf(patient.list()), 'not_found')
  assert.equal(waits.length, 2)
})

test('a follower too asks a busy server again after the time that it names, and a lost one within a second', async () => {
  const waits: number[] = []
  const stop = new AbortController()
  const refused = async (): Promise<Response> => {
    if (waits.length > 8) stop.abort()
    if (waits.length > 1) throw new TypeError('nobody listens')
    const headers = { 'retry-after': '7', 'content-type': 'application/json' }
    return new Response(JSON.stringify({ code: 'rate_limited', detail: 'x' }), { status: 429, headers })
  }
  const patient = openClient({ url, wait: async (milliseconds) => void waits.push(milliseconds), fetch: refused })
  for await (const _ of patient.session('any').follow(0, { signal: stop.signal })) assert.fail('an entry of nobody')
  assert.deepEqual(waits.slice(0, 2), [7000, 7000])
  assert.ok(waits.slice(2).every((wait) => wait <= 1000))
})

test('[B1] a follower whose connections are cut anywhere sees every entry once and in order', async () => {
  const { session_id } = await client.create()
  const session = mine.session(session_id)
  const total = 400
  // Every connection carries a little more than the last, so that the cut falls into every part of the stream.
  const gate = await openGate((connection) => 600 + 211 * connection)
  const stop = new AbortController()
  let lost = 0
  let back = 0
  const through = openClient({ url: gate.url, wait: immediately })
  const seqs: number[] = []
  const writing = (async () => {
    for (let n = 2; n <= total; n += 1)
      await session.append({ kind: 'note', data: { type: 'idea', text: `entry ${n}` } })
  })()
  const options = {
    signal: stop.signal,
    onLost() {
      lost += 1
    },
    onBack() {
      back += 1
    },
  }
  for await (const entry of through.session(session_id).follow(0, options)) {
    seqs.push(entry.seq)
    if (entry.seq === total) stop.abort()
  }
  await writing
  assert.deepEqual(
    seqs,
    Array.from({ length: total }, (_, n) => n + 1),
  )
  assert.ok(gate.count() > 10, `only ${gate.count()} connections`)
  assert.ok(lost > 5 && back > 5)
  await gate.close()
})

test('[B1] the feed of all sessions goes on over cut connections, from before its first item too', async () => {
  const gate = await openGate((connection) => 400 + 300 * connection)
  let calls = 0
  const counted: typeof fetch = (input, init) => {
    calls += 1
    return fetch(input, init)
  }
  const through = openClient({ url: gate.url, wait: immediately, fetch: counted })
  const wanted: string[] = []
  const seen: string[] = []
  const items = through.followFeed(null)
  const reading = (async () => {
    for await (const { session_id, entry } of items) {
      seen.push(`${session_id} ${entry.seq}`)
      if (seen.length === 60) return
    }
  })()
  // The second call is the stream: where it begins is known by then.
  while (calls < 2) await new Promise((resolve) => setImmediate(resolve))
  for (let n = 0; n < 30; n += 1) {
    const { session_id } = await client.create({ team_id: 'feed' })
    await client.session(session_id).message({ role: 'user', content: `${n}` })
    wanted.push(`${session_id} 1`, `${session_id} 2`)
  }
  await reading
  assert.deepEqual(seen, wanted)
  await gate.close()
})

test('a filter passes over entries without losing the place', async () => {
  const { session_id } = await client.create()
  const session = mine.session(session_id)
  for (let n = 0; n < 5; n += 1) {
    await session.append({ kind: 'note', data: { type: 'idea', text: 'x' } })
    await session.append({ kind: 'pin', data: { path: `${n}`, on: true } })
  }
  const seqs: number[] = []
  for await (const entry of client.session(session_id).follow(0, { kind: ['pin'] })) {
    seqs.push(entry.seq)
    if (seqs.length === 5) break
  }
  assert.deepEqual(seqs, [3, 5, 7, 9, 11])
})

test('following ends with the signal without an error, and with the deletion with gone', async () => {
  const { session_id } = await client.create()
  const stop = new AbortController()
  const reading = (async () => {
    for await (const entry of client.session(session_id).follow(0, { signal: stop.signal }))
      if (entry.seq === 1) stop.abort()
  })()
  await reading
  const deleted = (async () => {
    for await (const entry of client.session(session_id).follow(0))
      if (entry.seq === 1) await mine.session(session_id).delete()
  })()
  assert.equal(await codeOf(deleted), 'gone')
  assert.equal(
    await codeOf(
      (async () => {
        for await (const _ of client.session('nobody').follow(0)) assert.fail('an entry of nobody')
      })(),
    ),
    'not_found',
  )
})

test('a follower learns that the server came back with an older history', async () => {
  const { session_id } = await client.create()
  const lost = await openSessions({ store: memoryStore() })
  const lostWork = openWork({ sessions: lost, skills, tickMs: null })
  const before = await createServer({
    sessions: lost,
    work: lostWork,
    search: searchOf(lost.store),
    scope,
    version: '0.0.0',
  })
  await lost.within(scope).open({ id: session_id })
  await lost.within(scope).session(session_id).note('never saved')
  const urls = [await before.listen({ port: 0, host: '127.0.0.1' }), url]
  let now = urls[0] ?? ''
  const moving = openClient({
    url,
    wait: immediately,
    fetch: (input, init) => fetch(String(input).replace(url, now), init),
  })
  const seen: number[] = []
  const following = (async () => {
    for await (const entry of moving.session(session_id).follow(0)) {
      seen.push(entry.seq)
      if (entry.seq < 2) continue
      now = url
      await before.close()
    }
  })()
  await assert.rejects(following, (error) => isDaybookError(error) && error.code === 'invalid' && error.seq === 1)
  assert.deepEqual(seen, [1, 2])
  await lost.close()
})

test('a signal ends a call, its retries and its waits', async () => {
  const stop = new AbortController()
  const waiting = openClient({ url: 'http://127.0.0.1:1' }).list({}, { signal: stop.signal })
  stop.abort(new Error('enough'))
  await assert.rejects(waiting, /enough/)
})
