// `daybook adopt` as people use it: nothing is read before a yes, the report says what was kept, a server follows.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { appendFile, cp, readdir, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { until } from '../until.fixture.ts'
import { type Home, openHome } from './bin.fixture.ts'

const recordings = join(import.meta.dirname, '../transcripts/recordings')

async function homeWith(t: TestContext, names: readonly string[]): Promise<Home> {
  const home = openHome()
  t.after(() => home.end())
  for (const name of names) await cp(join(recordings, name), home.folder, { recursive: true })
  return home
}

const four = ['codex-0.169.0', 'gemini-0.61.0', 'qwen-0.24.4', 'described/claude']

test('a dry run tells what is there and makes no store', async (t) => {
  const home = await homeWith(t, four)
  const { exit, out } = await home.inside(['adopt', '--dry-run'])
  assert.equal(exit, 0)
  assert.match(out, /^Claude Code +1 file .*\nCodex +1 file .*\nGemini CLI +2 files .*\nQwen Code +1 file .*\n$/)
  assert.equal(existsSync(home.path('share/daybook')), false)
  const { out: lines } = await home.inside(['adopt', '--dry-run', 'codex', '--json'])
  const { agent, files, bytes } = JSON.parse(lines)
  assert.deepEqual([agent, files, bytes > 30_000], ['codex', 1, true])
})

test('it warns of what its own program is about to delete', async (t) => {
  const home = await homeWith(t, ['described/claude', 'codex-0.58.0'])
  const inside = await readdir(home.folder, { recursive: true })
  const old = new Date(Date.now() - 28 * 24 * 3_600_000)
  for (const name of inside) if (name.endsWith('.jsonl')) await utimes(home.path(name), old, old)
  const { out } = await home.inside(['adopt', '--dry-run'])
  assert.match(out, /^Claude Code .* 1 due for deletion by Claude Code within 3 days$/m)
  assert.equal(out.match(/due/g)?.length, 1)
})

test('without a yes nothing is read', async (t) => {
  const home = await homeWith(t, four)
  assert.equal((await home.inside(['adopt'])).exit, 7)
  assert.equal((await home.inside(['adopt'], { answers: ['n'] })).exit, 7)
  assert.equal(existsSync(home.path('share/daybook')), false)
})

test('after a yes the sessions are there: listed, shown, found, and adopted once', async (t) => {
  const home = await homeWith(t, four)
  const { exit, out } = await home.inside(['adopt'], { answers: ['y'] })
  assert.equal(exit, 0)
  assert.match(out, /^sessions {2}4 new · 0 grown · 0 as they were$/m)
  assert.match(out, /^kept {6}\d+ messages · 17 tool calls · 1 repository · 1 branch$/m)
  const again = JSON.parse((await home.inside(['adopt', '--yes', '--json'])).out)
  assert.deepEqual([again.added, again.grown, again.unchanged, again.bytesRead], [0, 0, 4, 0])
  const found = await home.inside(['find', 'clock skew', '--agent', 'codex'])
  assert.match(found.out, /codex +fix-auth .*clock skew/)
  const tail = /^(\S+)@/.exec(found.out)?.[1] ?? ''
  const shown = await home.inside(['show', tail])
  // Behind the day, where it is not today.
  assert.match(shown.out, /you +(?:\S+ +){0,3}16:30 +make the token test pass\n/)
  assert.match(shown.out, /\[create \S+token\.test\.js \+2 −0\]/)
  const files = await home.inside(['show', tail, '--files'])
  assert.match(files.out, /token\.js/)
  const verified = await home.inside(['store', 'verify'])
  assert.equal(verified.exit, 0)
})

test('agents and folders are chosen, unknown ones refused', async (t) => {
  const home = await homeWith(t, four)
  const adopt = async (...args: string[]) => JSON.parse((await home.inside(['adopt', '--yes', '--json', ...args])).out)
  assert.equal((await adopt('codex', '--folder', '/home/anna/other')).added, 0)
  assert.equal((await adopt('codex', '--folder', '/home/anna')).added, 1)
  assert.equal((await adopt('qwen')).added, 1)
  assert.equal((await home.inside(['adopt', 'nobody'])).exit, 2)
})

test('an export is read from where a person names it', async (t) => {
  const home = await homeWith(t, [])
  const file = join(recordings, 'described/chatgpt/Downloads/export/conversations.json')
  const { out } = await home.inside(['adopt', '--yes', '--json', '--export', file])
  assert.equal(JSON.parse(out).added, 2)
})

test('an empty home says so', async (t) => {
  const home = await homeWith(t, [])
  const { exit, out } = await home.inside(['adopt'])
  assert.deepEqual([exit, out], [0, 'no sessions of other agents here\n'])
})

test('a server follows new turns until it is told to stop', async (t) => {
  const home = await homeWith(t, ['codex-0.58.0'])
  const store = ['--store', home.path('a.db')]
  await home.serve(store)
  assert.equal((await home.inside(['adopt', '--yes', ...store])).exit, 0)
  const [file = ''] = (await readdir(home.path('.codex'), { recursive: true })).filter((one) => one.endsWith('.jsonl'))
  const say = (text: string) => {
    const payload = { type: 'message', role: 'user', content: [{ type: 'input_text', text }] }
    const line = JSON.stringify({ timestamp: '2026-11-21T17:00:00.000Z', type: 'response_item', payload })
    return appendFile(home.path('.codex', file), `${line}\n`)
  }
  await say('a turn that came later')
  await until(async () => (await home.inside(['find', 'came later', ...store])).out.includes('came later'))
  const stopped = await home.inside(['adopt', '--off', '--json', ...store])
  assert.deepEqual(JSON.parse(stopped.out), { following: [] })
})
