// Composing: stores by their URLs, and a server from its first answer to its end.
import assert from 'node:assert/strict'
import { readdirSync, readlinkSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openStore, type ServeSettings, startServer, version } from './main.ts'
import { isDaybookError } from './schema/errors.ts'
import { until } from './until.fixture.ts'

async function inFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'daybook-main-'))
  try {
    await act(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

describe('stores by URL', () => {
  it('opens memory and SQLite files, relative, absolute and relaxed [S2.8]', () =>
    inFolder(async (folder) => {
      for (const [url, name, durable] of [
        ['memory:', 'memory', 'none'],
        [`sqlite:${folder}/a.db`, 'sqlite', 'power'],
        [`sqlite://${folder}/b.db`, 'sqlite', 'power'],
        [`sqlite:${folder}/c.db?durability=relaxed`, 'sqlite', 'process'],
      ] as const) {
        await using store = await openStore(url)
        assert.deepEqual([store.name, store.supports.durable], [name, durable], url)
      }
      const files = (await readdir(folder)).filter((name) => name.endsWith('.db'))
      assert.deepEqual(files.sort(), ['a.db', 'b.db', 'c.db'])
    }))

  it('refuses anything else by a clear error that does not repeat a password', async () => {
    for (const url of [
      'mysql://u:sekret@h/d',
      'sqlite:',
      'sqlite://host/a.db',
      'sqlite:a.db?mode=fast',
      'data/a.db',
      '',
    ]) {
      const refusal = await openStore(url).catch((error: unknown) => error)
      assert.ok(isDaybookError(refusal) && refusal.code === 'invalid' && refusal.field === 'store', url)
      assert.doesNotMatch(refusal.message, /sekret/)
    }
  })
})

function isFileOf(fd: string, path: string): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).startsWith(path)
  } catch (error) {
    // The one that lists the folder is closed by then.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}

describe('the server', () => {
  const settings = (over: Partial<ServeSettings>): ServeSettings => ({
    port: 0,
    host: '127.0.0.1',
    store: 'memory:',
    ...over,
  })

  it('keeps over a restart what it was told, in a database that makes itself [S1.1] [S2.1]', () =>
    inFolder(async (folder) => {
      const store = `sqlite:${folder}/deep/er/daybook.db`
      const first = await startServer(settings({ store }))
      const api = (url: string): string => `${url}/api/v1/sessions/session_1`
      const post = async (url: string, body: object): Promise<void> => {
        const headers = { 'content-type': 'application/json' }
        assert.equal((await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).status, 201)
      }
      await post(`${api(first.url)}/messages`, { role: 'user', content: 'привет' })
      await post(`${api(first.url)}/handoff`, { to: 'coder', reason: 'because' })
      const told = await (await fetch(`${api(first.url)}/history`)).json()
      await first.close()
      await first.close()
      await assert.rejects(fetch(first.url))
      const second = await startServer(settings({ store }))
      assert.deepEqual(await (await fetch(`${api(second.url)}/history`)).json(), told)
      assert.equal((await fetch(api(second.url), { method: 'DELETE' })).status, 200)
      await second.close()
    }))

  it('finishes what is under way when it ends, and ends streams', async () => {
    const server = await startServer(settings({}))
    const session = `${server.url}/api/v1/sessions/a`
    const headers = { 'content-type': 'application/json' }
    const say = (content: string) =>
      fetch(`${session}/messages`, { method: 'POST', headers, body: JSON.stringify({ role: 'user', content }) })
    await say('one')
    const stream = await fetch(`${session}/entries`, { headers: { accept: 'text/event-stream' } })
    const under = Array.from({ length: 20 }, (_, n) =>
      say(`${n}`).then(
        (answer) => answer.status,
        () => 'refused',
      ),
    )
    const ended = server.close()
    for (const outcome of await Promise.all(under)) assert.ok([201, 503, 'refused'].includes(outcome), String(outcome))
    assert.match(await stream.text(), /: the server is ending/)
    await ended
  })

  it('closes the store when it cannot listen', () =>
    inFolder(async (folder) => {
      const store = `sqlite:${folder}/a.db`
      await assert.rejects(
        startServer(settings({ store, host: '0.0.0.0' })),
        (error) => isDaybookError(error) && error.field === 'host',
      )
      const taken = await startServer(settings({ store }))
      const second = settings({ store: `sqlite:${folder}/b.db`, port: Number(new URL(taken.url).port) })
      await assert.rejects(startServer(second), (error) => isDaybookError(error) && error.code === 'busy')
      // Another could have it for itself now: its files are closed, and so is everything above them.
      const handles = () => readdirSync('/proc/self/fd').filter((fd) => isFileOf(fd, join(folder, 'b.db')))
      if (process.platform === 'linux') assert.deepEqual(handles(), [])
      await taken.close()
    }))

  it('archives idle sessions by itself [S2.7]', async () => {
    const server = await startServer(settings({ idleMs: 0, keepMs: 5 }))
    const headers = { 'content-type': 'application/json' }
    await fetch(`${server.url}/api/v1/sessions`, { method: 'POST', headers, body: '{"session_id":"a"}' })
    const place = async () =>
      ((await (await fetch(`${server.url}/api/v1/sessions/a`)).json()) as { place: string }).place
    await until(async () => (await place()) === 'archived')
    await server.close()
  })

  it('says its version as the package does', () => {
    assert.match(version(), /^\d+\.\d+\.\d+/)
  })
})
