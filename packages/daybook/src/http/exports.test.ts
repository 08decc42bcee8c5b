// Sessions in other forms over HTTP: as files that never run as a page of the server.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { prefix, say, storeNames, testServer, told } from './server.fixture.ts'

const types = {
  markdown: /^text\/markdown/,
  html: /^text\/html/,
  codex: /^application\/x-ndjson/,
  gemini: /^application\/x-ndjson/,
  opencode: /^application\/json/,
  claude: /^application\/x-ndjson/,
}

for (const name of storeNames) {
  describe(`exports over HTTP on ${name}`, () => {
    it('gives each form as a file with its type, whole and with what was said', async () => {
      await using s = await testServer(name)
      await s.call('POST /sessions', { session_id: 'a', metadata: { cwd: '/home/anna/app' } })
      for (let n = 0; n < 300; n += 1) await s.call('POST /sessions/a/messages', say(`sentence ${n} ends`))
      for (const [format, type] of Object.entries(types)) {
        const reply = await s.server.app.inject(`${prefix}/sessions/a/export?format=${format}`)
        const { headers, body } = reply
        assert.equal(reply.statusCode, 200, body)
        assert.match(String(headers['content-type']), type)
        assert.match(String(headers['content-disposition']), /^attachment; filename="a\.[a-z]+"$/)
        assert.match(String(headers['content-security-policy']), /default-src 'none'.*sandbox/)
        assert.equal(headers.etag, '"301"')
        for (let n = 0; n < 300; n += 1) assert.ok(body.includes(`sentence ${n} ends`), `${format} ${n}`)
      }
    })

    it('refuses what it cannot write: no form, an unknown one, a session without a folder or not there', async () => {
      await using s = await testServer(name)
      await s.call('POST /sessions', { session_id: 'a' })
      const get = async (path: string) => told(await s.call(`GET /sessions/${path}`))
      assert.equal(await get('a/export'), '400 invalid')
      assert.equal(await get('a/export?format=word'), '400 invalid')
      assert.equal(await get('a/export?format=codex'), '400 invalid')
      assert.equal(await get('b/export?format=html'), '404 not_found')
      assert.equal((await s.call('GET /sessions/a/export?format=html')).status, 200)
      await s.call('DELETE /sessions/a?now=true')
      assert.equal(await get('a/export?format=html'), '404 gone')
    })
  })
}
