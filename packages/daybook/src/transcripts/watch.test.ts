// Following live: new turns arrive, rotation does not confuse it, nobody is followed who was not asked for.
import assert from 'node:assert/strict'
import { appendFile, mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { adopting, messagesOf, temporaryFolder } from './adopting.fixture.ts'
import { claude } from './claude.ts'
import { codex } from './codex.ts'
import { watchTranscripts } from './watch.ts'

const user = (content: string) => `${JSON.stringify({ type: 'user', message: { role: 'user', content } })}\n`

async function watched(t: TestContext, wanted: () => Promise<boolean | readonly string[]>) {
  const home = await temporaryFolder(t)
  const file = join(home, '.claude/projects/-app/one.jsonl')
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, user('one'))
  const world = await adopting(t, claude, home)
  const reports: number[] = []
  const errors: unknown[] = []
  const watching = watchTranscripts({
    readers: [claude, codex],
    places: { home },
    sessions: world.sessions,
    wanted,
    soonMs: 5,
    quietMs: 20,
    onReport: ({ messages }) => reports.push(messages),
    onError: (error) => errors.push(error),
  })
  t.after(() => watching[Symbol.asyncDispose]())
  const texts = async () => (await messagesOf(await world.only())).map(({ content }) => content)
  return { world, file, watching, reports, errors, texts }
}

test('[B10] new turns arrive, also in a file that took the place of another', async (t) => {
  const { file, watching, texts, errors } = await watched(t, async () => true)
  await watching.look()
  assert.deepEqual(await texts(), ['one'])
  await appendFile(file, user('two'))
  await watching.look()
  assert.deepEqual(await texts(), ['one', 'two'])
  await rename(file, `${file}.1`)
  await writeFile(file, user('three'))
  await watching.look()
  assert.deepEqual(await texts(), ['one', 'two', 'three'])
  assert.deepEqual(errors, [])
})

test('it looks by itself, and reads only what changed', async (t) => {
  const { file, watching, reports, world } = await watched(t, async () => ['claude'])
  await watching.look()
  await appendFile(file, user('two'))
  const signal = AbortSignal.timeout(20_000)
  for await (const _ of (await world.only()).follow(3, signal)) break
  assert.deepEqual(reports.slice(0, 2), [1, 1])
  await watching[Symbol.asyncDispose]()
  assert.equal(reports.length, 2)
})

test('nobody is read who is not wanted', async (t) => {
  let wanted: boolean | readonly string[] = false
  const { watching, world, reports } = await watched(t, async () => wanted)
  await watching.look()
  wanted = ['codex']
  await watching.look()
  assert.equal((await world.all()).length, 0)
  assert.deepEqual(reports, [])
  wanted = ['claude']
  await watching.look()
  assert.equal((await world.all()).length, 1)
})

test('a failure is told, and the next look comes all the same', async (t) => {
  let failing = true
  const { watching, world, errors } = await watched(t, async () => {
    if (failing) throw new Error('planted')
    return true
  })
  await watching.look()
  assert.ok(errors.length > 0)
  failing = false
  await watching.look()
  assert.equal((await world.all()).length, 1)
})
