// An agent that writes while its transcript is adopted: byte by byte, and as fast as it can from another process.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { adopting, homeOf, rawLines, said, temporaryFolder } from './adopting.fixture.ts'
import { codex } from './codex.ts'

async function recorded(home: string) {
  const [found] = await Array.fromAsync(codex.find({ home }))
  assert.ok(found)
  return { path: found.path, bytes: await readFile(found.path) }
}

test('a file that is cut at any byte is adopted up to its last whole record', async (t) => {
  // Several at once: most of the time of each is waiting for small files.
  const homes = await Promise.all(Array.from({ length: 8 }, () => homeOf(t, 'codex-0.58.0')))
  const cut = async (home: string, first: number): Promise<number> => {
    const { path, bytes } = await recorded(home)
    const small = bytes.subarray(0, mostCut)
    let cuts = 0
    for (let length = first; length <= small.length; length += homes.length, cuts += 1) {
      await writeFile(path, small.subarray(0, length))
      await adoptedUpTo(home, small.subarray(0, length))
    }
    return cuts
  }
  const cuts = await Promise.all(homes.map(cut))
  assert.equal(
    cuts.reduce((sum, each) => sum + each, 0),
    mostCut + 1,
  )
})

const mostCut = 4096

/** By an engine of its own, which is closed at once. */
async function adoptedUpTo(home: string, bytes: Buffer): Promise<void> {
  const endings: (() => unknown)[] = []
  const world = await adopting({ after: (end) => void endings.push(end) }, codex, home)
  const report = await world.adopt()
  const whole = bytes.lastIndexOf('\n') + 1
  const rest = bytes.subarray(whole).toString()
  const count =
    bytes.subarray(0, whole).toString().split('\n').length - 1 + (rest.endsWith('}') && isWhole(rest) ? 1 : 0)
  assert.deepEqual(report.problems, [])
  assert.equal(report.added, count === 0 ? 0 : 1)
  if (count > 0) assert.equal((await rawLines(world.sessions, await world.only())).length, count)
  for (const end of endings) await end()
}

function isWhole(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

test('a file that grows byte by byte brings each record once', async (t) => {
  const home = await homeOf(t, 'codex-0.58.0')
  const { path, bytes } = await recorded(home)
  await truncate(path, 0)
  const world = await adopting(t, codex, home)
  for (let at = 0; at < bytes.length; at += 7) {
    await appendFile(path, bytes.subarray(at, at + 7))
    await world.adopt()
  }
  const whole = await adopting(t, codex, await homeOf(t, 'codex-0.58.0'))
  await whole.adopt()
  const session = await world.only()
  assert.deepEqual(await rawLines(world.sessions, session), bytes.toString('utf8').trimEnd().split('\n'))
  assert.deepEqual(await said(session), await said(await whole.only()))
})

/** Writes numbered lines in pieces of odd sizes, ending between characters and within lines. */
const writer = `
const { openSync, writeSync } = require('node:fs')
const [path, count] = process.argv.slice(1)
const file = openSync(path, 'a')
let text = ''
for (let n = 0; n < Number(count); n += 1) {
  const content = [{ type: 'input_text', text: 'turn ' + n + ' — слово '.repeat(n % 40) }]
  text += JSON.stringify({ timestamp: new Date().toISOString(), type: 'response_item', payload: { type: 'message', role: 'user', content } }) + '\\n'
}
const bytes = Buffer.from(text)
for (let at = 0, size = 1; at < bytes.length; at += size, size = 1 + (size * 31 + 7) % 4099) writeSync(file, bytes.subarray(at, at + size))
`

test('what an agent writes meanwhile arrives whole, in order and once', async (t) => {
  const home = await temporaryFolder(t)
  const folder = await temporaryFolder(t)
  const path = join(
    home,
    '.codex/sessions/2026/11/21/rollout-2026-11-21T16-30-59-01a1fef2-5f8e-74f2-a77f-591ba25318b3.jsonl',
  )
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, '')
  const count = 5_000
  const world = await adopting(t, codex, home, join(folder, 'daybook.db'))
  const agent = spawn(process.execPath, ['-e', writer, path, String(count)], { stdio: 'inherit' })
  let over = false
  const ended = once(agent, 'exit').then(() => {
    over = true
  })
  let passes = 0
  while (!over) {
    await world.adopt()
    passes += 1
  }
  await ended
  await world.adopt()
  assert.ok(passes > 1)
  const session = await world.only()
  const turns: number[] = []
  for await (const entry of session.stream({ kinds: ['message'] }))
    turns.push(Number(/turn (\d+)/.exec(entry.body ?? '')?.[1]))
  assert.deepEqual(
    turns,
    Array.from({ length: count }, (_, n) => n),
  )
  assert.ok((await said(session)) !== undefined)
})
