// Attaching to a process that lives, over real WebSockets: a right picture first, then every byte once, for any number of clients.

import assert from 'node:assert/strict'
import { request } from 'node:http'
import { type TestContext, test } from 'node:test'
import { until } from '../../session/testing.fixture.ts'
import { key, type Served, served } from '../processes.fixture.ts'
import { attach } from './attached.fixture.ts'

async function listening(t: TestContext, options?: Parameters<typeof served>[1]): Promise<Served & { url: string }> {
  const one = await served(t, options)
  return { ...one, url: await one.s.server.listen({ port: 0, host: '127.0.0.1' }) }
}

const shows = (text: RegExp, screen: () => Promise<string>): Promise<void> =>
  until(async () => text.test(await screen()))

test('the first frame is the screen as it is, and behind it comes every byte that is printed', async (t) => {
  const one = await listening(t)
  await one.call('POST /input', { text: 'echo before; printf "\\e]0;named\\a\\e[?25l"\r' })
  await shows(/^before$/m, one.screen)
  const client = await attach(one.url, one)
  const [first] = client.told
  assert.ok(first?.type === 'snapshot')
  assert.match(first.ansi, /before/)
  assert.deepEqual([first.cols, first.rows, first.title, first.cursor_hidden], [120, 40, 'named', true])
  client.type('echo be"hi"nd\r')
  await shows(/\nbehind/, client.screen)
  const { offset } = (await one.call('GET')).json.now
  await until(() => client.at === offset)
  assert.equal(first.offset + client.bytes.length, offset)
  assert.equal((await one.call('GET')).json.now.attached, 1)
  client.socket.close()
  await until(async () => (await one.call('GET')).json.now.attached === 0)
})

test('whoever attaches while output flows sees the same screen in the end, also in the alternate one', async (t) => {
  const one = await listening(t)
  const first = await attach(one.url, one)
  // The last word stands in nothing that is typed, and nothing is printed behind it.
  first.type(
    `for i in $(seq 400); do printf "\\e[3$((i%8))mline $i 漢字🙂 é\\e[0m \\e[38;5;$((i%256))mcolour\\e[0m\\n"; done; ` +
      'printf "\\e[?1049h\\e[5;5Halternate"; for i in $(seq 300); do printf "\\e[$((i%38+1));$((i%19*6+1))H漢\\e[7m$i\\e[0m"; done; printf "\\e[40;1He%s" nd; read -r\r',
  )
  const others = []
  while (others.length < 12 && !/end/.test(await first.screen())) others.push(await attach(one.url, one))
  await shows(/end/, first.screen)
  const { offset } = (await one.call('GET')).json.now
  others.push(await attach(one.url, one))
  for (const other of [first, ...others]) {
    await until(
      () => other.at === offset || other.told.some((frame) => frame.type === 'snapshot' && frame.offset === offset),
    )
    assert.ok((await other.screen()) === (await first.screen()), 'the screens differ')
    other.socket.close()
  }
})

test('a client that was cut off goes on at the byte where it was', async (t) => {
  const one = await listening(t)
  const client = await attach(one.url, one)
  client.type('seq 100\r')
  await shows(/\n100\r?\n/, client.screen)
  client.socket.close()
  await until(() => client.closed !== null)
  await one.call('POST /input', { text: 'echo while "away"\r' })
  await shows(/^while away$/m, one.screen)
  const again = await attach(one.url, one, { query: `?from=${client.at}` })
  assert.deepEqual(again.told[0], { type: 'resumed', offset: client.at })
  await until(() => /while away/.test(again.bytes.toString()))
  const far = await attach(one.url, one, { query: '?from=999999999' })
  assert.equal(far.told[0]?.type, 'snapshot')
})

test('whoever typed last decides the size of the screen, and the others are told', async (t) => {
  const one = await listening(t)
  const size = async () => {
    const { cols, rows } = (await one.call('GET')).json.now
    return [cols, rows]
  }
  const first = await attach(one.url, one, { query: '?cols=100&rows=30' })
  assert.deepEqual(await size(), [100, 30])
  const second = await attach(one.url, one, { query: '?cols=80&rows=24' })
  assert.deepEqual(await size(), [100, 30])
  second.send({ type: 'resize', cols: 82, rows: 25 })
  second.type(' ')
  await until(async () => (await size()).join() === '82,25')
  await until(() => first.told.some((frame) => frame.type === 'resized' && frame.cols === 82))
  first.send({ type: 'resize', cols: 101, rows: 31 })
  second.send({ type: 'resize', cols: 83, rows: 26 })
  await until(async () => (await size()).join() === '83,26')
  first.type('stty size\r')
  await shows(/^31 101$/m, one.screen)
})

test('a terminal that answers by itself gives the program no second answer', async (t) => {
  const one = await listening(t)
  const client = await attach(one.url, one)
  client.type(
    'clear; IFS= read -rsd R -p $\'\\e[6n\' answer; printf "%q\\n" "$answer"; read -rst 1 more; echo "more: $more."\r',
  )
  await until(() => client.bytes.includes('\x1b[6n'))
  client.socket.send(Buffer.from('\x1b[33;44R\x1b[?62;22c'))
  await shows(/^more: \.$/m, one.screen)
  assert.doesNotMatch(await one.screen(), /33;44|62;22/)
})

test('a page is shown text and colours, and nothing that reaches beyond its screen', async (t) => {
  const one = await listening(t)
  await one.call('POST /input', { text: 'printf "\\e]0;ti%s\\a" tle\r' })
  const protocols = ['daybook.attach', `bearer.${key}`]
  const page = await attach(one.url, one, { headers: { origin: one.url }, protocols })
  assert.equal(page.socket.protocol, 'daybook.attach')
  const [first] = page.told
  assert.ok(first?.type === 'snapshot' && first.title === '')
  page.type('printf "\\e]52;c;c2Vj%s\\a\\e]8;;https://a.example\\a\\e[31mred\\e[0m\\e]8;;\\a\\n" cmV0\r')
  await until(() => page.bytes.includes('\x1b[31mred'))
  assert.doesNotMatch(page.bytes.toString('latin1'), /\x1b\]|c2VjcmV0/)
  assert.equal(page.at, (await one.call('GET')).json.now.offset)
})

test('a client that is slow is shown a gap and the screen as it is, and the program does not wait', async (t) => {
  const one = await listening(t)
  const { hostname, port } = new URL(one.url)
  const headers = { authorization: `Bearer ${key}`, connection: 'Upgrade', upgrade: 'websocket' }
  const handshake = { 'sec-websocket-version': '13', 'sec-websocket-key': Buffer.alloc(16).toString('base64') }
  const path = `/api/v1/sessions/a/processes/${one.here.id}/attach`
  const asked = request({ hostname, port, path, headers: { ...headers, ...handshake } })
  asked.end()
  const stalled = await new Promise<import('node:net').Socket>((resolve) => {
    asked.on('upgrade', (_answer, socket) => resolve(socket.pause()))
  })
  t.after(() => stalled.destroy())
  await one.call('POST /input', { text: 'head -c 16000000 /dev/zero | tr "\\0" x; echo; echo do"ne"\r' })
  // More than what the system holds for a connection: the program came to its end although nobody read.
  await until(async () => ((await one.host.get(one.here.name))?.offset ?? 0) > 16_000_000)
  const parts: Buffer[] = []
  stalled.on('data', (data: Buffer) => parts.push(data))
  stalled.resume()
  const texts = (): string => Buffer.concat(parts).toString('latin1').replaceAll(/x+/g, 'x')
  await until(() => /"type":"gap".*"type":"snapshot".*done/s.test(texts()))
  assert.ok(Buffer.concat(parts).length < 12_000_000)
})

test('the end of the process is told behind its last words, and closes the connection', async (t) => {
  const one = await listening(t)
  const client = await attach(one.url, one)
  client.type('echo last; exit 7\r')
  await until(() => client.closed !== null)
  assert.deepEqual(client.told.at(-1), { type: 'exit', exit_code: 7, signal: null })
  assert.match(client.bytes.toString(), /last/)
  assert.equal(client.closed, 1000)
  await assert.rejects(attach(one.url, one), /refused/)
})

test('nobody attaches without the key, from another site, or types without the right to', async (t) => {
  const one = await listening(t, { rawInput: false })
  for (const refused of [
    { headers: {} },
    { headers: { authorization: 'Bearer x' } },
    { headers: { origin: 'https://evil.example', authorization: `Bearer ${key}` } },
    { headers: {}, protocols: ['daybook.attach', 'bearer.x'] },
  ]) {
    await assert.rejects(attach(one.url, one, refused), /refused/)
  }
  const { status, json } = await one.call('GET /attach')
  assert.deepEqual([status, json.code], [400, 'invalid'])
  const client = await attach(one.url, one)
  client.type('echo typed\r')
  client.send('no JSON')
  client.send({ type: 'resize', cols: 0, rows: 1 })
  await until(() => client.told.length === 4)
  const codes = client.told.slice(1).map((frame) => frame.type === 'error' && frame.code)
  assert.deepEqual(codes, ['forbidden', 'invalid', 'invalid'])
  assert.doesNotMatch(await one.screen(), /typed/)
})

test('a server that ends says goodbye to those who are attached, and is not held up by them', async (t) => {
  const one = await listening(t)
  const client = await attach(one.url, one)
  await one.s.server.close()
  await until(() => client.closed !== null)
  assert.equal(client.closed, 1001)
})
