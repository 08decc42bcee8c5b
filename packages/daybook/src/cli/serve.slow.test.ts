// `serve` by the real bin: what it says, where it is found, how it ends, and what a kill leaves behind.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http'
import { createServer } from 'node:net'
import { after, before, test } from 'node:test'
import { type Home, openHome } from './bin.fixture.ts'

let home: Home
before(() => {
  home = openHome()
})
after(() => home.end())

async function say(url: string, id: string, content: string): Promise<void> {
  const answer = await fetch(`${url}/api/v1/sessions/${id}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ role: 'user', content }),
  })
  assert.equal(answer.status, 201)
}

test('the ready lines are facts, the server is found by others, SIGTERM and Ctrl-C end it with 0', async () => {
  const server = await home.serve(['--store', 'data/daybook.db'])
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  assert.deepEqual(server.out().split('\n'), [
    `${`daybook ${version} is ready   ${server.url}`.padEnd(58)}stop: Ctrl-C (nothing is lost)`,
    '  store   sqlite ./data/daybook.db · survives power loss',
    '  found   no sessions of other agents here',
    '  next    open the page, or:  daybook tour',
    '',
  ])
  await say(server.url, 'chat_1', 'hello')
  const shown = await home.daybook(['show', 'chat_1', '--verbose'], { cwd: home.folder })
  assert.equal(shown.exit, 0)
  assert.match(shown.err, new RegExp(`server ${server.url}`))
  const stats = await home.daybook(['store', 'stats', '--json'], { cwd: home.folder })
  assert.equal(JSON.parse(stats.out).sessions, 1)
  server.process.kill('SIGTERM')
  assert.equal((await server.ended).exit, 0)
  assert.equal(existsSync(home.path('state/daybook/server.json')), false)
  const again = await home.serve(['--store', 'data/daybook.db', '--json'])
  assert.equal(JSON.parse(again.out()).durable, 'power')
  again.process.kill('SIGINT')
  const { exit, err } = await again.ended
  assert.deepEqual([exit, err], [0, ''])
})

test('[S1.6] [B1] a follower goes on over a killed server: nothing missed, nothing twice', async () => {
  const first = await home.serve(['--store', 'kill.db'])
  const port = new URL(first.url).port
  await say(first.url, 'chat_2', 'one')
  const follower = home.start(['follow', 'chat_2', '--after', '0', '--json', '--server', first.url])
  await follower.prints(/"one"/)
  first.process.kill('SIGKILL')
  await first.ended
  await follower.prints(/connection lost/, 'err')
  const second = home.start(['serve', '--port', port, '--store', 'kill.db'])
  await second.prints(/is ready/)
  await say(first.url, 'chat_2', 'two')
  await follower.prints(/"two"/)
  await say(first.url, 'chat_2', 'three')
  await follower.prints(/"three"/)
  assert.match(follower.err(), /nothing missed/)
  const seqs = follower
    .out()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).seq)
  assert.deepEqual(seqs, [1, 2, 3, 4])
  second.process.kill('SIGTERM')
  await second.ended
})

test('a port that is taken is told with what to do', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const address = taken.address()
  assert.ok(address !== null && typeof address === 'object')
  const { exit, err, out } = await home.daybook(['serve', '--port', String(address.port), '--store', 'x.db'])
  assert.deepEqual([exit, out], [4, ''])
  assert.match(err, new RegExp(`--port ${address.port + 1}\n$`))
  await new Promise((resolve) => taken.close(resolve))
})

test('what cannot be served is refused before anything begins', async () => {
  for (const args of [
    ['--port', 'x'],
    ['--port', '70000'],
    ['--server', 'localhost'],
    ['--host', '0.0.0.0'],
    ['--store', 'mysql:x'],
  ]) {
    const { exit, err } = await home.daybook(['serve', '--port', '0', ...args])
    assert.equal(exit, 2, `${args}: ${err}`)
  }
})

test('other names, other origins and a rate count as they are given', async () => {
  const given = ['--rate', '0.001', '--allow-host', 'daybook.lan', '--allow-origin', 'https://app.example']
  const server = await home.serve(['--store', 'memory:', ...given])
  const { port } = new URL(server.url)
  const asked = async (method: string, headers: OutgoingHttpHeaders): Promise<IncomingMessage> => {
    const call = request({ port, host: '127.0.0.1', path: '/api/v1/sessions', method, headers })
    call.end(method === 'POST' ? '{}' : undefined)
    const [answer] = await once(call, 'response')
    return answer.resume()
  }
  assert.equal((await asked('GET', { host: 'daybook.lan' })).statusCode, 200)
  assert.equal((await asked('GET', { host: 'other.lan' })).statusCode, 421)
  const json = { 'content-type': 'application/json' }
  assert.equal((await asked('POST', { ...json, origin: 'https://b.example' })).statusCode, 403)
  const allowed = await asked('POST', { ...json, origin: 'https://app.example' })
  assert.deepEqual([allowed.statusCode, allowed.headers['access-control-allow-origin']], [201, 'https://app.example'])
  const second = await asked('POST', json)
  assert.equal(second.statusCode, 429)
  assert.ok(Number(second.headers['retry-after']) > 900)
  server.process.kill('SIGTERM')
  assert.equal((await server.ended).exit, 0)
})

test('settings come from the environment too', async () => {
  const server = home.start(['serve'], { env: { DAYBOOK_PORT: '0', DAYBOOK_STORE: 'memory:' } })
  await server.prints(/kept in memory only/)
  const stats = await home.daybook(['store', 'stats'])
  assert.equal(stats.exit, 6)
  server.process.kill('SIGTERM')
  assert.equal((await server.ended).exit, 0)
})

test('a command that reads never makes an empty store', async () => {
  const elsewhere = openHome()
  const bare = await elsewhere.daybook([])
  assert.equal(bare.exit, 0)
  assert.match(bare.out, /^no sessions yet in .*share\/daybook\/daybook\.db\n/)
  for (const args of [
    ['--json'],
    ['show', 'k3f9'],
    ['follow'],
    ['note', 'k3f9', 'x'],
    ['export'],
    ['store', 'verify'],
    ['store', 'stats'],
  ]) {
    const { exit, out, err } = await elsewhere.daybook(args)
    assert.deepEqual([exit, out], [6, ''], args.join(' '))
    assert.match(err, /there is no store at .*share\/daybook\/daybook\.db/)
  }
  assert.equal((await elsewhere.daybook(['show', 'x', '--store', 'none.db'])).exit, 6)
  assert.equal((await elsewhere.daybook(['show', 'x', '--server', '127.0.0.1:1'])).exit, 6)
  assert.equal(existsSync(elsewhere.path('share')), false)
  assert.equal(existsSync(elsewhere.path('here', 'none.db')), false)
  await elsewhere.end()
})
