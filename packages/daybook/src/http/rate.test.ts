// Writes that come too fast: who is counted, how long they are told to wait, and that nothing else is held up.
import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { isDaybookError } from '../schema/errors.ts'
import { openRate } from './rate.ts'
import { say, testServer, told } from './server.fixture.ts'

/** Answers of one address as it asks again and again without a pause, up to the first refusal. */
function burst(rate: ReturnType<typeof openRate>, address = 'a'): { granted: number; wait: number } {
  for (let granted = 0; ; granted += 1) {
    const wait = rate.take(address)
    if (wait !== null) return { granted, wait }
  }
}

describe('a rate', () => {
  it('grants bursts of twice as many, one at least, and as many a second as it says', () => {
    for (const [perSecond, most] of [
      [5, 10],
      [0.1, 1],
      [0.7, 1],
      [1.5, 3],
      [1000, 2000],
    ] as const) {
      let now = 123.456_789
      const rate = openRate({ rate: perSecond, clock: () => now })
      assert.equal(burst(rate).granted, most, `${perSecond}`)
      let granted = 0
      for (let tick = 0; tick < 10_000; tick += 1) {
        now += 10
        while (rate.take('a') === null) granted += 1
      }
      assert.ok(Math.abs(granted - 100 * perSecond) <= 1, `${granted} in 100 s at ${perSecond}`)
      now += 1e9
      assert.equal(burst(rate).granted, most, 'what was not used does not add up')
    }
  })

  it('tells a wait that is long enough and not a second too long', () => {
    let now = 0.1
    for (const perSecond of [0.01, 0.3, 1, 3, 7, 333.3, 2000]) {
      const rate = openRate({ rate: perSecond, clock: () => now })
      for (let round = 0; round < 50; round += 1) {
        const { wait } = burst(rate)
        assert.ok(Number.isSafeInteger(wait) && wait >= 1)
        if (wait > 1) {
          now += (wait - 1) * 1000
          assert.equal(rate.take('a'), 1, `${perSecond}`)
          now += 1000
        } else now += 1000
        assert.equal(rate.take('a'), null, `${perSecond}`)
      }
    }
  })

  it('tells addresses apart, forgets the one that asked longest ago, and never one that goes on asking', () => {
    const rate = openRate({ rate: 1, clock: () => 0, most: 3 })
    for (const address of ['a', 'b', 'c']) assert.equal(burst(rate, address).granted, 2)
    assert.equal(rate.take('a'), 1)
    assert.equal(rate.take('d'), null)
    assert.equal(rate.take('a'), 1, 'a asked after b')
    assert.equal(rate.take('b'), null, 'b was forgotten')
  })

  it('is a finite number above 0', async () => {
    for (const rate of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      const refusal = await testServer('memory', { rate }).catch((error: unknown) => error)
      assert.ok(isDaybookError(refusal) && refusal.code === 'invalid' && refusal.field === 'rate', `${rate}`)
    }
  })
})

describe('a server with a rate', () => {
  it('answers 429 with Retry-After over sockets, writes nothing, and goes on after that time', async () => {
    let now = 0
    await using s = await testServer('memory', { rate: 0.5, clock: () => now })
    const url = await s.server.listen({ port: 0, host: '127.0.0.1' })
    const post = (path = 'messages', body: unknown = say('x')): Promise<Response> =>
      fetch(`${url}/api/v1/sessions/a/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    assert.equal((await post()).status, 201)
    const tip = await s.tip()
    for (const refused of [await post(), await post('fork', {}), await post('messages', say('x'.repeat(4_000_000)))]) {
      assert.equal(refused.status, 429)
      assert.equal(refused.headers.get('content-type'), 'application/problem+json; charset=utf-8')
      assert.equal(refused.headers.get('retry-after'), '2')
      const problem = (await refused.json()) as Record<string, unknown>
      assert.deepEqual([problem.code, problem.retry, problem.status], ['rate_limited', 'after', 429])
    }
    assert.equal(await s.tip(), tip)
    now += 1999
    assert.equal((await post()).headers.get('retry-after'), '1')
    now += 1
    assert.equal((await post()).status, 201)
  })

  it('goes on with a connection whose write was refused before its body was read', async () => {
    await using s = await testServer('memory', { rate: 1, clock: () => 0 })
    const { port } = new URL(await s.server.listen({ port: 0, host: '127.0.0.1' }))
    const socket = connect(Number(port), '127.0.0.1')
    try {
      const body = JSON.stringify(say('x'.repeat(100_000)))
      const head = `POST /api/v1/sessions/a/messages HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n`
      const write = `${head}content-length: ${body.length}\r\n\r\n${body}`
      socket.write(write + write + write)
      socket.write('GET /api/v1/sessions/a HTTP/1.1\r\nhost: localhost\r\n\r\n')
      assert.deepEqual(await statuses(socket, 4), [201, 201, 429, 200])
    } finally {
      socket.destroy()
    }
  })

  it('counts writes of each address alone, whatever route they take; not reads, unknown routes, foreign names', async () => {
    await using s = await testServer('memory', { rate: 1, clock: () => 0, origins: ['https://app.example'] })
    const from = (remoteAddress: string, method: 'GET' | 'POST' | 'PUT' | 'OPTIONS', url: string, headers = {}) =>
      s.server.app.inject({
        method,
        url,
        remoteAddress,
        headers: { ...headers, ...(method === 'POST' ? { 'content-type': 'application/json' } : {}) },
        ...(method === 'POST' ? { payload: '{}' } : {}),
      })
    const uncounted = [
      ['GET', '/api/v1/sessions', {}, 200],
      ['POST', '/api/v1/nothing', {}, 404],
      ['PUT', '/sessions', {}, 405],
      ['POST', '/sessions', { host: 'evil.example' }, 421],
      ['POST', '/sessions', { origin: 'https://evil.example' }, 403],
      ['OPTIONS', '/sessions', { origin: 'https://app.example', 'access-control-request-method': 'POST' }, 204],
    ] as const
    for (const [method, url, headers, status] of [...uncounted, ...uncounted]) {
      assert.equal((await from('10.0.0.1', method, url, headers)).statusCode, status, `${method} ${url}`)
    }
    assert.equal((await from('10.0.0.1', 'POST', '/sessions')).statusCode, 201)
    assert.equal((await from('10.0.0.1', 'POST', '/api/v1/sessions')).statusCode, 201)
    const refused = await from('10.0.0.1', 'POST', '/sessions', { origin: 'https://app.example' })
    assert.equal(refused.statusCode, 429)
    assert.equal(refused.headers['access-control-allow-origin'], 'https://app.example', 'its page can read why')
    assert.equal((await from('10.0.0.1', 'GET', '/api/v1/sessions')).statusCode, 200)
    assert.equal((await from('10.0.0.2', 'POST', '/sessions')).statusCode, 201)
  })

  it('has no limit unless one is set, and every route that writes declares the refusal', async () => {
    await using s = await testServer()
    for (let index = 0; index < 100; index += 1) {
      assert.equal(told(await s.call('POST /sessions/a/messages', say('x'))), '201')
    }
    const { paths } = (await s.call('GET //openapi.json')).json
    for (const [path, methods] of Object.entries<Record<string, { responses: object }>>(paths)) {
      for (const [method, { responses }] of Object.entries(methods)) {
        // Who looks at a session is told on, and stored nowhere.
        const writes = method !== 'get' && !path.endsWith('/presence')
        assert.equal('429' in responses, writes, `${method} ${path}`)
      }
    }
  })
})

/** Status codes of the first answers on a connection. */
function statuses(socket: Socket, count: number): Promise<number[]> {
  return new Promise((resolve, reject) => {
    let text = ''
    socket.setEncoding('utf8')
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`the connection ended after ${text.length} characters`)))
    socket.on('data', (part) => {
      text += part
      const found = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]))
      if (found.length === count) resolve(found)
    })
  })
}
