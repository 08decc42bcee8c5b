// Gathering in threads: what comes of it is what one thread alone makes, and a thread that dies takes nothing with it.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { appendFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { suite, type TestContext, test } from 'node:test'
import { adopting as composed } from '../adopting.ts'
import { openSessions } from '../session/sessions.ts'
import { memoryStore } from '../store/memory.ts'
import { adopt } from './adopt.ts'
import { homeOf, temporaryFolder } from './adopting.fixture.ts'
import type { FoundFile } from './contract.ts'
import type { AdoptOptions } from './contract-adopt.ts'

const module = composed.threads.module
const inThreads = { threads: { module, count: 2, worth: 0 } }
const recordings = ['codex-0.169.0', 'gemini-0.61.0', 'qwen-0.24.4', 'described/claude']
const secret = `ghp_${'a1B2'.repeat(9)}`

/** A home of four agents, one of whose transcripts takes several appends and holds a secret. */
async function largeHome(t: TestContext): Promise<{ home: string; large: string }> {
  const home = await temporaryFolder(t)
  for (const one of recordings) await cp(await homeOf(t, one), home, { recursive: true })
  const large = join(home, '.claude/projects/-home-anna-app/11111111-2222-4333-8444-555555555555.jsonl')
  await mkdir(dirname(large), { recursive: true })
  await writeFile(large, lines(600, 9_000))
  await appendFile(large, lines(1, 10, `the key is ${secret}`))
  return { home, large }
}

function lines(count: number, length: number, words = ''): string {
  const record = (i: number) => ({
    type: i % 2 === 0 ? 'user' : 'assistant',
    timestamp: new Date(Date.UTC(2026, 10, 21) + i * 1000).toISOString(),
    message: {
      role: i % 2 === 0 ? 'user' : 'assistant',
      content: `${words} ${i} ${'слово word '.repeat(length / 11)}`,
    },
  })
  return Array.from({ length: count }, (_, i) => `${JSON.stringify(record(i))}\n`).join('')
}

async function world(t: TestContext, home: string) {
  const store = memoryStore()
  const engine = await openSessions({ store })
  t.after(async () => {
    await engine.close()
    await store.close()
  })
  const sessions = engine.within({ tenant: 'default', subjects: ['local'] }, composed.adopter)
  return {
    run: (options: Partial<AdoptOptions> = {}) =>
      adopt({ readers: composed.readers, places: { home }, sessions, ...options }),
    /** Everything that was written, without when it was. */
    async all() {
      const { items } = await sessions.list({ limit: 1000, order: 'oldest' })
      const heads = items.toSorted((a, b) => (a.session < b.session ? -1 : 1))
      return Promise.all(
        heads.map(async ({ session, seq, name, branch, tokens }) => ({
          ...{ session, seq, name, branch, tokens },
          entries: (await sessions.session(session).read({ limit: 1000 })).map(({ seq, kind, actor, data }) => ({
            ...{ seq, kind, actor, data },
          })),
        })),
      )
    },
  }
}

suite('Threads that gather', () => {
  test('bring what one thread alone brings, at once and in what was added later', async (t) => {
    const { home, large } = await largeHome(t)
    const alone = await world(t, home)
    const beside = await world(t, home)
    const first = await beside.run(inThreads)
    assert.deepEqual(first, await alone.run())
    assert.deepEqual([first.added, first.masked], [5, [{ shape: 'github-token', count: 1 }]])
    assert.deepEqual(await beside.all(), await alone.all())
    await appendFile(large, lines(250, 9_000, 'more '))
    const second = await beside.run(inThreads)
    assert.equal(second.grown, 1)
    assert.deepEqual(second, await alone.run())
    const written = await beside.all()
    assert.deepEqual(written, await alone.all())
    assert.equal(JSON.stringify(written).includes(secret), false)
  })

  test('tell of a file that went like one thread alone', async (t) => {
    const { home, large } = await largeHome(t)
    const text = await readFile(large)
    const problems = async (options: Partial<AdoptOptions>) => {
      await writeFile(large, text)
      const one = await world(t, home)
      const accept = ({ path }: FoundFile) => {
        if (path === large) rmSync(large)
        return true
      }
      return (await one.run({ ...options, accept })).problems
    }
    const told = await problems(inThreads)
    assert.deepEqual(
      told.map(({ code }) => code),
      ['not_found'],
    )
    assert.deepEqual(told, await problems({}))
  })

  test('fail what they were asked for when they die, and the next pass goes on', async (t) => {
    const { home } = await largeHome(t)
    const one = await world(t, home)
    const dying = { module: new URL('./gatherer.fixture.ts', import.meta.url), count: 1, worth: 0 }
    await assert.rejects(one.run({ threads: dying }), { code: 'internal' })
    const alone = await world(t, home)
    await alone.run()
    await one.run(inThreads)
    assert.deepEqual(await one.all(), await alone.all())
  })

  test('end with whoever wants no more', async (t) => {
    const { home } = await largeHome(t)
    const one = await world(t, home)
    const stop = new AbortController()
    const running = one.run({ ...inThreads, signal: stop.signal, onProgress: () => stop.abort() })
    await assert.rejects(running, { name: 'AbortError' })
    const alone = await world(t, home)
    await alone.run()
    await one.run(inThreads)
    assert.deepEqual(await one.all(), await alone.all())
  })
})
