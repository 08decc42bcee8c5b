// Killed at any moment, adopting goes on where the last append ended: every record once, log and heads agree.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { verifyStore } from '../session/verify.ts'
import { adopting, rawLines, temporaryFolder } from './adopting.fixture.ts'
import { codex } from './codex.ts'

const adopter = join(import.meta.dirname, 'adopter.fixture.ts')
const files = 4
const lines = 6_000

function line(file: number, n: number): string {
  const content = [{ type: 'input_text', text: `turn ${file}.${n} ${'слово '.repeat(n % 60)}` }]
  const payload = { type: 'message', role: n % 2 ? 'assistant' : 'user', content }
  return JSON.stringify({ timestamp: '2026-11-21T16:30:00.000Z', type: 'response_item', payload })
}

test('twelve kills lose no record and bring none twice', async (t) => {
  const home = await temporaryFolder(t)
  const path = join(await temporaryFolder(t), 'daybook.db')
  const texts = new Map<string, string[]>()
  for (let file = 0; file < files; file += 1) {
    const id = `01a1fef2-5f8e-74f2-a77f-00000000000${file}`
    const name = join(home, `.codex/sessions/2026/11/2${file}/rollout-2026-11-21T16-30-59-${id}.jsonl`)
    const all = Array.from({ length: lines }, (_, n) => line(file, n))
    await mkdir(dirname(name), { recursive: true })
    await writeFile(name, `${all.join('\n')}\n`)
    texts.set(id, all)
  }
  let midway = 0
  for (let kill = 0; kill < 12; kill += 1) {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', adopter, home, path])
    const exited = once(child, 'exit')
    let out = ''
    child.stdout.on('data', (text) => {
      out += text
    })
    await once(child.stdout, 'data')
    const deadline = performance.now() + kill * 40
    while (performance.now() < deadline && child.exitCode === null) await new Promise(setImmediate)
    child.kill('SIGKILL')
    await exited
    if (!out.includes('over')) midway += 1
  }
  assert.ok(midway > 2, `${midway} kills came midway`)
  const world = await adopting(t, codex, home, path)
  await world.adopt()
  const sessions = await world.all()
  assert.equal(sessions.length, files)
  for (const session of sessions) {
    const { metadata } = await session.cell()
    const { id } = metadata.adopted as { id: string }
    assert.equal((await rawLines(world.sessions, session)).join('\n') === texts.get(id)?.join('\n'), true, id)
    assert.equal((await session.head()).messages, lines)
  }
  const report = await verifyStore(world.store)
  assert.deepEqual([report.healthy, report.findings], [true, []])
})
