// `daybook find` through the program: the same answer on a store and on a server, for people and for programs.
import assert from 'node:assert/strict'
import { existsSync, rmSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { type Ended, fill, type Home, type InsideSettings, openHome, sample } from './bin.fixture.ts'

let home: Home
const where: Record<string, readonly string[]> = {}
const now = Date.now() + 2.5 * 3_600_000

before(async () => {
  home = openHome()
  for (const through of ['store', 'server']) {
    const store = home.path(through, 'a.db')
    await fill(store, async (mine) => {
      await sample(mine)
      const session = await mine.open({ id: 'ses_clock_k3f9', agent: 'codex', branch: 'fix-auth' })
      const content = `${'First something else. '.repeat(20)}I added 30 s of clock skew to the jwt check. ${'And more. '.repeat(40)}`
      await session.append({ kind: 'message', data: { role: 'assistant', content, agent: 'codex' } })
      await session.note('no clock skew tolerance, see RFC 7519', 'decision')
      await session.append({ kind: 'message', data: { role: 'user', content: '数据库连接超时\u001b[31m' } })
    })
    where[through] = through === 'store' ? ['--store', store] : ['--server', (await home.serve(['--store', store])).url]
  }
})
after(() => home.end())

type Run = (args: readonly string[], settings?: InsideSettings) => Promise<Ended>

function both(name: string, check: (run: Run) => Promise<void>): void {
  for (const through of ['store', 'server']) {
    test(`${name} (through a ${through})`, () =>
      check((args, settings) => home.inside([...args, ...(where[through] ?? [])], { now, ...settings })))
  }
}

both('hits stand in lines with address, agent, branch, age, text and kind', async (run) => {
  const { exit, out, err } = await run(['find', 'clock skew'])
  assert.equal(exit, 0)
  assert.match(out, /^k3f9@3 {2}codex {2}fix-auth {2}2 h {2}no clock skew tolerance, see RFC 7519 .*note$/m)
  assert.match(out, /^k3f9@2 {2}codex {2}fix-auth {2}2 h {2}….*I added 30 s of clock skew to the jwt check\..*…$/m)
  assert.equal(err, '2 hits in 2 sessions\n')
  const shown = await run(['show', 'k3f9@3'])
  assert.match(shown.out, /no clock skew tolerance/)
})

both('words of a line are one question, and a terminal is never obeyed', async (run) => {
  assert.match((await run(['find', 'skew', 'jwt'])).out, /^k3f9@2 /)
  const { out } = await run(['find', '超时'])
  assert.match(out, /^k3f9@4 .*数据库连接超时␛/)
  assert.ok(!out.includes('\u001b'))
})

both('on a terminal the words that were found stay in sight', async (run) => {
  const { out } = await run(['find', 'jwt'], { columns: 70 })
  const [line = ''] = out.split('\n')
  assert.match(line.replace(/\u001b\[\d+m/g, ''), /…clock skew to the jwt check/)
  assert.ok(line.includes('\u001b[1mjwt\u001b[22m'), line)
})

both('for programs hits come one per line', async (run) => {
  const { out } = await run(['find', 'clock', '--json'])
  const hits = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { session_id: string; seq: number })
  assert.deepEqual(hits.map(({ session_id, seq }) => `${session_id}@${seq}`).sort(), [
    'ses_clock_k3f9@2',
    'ses_clock_k3f9@3',
  ])
})

both('filters, limits and files', async (run) => {
  const addresses = async (...args: string[]) =>
    [...(await run(['find', ...args])).out.matchAll(/^\S+@\d+/gm)].map(([address]) => address).sort()
  assert.deepEqual(await addresses('clock', '--kinds', 'note'), ['k3f9@3'])
  assert.deepEqual(await addresses('clock', '--branch', 'main'), [])
  assert.deepEqual(await addresses('clock', '--agent', 'codex', '--limit', '1'), ['k3f9@3'])
  assert.deepEqual(await addresses('clock', '--since', '3h'), ['k3f9@2', 'k3f9@3'])
  assert.deepEqual(await addresses('clock', '--since', '1h'), [])
  assert.deepEqual(await addresses('clock', '--before', '3h'), [])
  assert.deepEqual(await addresses('token', '--in', 'auth'), ['auth@2', 'auth@3', 'auth@4'])
  assert.deepEqual(await addresses('--file', 'token.ts'), ['auth@3'])
})

both('what is misused says what to type', async (run) => {
  assert.deepEqual([(await run(['find'])).exit, (await run(['find', 'a', '--kinds', 'nothing'])).exit], [2, 2])
  assert.equal((await run(['find', 'a', '--before', 'soon'])).exit, 2)
  const { exit, out, err } = await run(['find', 'nothingofthekind'])
  assert.deepEqual([exit, out, err], [0, '', '0 hits in 2 sessions\n'])
})

test('the index stands beside its store, and losing it loses nothing', async () => {
  const index = home.path('store', 'a.db-search')
  await home.inside(['find', 'clock', ...(where.store ?? [])])
  assert.ok(existsSync(index))
  rmSync(index)
  assert.match((await home.inside(['find', 'clock', ...(where.store ?? [])])).out, /k3f9@3/)
  assert.ok(existsSync(index))
})
