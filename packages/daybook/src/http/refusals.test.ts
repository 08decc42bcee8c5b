// What the server refuses, and how it says so: problems with a code of the one table, and nothing written.
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { DaybookError, errorTable, isDaybookError } from '../schema/errors.ts'
import { type Request, say, testServer, told } from './server.fixture.ts'

describe('refusals', () => {
  it('are problem documents with status, retry and field from the one error table', async () => {
    await using s = await testServer()
    const reply = await s.call('POST /sessions/a/messages', say('x', 'chef'))
    assert.equal(reply.headers['content-type'], 'application/problem+json; charset=utf-8')
    assert.deepEqual(Object.keys(reply.json), ['type', 'title', 'status', 'detail', 'code', 'retry', 'field'])
    assert.equal(reply.json.status, errorTable.invalid.status)
  })

  it('answer unknown routes with 404 and known ones under another method with 405 and Allow', async () => {
    await using s = await testServer()
    assert.equal(told(await s.call('GET /nothing')), '404 not_found')
    assert.equal(told(await s.call('GET //api/v2/sessions')), '404 not_found')
    const wrong = await s.call('PUT /sessions/a/messages', say('x'))
    assert.deepEqual([told(wrong), wrong.headers.allow], ['405 method_not_allowed', 'POST'])
    assert.equal(told(await s.call('OPTIONS /sessions')), '405 method_not_allowed')
  })

  it('let nothing malformed reach the log', async () => {
    await using s = await testServer()
    await s.call('POST /sessions/a/messages', say('x'))
    const tip = await s.tip()
    const post = async (body: string | Uint8Array, headers?: Request['headers']): Promise<string> =>
      told(await s.call('POST /sessions/a/messages', { body, ...(headers ? { headers } : {}) }))
    const text = (content: string): string => `{"role":"user","content":${content}}`
    assert.equal(await post('{"role":'), '400 invalid')
    assert.equal(await post(''), '400 invalid')
    assert.equal(await post('null'), '400 invalid')
    assert.equal(await post('[]'), '400 invalid')
    assert.equal(await post(text('1')), '400 invalid')
    assert.equal(await post('{"role":"user","content":"x","content2":"y"}'), '400 invalid')
    assert.equal(await post(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])), '400 invalid')
    assert.equal(await post(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), '400 invalid')
    assert.equal(
      await post(`{"role":"user","content":"x","metadata":${'{"a":'.repeat(66)}1${'}'.repeat(66)}}`),
      '400 invalid',
    )
    assert.equal(await post(`{"role":"user","content":"x","metadata":{"n":9007199254740993}}`), '400 invalid')
    assert.equal(await post(text(`"${'x'.repeat(1024 * 1024)}"`)), '413 too_large')
    assert.equal(await post(text(`"${'x'.repeat(8 * 1024 * 1024)}"`)), '413 too_large')
    assert.equal(await post(text('"x"'), { 'content-type': 'text/plain' }), '415 unsupported_media')
    assert.equal(await s.tip(), tip)
  })

  it('name the field when a member is called __proto__, however it is written', async () => {
    await using s = await testServer()
    for (const name of [
      '__proto__',
      '\\u005f_proto__',
      '__pr\\u006fto__',
      '\\u005F\\u005f\\u0070\\u0072\\u006f\\u0074\\u006f__',
    ]) {
      const body = `{"role":"user","content":"x","metadata":{"deep":[{"${name}":{"polluted":true}}]}}`
      const reply = await s.call('POST /sessions/a/messages', { body })
      assert.deepEqual([told(reply), reply.json.field], ['400 invalid', 'metadata.deep[0].__proto__'], name)
    }
    assert.equal((await s.call('POST /sessions/a/messages', say('talk about __proto__'))).status, 201)
    assert.equal(({} as Record<string, unknown>).polluted, undefined)
  })

  it('answer only to known Host headers, and to writes of no foreign page', async () => {
    await using s = await testServer('memory', { hosts: ['daybook.lan'], origins: ['https://app.example'] })
    const get = async (host: string): Promise<string> => told(await s.call('GET /sessions', { headers: { host } }))
    for (const host of ['localhost:8001', '127.0.0.1', '[::1]:8001', '10.0.2.2:8001', 'LOCALHOST', 'daybook.lan:80']) {
      assert.equal(await get(host), '200', host)
    }
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1.evil.example:8001',
      '0.0.0.0:8001',
      '10.0.2.3',
    ]) {
      assert.equal(await get(host), '421 host_refused', host)
    }
    const post = async (origin: string, host = 'localhost:8001'): Promise<string> =>
      told(await s.call('POST /sessions/a/messages', { body: say('x'), headers: { origin, host } }))
    assert.equal(await post('http://localhost:5173'), '201')
    assert.equal(await post('http://10.0.2.2:8001', '10.0.2.2:8001'), '201')
    assert.equal(await post('http://10.0.2.2'), '403 forbidden', 'outside of an emulator this is another machine')
    assert.equal(await post('chrome-extension://localhost'), '403 forbidden')
    assert.equal(await post('https://app.example'), '201')
    assert.equal(await post('https://evil.example'), '403 forbidden')
    assert.equal(await post('null'), '403 forbidden')
  })

  it('allow no other origin to read unless it is configured', async () => {
    await using closed = await testServer()
    const origin = { headers: { origin: 'https://app.example' } }
    assert.equal((await closed.call('GET /sessions', origin)).headers['access-control-allow-origin'], undefined)
    await using open = await testServer('memory', { origins: ['https://app.example'] })
    assert.equal(
      (await open.call('GET /sessions', origin)).headers['access-control-allow-origin'],
      'https://app.example',
    )
    const other = await open.call('GET /sessions', { headers: { origin: 'https://evil.example' } })
    assert.notEqual(other.headers['access-control-allow-origin'], 'https://evil.example')
  })

  it('refuse names and origins that no request could have, and take origins as people write them', async () => {
    for (const [field, text] of [
      ['hosts', 'daybook.lan:8001'],
      ['hosts', 'http://daybook.lan'],
      ['hosts', ''],
      ['hosts', '*'],
      ['origins', '*'],
      ['origins', 'null'],
      ['origins', 'app.example'],
      ['origins', 'https://app.example/page'],
      ['origins', 'https://user@app.example'],
      ['origins', 'https://app.example:99999'],
    ] as const) {
      const refusal = await testServer('memory', { [field]: [text] }).catch((error: unknown) => error)
      assert.ok(isDaybookError(refusal) && refusal.code === 'invalid' && refusal.field === field, `${field} ${text}`)
    }
    await using s = await testServer('memory', { origins: ['HTTPS://App.Example:443', 'app-x://page'] })
    for (const origin of ['https://app.example', 'app-x://page']) {
      const reply = await s.call('POST /sessions/a/messages', { body: say('x'), headers: { origin } })
      assert.deepEqual([told(reply), reply.headers['access-control-allow-origin']], ['201', origin])
    }
  })

  it('say 406 to callers who can read none of the answer', async () => {
    await using s = await testServer()
    const accept = async (type: string): Promise<string> =>
      told(await s.call('GET /sessions', { headers: { accept: type } }))
    assert.equal(await accept('text/html'), '406 not_acceptable')
    assert.equal(await accept('text/html, */*;q=0.8'), '200')
    assert.equal(await accept('application/json'), '200')
    assert.equal((await s.call('GET //', { headers: { accept: 'text/html' } })).status, 200)
  })

  it('refuse to listen where others could reach it', async () => {
    await using s = await testServer()
    for (const host of ['0.0.0.0', '::', '192.168.1.4', 'example.org']) {
      const refusal = await s.server.listen({ port: 0, host }).catch((error: unknown) => error)
      assert.ok(isDaybookError(refusal) && refusal.field === 'host', host)
    }
  })

  it('say shutting_down while the server ends', async () => {
    await using s = await testServer()
    const ended = s.server.close()
    const late = await s.call('GET /sessions').catch((error: unknown) => error)
    if (!(late instanceof Error)) assert.equal(told(late as Awaited<ReturnType<typeof s.call>>), '503 shutting_down')
    await ended
    await s.server.close()
  })

  it('come after the whole of a request, however slowly it is sent: nothing is taken of half a one', async () => {
    await using s = await testServer()
    const { port } = new URL(await s.server.listen({ port: 0, host: '127.0.0.1' }))
    const body = JSON.stringify({ role: 'user', content: 'по байту' })
    const head = `host: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}`
    const request = Buffer.from(`POST /api/v1/sessions/slow/messages HTTP/1.1\r\n${head}\r\n\r\n${body}`)
    assert.match(await sent(Number(port), ...[...request].map((byte) => Buffer.of(byte))), /"content":"по байту"/)
    const tip = await s.tip()
    await sent(Number(port), request.subarray(0, -3))
    assert.equal(await s.tip(), tip)
  })

  it('are problems even for bytes that are no request', async () => {
    await using s = await testServer()
    const { port } = new URL(await s.server.listen({ port: 0, host: '127.0.0.1' }))
    const raw = (text: string): Promise<string> => sent(Number(port), text)
    const code = (answer: string): string => /"code":"(\w+)"/.exec(answer)?.[1] ?? answer
    assert.equal(code(await raw('nonsense\r\n\r\n')), 'invalid')
    assert.equal(code(await raw(`GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`)), 'too_large')
    assert.equal(
      code(await raw('GET /api/v1/sessions HTTP/1.1\r\nhost: evil\r\nconnection: close\r\n\r\n')),
      'host_refused',
    )
    assert.equal(code(await raw('GET /health HTTP/1.1\r\nconnection: close\r\n\r\n')), 'host_refused')
    const expecting = 'GET /nothing HTTP/1.1\r\nhost: localhost\r\nexpect: a gift\r\nconnection: close\r\n\r\n'
    assert.equal(code(await raw(expecting)), 'not_found', 'what nobody knows to expect is not waited for')
    assert.equal(code(await raw('GET /%E0%A4%A HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')), 'invalid')
  })

  it('hide what nobody expected behind internal, and log it without queries, bodies or credentials', async () => {
    const lines: string[] = []
    const write = (line: string): void => void lines.push(line)
    const { fastify } = await import('fastify')
    const logger = fastify({ logger: { level: 'info', stream: { write } } }).log
    await using s = await testServer('memory', { logger })
    const headers = { authorization: 'Bearer sekret-token', cookie: 'sekret=1' }
    await s.call('POST /sessions/a/messages?token=sekret', { body: say('sekret'), headers })
    await s.call('GET /sessions?q=sekret', { headers })
    assert.ok(lines.length >= 2)
    assert.doesNotMatch(lines.join('\n'), /sekret/)
    assert.match(lines.join('\n'), /"path":"\/api\/v1\/sessions"/)
  })

  it('keep unexpected failures to the log', async () => {
    await using s = await testServer()
    const { asDaybookError } = await import('./problems.ts')
    const hidden = asDaybookError(new Error('the password is sekret'))
    assert.equal(hidden.code, 'internal')
    assert.doesNotMatch(hidden.message, /sekret/)
    const known = new DaybookError('busy', 'x')
    assert.equal(asDaybookError(known), known)
    assert.equal((await s.call('GET //health')).status, 200)
  })
})

/** What is answered to these bytes, which leave one after the other. */
function sent(port: number, ...pieces: readonly (string | Uint8Array)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, async () => {
      for (const piece of pieces) await new Promise((next) => socket.write(piece, next))
      socket.end()
    })
    socket.on('data', (data) => {
      answer += data
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(answer))
  })
}
