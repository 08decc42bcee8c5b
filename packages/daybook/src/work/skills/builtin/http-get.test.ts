// Tests of `http-get` against a real server on this machine: who may be asked, and what an answer may be.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { fails } from '../../../session/testing.fixture.ts'
import { asked, stage } from './builtin.fixture.ts'
import { isPrivate } from './fetching/allowed.ts'
import { httpGet } from './http-get.ts'

async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return { host, url: (path: string) => `http://${host}${path}`, [Symbol.asyncDispose]: close }
}

const text = { 'content-type': 'text/plain; charset=utf-8' }

test('text and JSON of an allowed host are given, compressed or not, with their status', async () => {
  await using on = await stage()
  await using server = await serve((request, response) => {
    strictEqual(request.headers.cookie, undefined)
    if (request.url === '/zip')
      return response.writeHead(200, { ...text, 'content-encoding': 'gzip' }).end(gzipSync('packed'))
    if (request.url === '/json') return response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":1}')
    if (request.url === '/old') return response.writeHead(302, { location: '/json' }).end()
    if (request.url === '/cp1251') {
      return response
        .writeHead(200, { 'content-type': 'text/html; charset=windows-1251' })
        .end(Buffer.from([0xe4, 0xe0]))
    }
    return response.writeHead(404, text).end('nothing here')
  })
  const skill = httpGet([server.host])
  const get = (path: string) => skill.run({ url: server.url(path) }, on.context())
  deepStrictEqual(await get('/zip'), { text: 'packed', status: 200, type: 'text/plain', url: server.url('/zip') })
  deepStrictEqual(await get('/old'), {
    text: '{"a":1}',
    status: 200,
    type: 'application/json',
    url: server.url('/json'),
  })
  strictEqual((await get('/cp1251')).text, 'да')
  deepStrictEqual([(await get('/none')).status, (await get('/none')).text], [404, 'nothing here'])
})

test('hosts that are not in the list are refused, also behind a redirect, and none is in it by itself', async () => {
  await using on = await stage()
  let met = 0
  await using other = await serve((_, response) => {
    met += 1
    response.writeHead(200, text).end('secret')
  })
  await using server = await serve((request, response) => {
    const location = request.url === '/loop' ? '/loop' : request.url === '/file' ? 'file:///etc/passwd' : other.url('/')
    response.writeHead(301, { location }).end()
  })
  const skill = httpGet([server.host])
  const code =
    (url: string, of = skill) =>
    (error: 'forbidden' | 'invalid' | 'unreachable') =>
      fails(() => of.run({ url }, on.context()), error)
  ok((await code('http://example.com/', httpGet([]))('forbidden')).hint?.includes('example.com'))
  await code(server.url('/away'))('forbidden')
  await code(server.url('/file'))('invalid')
  await code(server.url('/loop'))('unreachable')
  await code(other.url('/'))('forbidden')
  for (const url of ['ftp://example.com/', 'nowhere', `http://name:word@${server.host}/`]) await code(url)('invalid')
  // Another port of an allowed host is another host; other spellings of an address are the same one.
  await code('http://127.0.0.1/')('forbidden')
  await code(`http://2130706433:${server.host.split(':')[1]}/away`)('forbidden')
  strictEqual(met, 0)
})

test('endless, slow, foreign and broken answers end with their own codes', async () => {
  await using on = await stage()
  await using server = await serve((request, response) => {
    if (request.url === '/endless') {
      response.writeHead(200, text)
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      }
      response.on('drain', more)
      more()
    } else if (request.url === '/bomb') {
      response.writeHead(200, { ...text, 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(8 * 1024 * 1024)))
    } else if (request.url === '/slow') response.writeHead(200, text).write('and then …')
    else if (request.url === '/image') response.writeHead(200, { 'content-type': 'image/png' }).end('PNG')
    else if (request.url === '/headers') response.writeHead(200, { ...text, 'x-long': 'x'.repeat(20_000) }).end('x')
    else if (request.url === '/odd') response.writeHead(200, { ...text, 'content-encoding': 'zip' }).end('x')
    else request.socket.destroy()
  })
  const skill = httpGet([server.host])
  for (const [path, code] of [
    ['/endless', 'too_large'],
    ['/bomb', 'too_large'],
    ['/image', 'unsupported_media'],
    ['/odd', 'unsupported_media'],
    ['/headers', 'unreachable'],
    ['/gone', 'unreachable'],
  ] as const) {
    strictEqual((await fails(() => skill.run({ url: server.url(path) }, on.context()), code)).field, 'url')
  }
  await fails(() => httpGet([server.host], 50).run({ url: server.url('/slow') }, on.context()), 'unreachable')
  const cancelled = AbortSignal.abort()
  await fails(() => skill.run({ url: server.url('/slow') }, on.context({ signal: cancelled })), 'unreachable')
})

test('addresses that are private, or carry private ones, are told from public ones', () => {
  const hidden = [
    '10.1.2.3',
    '127.0.0.1',
    '169.254.169.254',
    '172.31.0.1',
    '192.168.0.1',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
  ]
  const six = [
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
  ]
  for (const address of [...hidden, ...six]) strictEqual(isPrivate(address), true, address)
  for (const address of ['1.1.1.1', '172.32.0.1', '2606:4700::1111']) strictEqual(isPrivate(address), false, address)
})

test('an entry of the list that is no host is refused, and texts are asked for their first address', async () => {
  for (const entry of ['', 'http://a.example', 'a.example/path', 'me@a.example', 'a b']) {
    strictEqual((await fails(() => httpGet([entry]), 'invalid')).field, 'httpAllow', entry)
  }
  const skill = httpGet([])
  deepStrictEqual(asked(skill, 'read https://a.example/x?y=1, please'), { url: 'https://a.example/x?y=1' })
  deepStrictEqual(asked(skill, '打开 https://a.example/页。'), { url: 'https://a.example/页' })
  strictEqual(asked(skill, 'read the news'), null)
})
