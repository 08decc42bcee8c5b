// Processes that live on over HTTP: looked at, typed into, interrupted and closed, on a real process host with a real bash.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../session/testing.fixture.ts'
import { authorization, served } from './processes.fixture.ts'
import { type Reply, told } from './server.fixture.ts'

test('a process is told with what the log says of it and how it stands now', async (t) => {
  const { call, here } = await served(t)
  const { status, json, headers } = await call('GET')
  assert.equal(status, 200)
  assert.deepEqual(
    [json.alive, json.process.process_id, json.process.program, json.process.status, json.at_work],
    [true, here.id, 'bash', 'running', null],
  )
  const { offset, printed_at, ...now } = json.now
  assert.ok(offset > 0 && Math.abs(Date.parse(printed_at) - Date.now()) < 60_000)
  assert.deepEqual(now, { kept: 0, attached: 0, cols: 120, rows: 40, title: '' })
  assert.match(headers.etag ?? '', /^"\d+"$/)
})

test('what is typed arrives as it is, once under one key, and the screen shows what it did', async (t) => {
  const { call, screen } = await served(t)
  const key = { 'idempotency-key': 'one' }
  for (let time = 0; time < 3; time += 1)
    assert.equal((await call('POST /input', { text: 'echo "$((20+1))é"\r' }, key)).status, 200)
  assert.equal(told(await call('POST /input', { text: 'echo other\r' }, key)), '409 key_reused')
  await call('POST /input', { keys: Buffer.from('echo again\r').toString('base64') })
  await until(async () => /\nagain\n\$/.test(await screen()))
  assert.equal((await screen()).match(/^21é$/gm)?.length, 1)
  const text = await call('GET /screen')
  assert.match(text.json.screen, /^21é\n\$ echo again\nagain\n\$$/m)
  assert.deepEqual([text.json.format, text.json.cols, text.json.cursor_hidden], ['text', 120, false])
  const plain = await call('GET /screen', undefined, { accept: 'text/plain' })
  assert.equal(plain.text, text.json.screen)
  assert.match((await call('GET /screen?format=ansi')).json.screen, /21é\r\n/)
})

test('a screen of another size is what the program sees', async (t) => {
  const { call, screen } = await served(t)
  const resized = await call('POST /resize', { cols: 91, rows: 23 })
  assert.deepEqual([resized.json.now.cols, resized.json.now.rows], [91, 23])
  await call('POST /input', { text: 'stty size\r' })
  await until(async () => /^23 91$/m.test(await screen()))
  assert.equal(told(await call('POST /resize', { cols: 0, rows: 1 })), '400 invalid')
})

test('what is under way in a process is interrupted, and the process lives on', async (t) => {
  const { call, screen } = await served(t)
  await call('POST /input', { text: 'sleep 1000; echo code $?\r' })
  await until(async () => /sleep 1000/.test(await screen()))
  assert.deepEqual((await call('POST /interrupt', {})).json, { by: 'keys' })
  await until(async () => /\^C\n\$ ?$/.test(await screen()))
  await call('POST /input', { text: 'clear; bash -c "trap \'\' INT TERM; echo deaf; sleep 1000"; echo code $?\r' })
  await until(async () => /^deaf$/m.test(await screen()))
  assert.deepEqual((await call('POST /interrupt', { level: 'SIGKILL' })).json, { by: 'SIGKILL' })
  await until(async () => /^code 137$/m.test(await screen()))
  assert.equal((await call('GET')).json.alive, true)
})

test('a process is closed with all that it started, and everything after says that it has ended', async (t) => {
  const { call, s } = await served(t)
  await call('POST /input', { text: 'nohup sleep 1000 >/dev/null 2>&1 & disown; echo $$ ready\r' })
  await until(async () => /^\d+ ready$/m.test((await call('GET /screen')).json.screen))
  const closed = await call('DELETE')
  assert.equal(closed.status, 200)
  assert.deepEqual([closed.json.by, closed.json.exit_code, closed.json.signal], ['SIGHUP', null, 'SIGHUP'])
  const { json } = await call('GET')
  assert.deepEqual([json.alive, json.now, json.process.status, json.process.signal], [false, null, 'exited', 'SIGHUP'])
  assert.equal((await call('DELETE')).json.by, null)
  for (const [line, body] of [
    ['POST /input', { text: 'x' }],
    ['POST /resize', { cols: 80, rows: 24 }],
    ['POST /interrupt', {}],
    ['GET /screen', undefined],
  ] as const) {
    assert.equal(told(await call(line, body)), '409 invalid_state', line)
  }
  assert.equal((await s.call('GET /sessions/a')).json.place, 'open')
})

test('what was printed is given as bytes by offset, from the log what the host has no more', async (t) => {
  const { call, here, screen, host } = await served(t)
  await call('POST /input', { text: 'seq 5000\r' })
  await until(async () => /^5000\n\$/m.test(await screen()))
  const { offset } = (await call('GET')).json.now
  const whole = await call('GET /output')
  assert.deepEqual([whole.headers['output-from'], whole.headers['output-to']], ['0', String(offset)])
  assert.equal(Buffer.byteLength(whole.text), offset)
  const part = await call('GET /output?from=100&limit=50')
  assert.deepEqual([part.headers['output-from'], part.headers['output-to']], ['100', '150'])
  assert.equal(part.text, whole.text.slice(100, 150))
  const end = await call(`GET /output?from=${offset}`)
  assert.deepEqual([end.text, end.headers['output-source'], end.headers['output-to']], ['', 'host', String(offset)])
  await call('DELETE')
  await host.forget(here.name)
  const logged = await call('GET /output')
  assert.deepEqual([logged.headers['output-source'], logged.headers['output-from']], ['log', '0'])
  assert.ok(logged.text.startsWith(whole.text))
  assert.equal(told(await call('GET /screen')), '409 invalid_state')
})

test('a process is reached with the key of the user, in its own session, and by who may type', async (t) => {
  const { call, s, here } = await served(t, { rawInput: false })
  const lines = [
    ...['GET ', 'GET /screen', 'GET /output', 'DELETE '],
    ...['POST /input', 'POST /resize', 'POST /interrupt'],
  ] as const
  const body = (line: string) =>
    line === 'POST /input' ? { body: { text: 'x' } } : line === 'POST /resize' ? { body: { cols: 9, rows: 9 } } : {}
  for (const line of lines) {
    const [method, path = ''] = line.split(' ')
    const at = `${method} /sessions/a/processes/${here.id}${path}`
    const stranger = await s.call(at, { headers: {}, ...body(line) })
    assert.deepEqual([told(stranger), stranger.json.field], ['403 forbidden', 'Authorization'], line)
    const wrong = { headers: { authorization: 'Bearer x' }, ...body(line) }
    assert.equal(told(await s.call(at, wrong)), '401 unauthenticated', line)
  }
  const typed = await call('POST /input', { text: 'x' })
  assert.deepEqual([told(typed), typed.json.field], ['403 forbidden', undefined])
  assert.equal(told(await call('POST /input', {})), '400 invalid')
  assert.equal(told(await call('POST /input', { text: 'x', keys: 'eHh4' })), '400 invalid')
  assert.equal((await call('GET /screen')).status, 200)
  const other = `/sessions/b/processes/${here.id}`
  await s.call('POST /sessions', { session_id: 'b' })
  assert.equal(told(await s.call(`GET ${other}`, { headers: { authorization } })), '404 not_found')
  assert.equal(told(await s.call('GET /sessions/a/processes/prc_x', { headers: { authorization } })), '404 not_found')
})

test('processes that nobody uses are closed on demand', async (t) => {
  const { s } = await served(t)
  const { status, json } = await s.call('POST /processes/cleanup', { headers: { authorization } })
  assert.deepEqual([status, json], [200, { closed: [] }])
  assert.equal(told(await s.call('POST /processes/cleanup')), '403 forbidden')
})

test('a program is opened once, whoever asks again, and what cannot be opened says why', async (t) => {
  const { s } = await served(t)
  const open = (body: object, headers: Readonly<Record<string, string>> = {}): Promise<Reply> =>
    s.call('POST /sessions/a/processes', { body, headers: { authorization, ...headers } })
  const key = { 'idempotency-key': 'open' }
  const first = await open({ program: 'bash', cols: 90, rows: 20 }, key)
  assert.equal(first.status, 201, first.text)
  const { process, run } = first.json
  assert.deepEqual([process.alive, process.now.cols, process.now.rows, run.status], [true, 90, 20, 'done'])
  const again = await open({ program: 'bash', cols: 90, rows: 20 }, key)
  assert.deepEqual([again.json.run.run_id, again.headers['idempotent-replayed']], [run.run_id, 'true'])
  const other = await open({ program: 'bash' })
  assert.notEqual(other.json.run.run_id, run.run_id)
  const ids = [again, other].map(({ json }) => json.process.process.process_id)
  assert.deepEqual(ids, [process.process.process_id, process.process.process_id])
  assert.equal(told(await open({ program: 'unheard-of' })), '404 not_found')
  assert.equal(told(await open({ program: 'bash', cols: 0 })), '400 invalid')
  assert.equal(told(await s.call('POST /sessions/a/processes', { program: 'bash' })), '403 forbidden')
  await s.call('POST /sessions', { session_id: 'nowhere' })
  const homeless = await s.call('POST /sessions/nowhere/processes', {
    body: { program: 'bash' },
    headers: { authorization },
  })
  assert.equal(told(homeless), '400 invalid')
  await s.call(`DELETE /sessions/a/processes/${process.process.process_id}`, { headers: { authorization } })
})
