// The built page: which addresses show it, what its headers allow, and how its files are kept by browsers.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { type TestServer, testServer } from './server.fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'daybook-page-'))
const script = 'console.log(1)'.repeat(500)
let s: TestServer

before(async () => {
  mkdirSync(join(folder, 'assets'))
  writeFileSync(
    join(folder, 'index.html'),
    '<!doctype html><html><head><script src="./assets/a-1.js"></script></head></html>',
  )
  writeFileSync(join(folder, 'secret.txt'), 'not for everybody')
  writeFileSync(join(folder, 'assets', 'a-1.js'), script)
  writeFileSync(join(folder, 'assets', 'a-1.js.gz'), gzipSync(script))
  s = await testServer('memory', { page: folder })
})

after(async () => {
  await s[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

const get = (url: string, headers: Readonly<Record<string, string>> = {}) =>
  s.server.app.inject({ url, headers: { host: 'localhost', ...headers } })

test('the page is shown at its addresses and names the way back to its beginning, whatever stands in front of that', async () => {
  const bases = { '/': './', '/find': './', '/status': './', '/s/abc@7': '../', '/s/a%2Fb/p/c': '../../../' }
  for (const [url, base] of Object.entries(bases)) {
    const answer = await get(url)
    assert.equal(answer.statusCode, 200, url)
    assert.match(answer.payload, new RegExp(`<head>\\s*<base href="${base.replaceAll('.', '\\.')}" />`), url)
  }
  assert.equal((await get('/?agent=codex&q=a/b')).payload, (await get('/')).payload)
  assert.equal((await get('/find?q=a/b')).payload, (await get('/find')).payload)
  assert.equal((await get('/other')).statusCode, 404)
})

test('the page may load and run only what this server has, and stand in no frame', async () => {
  const policy = String((await get('/s/abc')).headers['content-security-policy'])
  for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"])
    assert.ok(policy.split('; ').includes(part), part)
  assert.ok(policy.includes("frame-ancestors 'none'") && policy.includes("require-trusted-types-for 'script'"))
  assert.doesNotMatch(policy, /unsafe|https?:|\*/)
})

test('whoever has the page already gets nothing, and asks again each time', async () => {
  const first = await get('/s/abc')
  assert.equal(first.headers['cache-control'], 'no-cache')
  const etag = String(first.headers.etag)
  const again = await get('/s/def', { 'if-none-match': `"other", ${etag}` })
  assert.deepEqual([again.statusCode, again.payload], [304, ''])
  assert.equal((await get('/', { 'if-none-match': etag })).statusCode, 200)
})

test('files are kept for ever and come as they were compressed beforehand', async () => {
  const plain = await get('/assets/a-1.js')
  assert.equal(plain.payload, script)
  assert.match(String(plain.headers['cache-control']), /immutable/)
  const packed = await get('/assets/a-1.js', { 'accept-encoding': 'gzip, br' })
  assert.equal(packed.headers['content-encoding'], 'gzip')
  assert.equal(gunzipSync(packed.rawPayload).toString(), script)
  assert.match(String(packed.headers.vary), /accept-encoding/i)
})

test('nothing beside the files of the page is given', async () => {
  for (const name of [
    'b.js',
    'a-1.js.gz',
    '../secret.txt',
    '..%2fsecret.txt',
    '%2e%2e/secret.txt',
    '/etc/passwd',
    '',
  ]) {
    const answer = await get(`/assets/${name}`)
    assert.equal(answer.statusCode, 404, name)
    assert.equal(answer.json().code, 'not_found', name)
  }
})

test('a server without a built page shows the small one, which says how it is built', async () => {
  await using bare = await testServer('memory', { page: join(folder, 'nowhere') })
  const answer = await bare.call('GET //')
  assert.match(answer.text, /npm run page/)
  assert.equal((await bare.call('GET //find')).status, 404)
})
