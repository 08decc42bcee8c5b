// The exchange stands in the place of fetch: the same answers, connections that are kept, ends and breaks of every kind.

import assert from 'node:assert/strict'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcp, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { exchange } from './exchange.ts'

async function serving(t: TestContext, answer: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(answer)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

test('a request and its answer are those of fetch: method, headers, body, status', async (t) => {
  const { url } = await serving(t, async (request, response) => {
    let body = ''
    for await (const piece of request.setEncoding('utf8')) body += piece
    response.writeHead(418, { 'x-answer': 'yes' })
    response.end(JSON.stringify([request.method, request.headers['x-asked'], request.headers['content-length'], body]))
  })
  for (const headers of [
    { 'x-asked': 'a' },
    new Headers({ 'x-asked': 'a' }),
    [['x-asked', 'a']] as [string, string][],
  ]) {
    for (const ask of [exchange, fetch]) {
      const answer = await ask(url, { method: 'POST', headers, body: 'привет' })
      assert.deepEqual([answer.status, answer.ok, answer.headers.get('x-answer')], [418, false, 'yes'])
      assert.deepEqual(await answer.json(), ['POST', 'a', '12', 'привет'])
    }
  }
})

test('an answer without a body is one, and a redirect is not followed', async (t) => {
  const { url } = await serving(t, (request, response) => {
    response.writeHead(request.method === 'GET' ? 204 : 307, { location: '/elsewhere' }).end()
  })
  assert.deepEqual([(await exchange(url)).status, (await exchange(url)).body], [204, null])
  assert.equal((await exchange(url, { method: 'POST', body: '{}' })).status, 307)
})

test('a kept connection that the other side has closed is not the end of a request', async (t) => {
  const sockets = new Set<Socket>()
  let asked = 0
  const { server, url } = await serving(t, (request, response) => {
    asked += 1
    // The second request on a connection finds it closed, as one does that crosses the end of its time.
    if (sockets.has(request.socket)) return void request.socket.resetAndDestroy()
    sockets.add(request.socket)
    response.end('so')
  })
  server.keepAliveTimeout = 60_000
  for (let i = 0; i < 3; i += 1) assert.equal(await (await exchange(url, { method: 'POST', body: '{}' })).text(), 'so')
  assert.deepEqual([asked, sockets.size], [5, 3])
})

test('who aborts waits for nothing: neither for the answer nor for the rest of it', async (t) => {
  const closed = Promise.withResolvers<void>()
  const { url } = await serving(t, (request, response) => {
    request.socket.once('close', () => closed.resolve())
    if (request.method === 'POST') response.write('one')
  })
  const [early, late, over] = [new AbortController(), new AbortController(), new AbortController()]
  over.abort('over')
  await assert.rejects(exchange(url, { signal: over.signal }), (reason) => reason === 'over')
  const waiting = exchange(url, { signal: early.signal })
  setImmediate(() => early.abort('early'))
  await assert.rejects(waiting, (reason) => reason === 'early')
  const answer = await exchange(url, { method: 'POST', body: '{}', signal: late.signal })
  const reader = answer.body?.getReader()
  assert.equal(new TextDecoder().decode((await reader?.read())?.value), 'one')
  late.abort('late')
  await assert.rejects(
    async () => reader?.read(),
    (reason) => reason === 'late',
  )
  await closed.promise
})

test('an answer that breaks off fails behind what came, and nobody who reads slowly fills the memory', async (t) => {
  let sent = 0
  const { url } = await serving(t, (request, response) => {
    if (request.method === 'GET') return void response.write('one', () => setImmediate(() => request.socket.destroy()))
    const more = (): void => {
      sent += 64 * 1024
      if (sent < 64 * 1024 * 1024) response.write(Buffer.alloc(64 * 1024, '\n'), more)
    }
    more()
  })
  await assert.rejects((await exchange(url)).text(), { code: 'ECONNRESET' })
  const slow = await exchange(url, { method: 'POST', body: '' })
  for (let [before, still] = [-1, 0]; still < 500; still = before === sent ? still + 1 : 0) {
    before = sent
    await new Promise((done) => setImmediate(done))
  }
  assert.ok(sent < 32 * 1024 * 1024, `${sent} bytes`)
  await slow.body?.cancel()
})

test('a status that no answer has fails the request, and nothing else', async (t) => {
  for (const status of ['099', '101', '600', '999']) {
    const server = createTcp((socket) => {
      socket.once('data', () => socket.end(`HTTP/1.1 ${status} So\r\ncontent-length: 2\r\n\r\nso`))
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    t.after(() => server.close())
    await assert.rejects(exchange(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`), RangeError, status)
  }
})

test('nobody there is told by the code of the system', async (t) => {
  const { server, url } = await serving(t, () => undefined)
  await new Promise((done) => server.close(done))
  await assert.rejects(exchange(url), { code: 'ECONNREFUSED' })
})
