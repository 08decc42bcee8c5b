// A follower of an index in PostgreSQL that is killed at any moment: another goes on where it stood.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import type { ScopedSessions } from '../../session/contract.ts'
import { contentsOf, inSchema, type Place, say, server } from './servers.fixture.ts'

async function fill(mine: ScopedSessions, from: number): Promise<void> {
  for (let round = from; round < from + 12; round++) {
    const session = mine.session(`s${round % 6}`, { opens: true })
    const texts = Array.from({ length: 40 }, (_, at) => say(`round ${round} text ${at} запись 数据库 src/file${at}.ts`))
    const { last } = await session.append(texts)
    if (round % 3 === 0) await session.erase([last - 3, last - 20])
  }
  if (from > 0) await mine.session('s5').delete()
}

/** Starts a process that feeds the index and kills it at its `line`-th line; true when it came to its end before. */
async function killedAt({ url, schema }: Place, line: number): Promise<boolean> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'follower.fixture.ts'), url, schema, '500'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let seen = 0
  for await (const said of createInterface({ input: child.stdout })) {
    seen += 1
    if (said !== 'end' && seen < line) continue
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
    return said === 'end'
  }
  throw new Error('the follower ended by itself')
}

test('another goes on where a killed one stood, and holds what reading all at once gives', () =>
  inSchema(async (place) => {
    await using one = await server(place, false, { silence: 500 })
    let kills = 0
    for (const from of [0, 12]) {
      await fill(one.mine, from)
      for (const line of [1, 2, 3, 4]) {
        if (await killedAt(place, line)) break
        kills += 1
      }
    }
    assert.ok(kills >= 5, `${kills} kills`)
    await one.search.catchUp()
    while (await one.index.tidy());
    const gone = await contentsOf(one.index)
    await one.index.clear()
    await using two = await server(place, false)
    await one[Symbol.asyncDispose]()
    await two.search.catchUp()
    while (await two.index.tidy());
    const whole = await contentsOf(two.index)
    assert.ok(whole.length > 500)
    assert.deepEqual(gone, whole)
  }))
