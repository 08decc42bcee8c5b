// Following that is cut a thousand times at random and resumed: every entry arrives once, in order.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { eachStore, range, say } from './testing.fixture.ts'

const cuts = 1000

/** Small and repeatable: a linear congruential generator. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

eachStore('a live stream that is cut 1,000 times and resumed has no gap and no double [B1]', async (world) => {
  const session = await world.anna.open()
  const pick = random(7)
  const seen: number[] = []
  let writing = true
  const writers = range(3).map(async (writer) => {
    for (let turn = 0; writing; turn += 1) {
      await world.anna.session(session.id).append(range(1 + (turn % 3)).map(() => say(`${writer}.${turn}`)))
      await new Promise((resolve) => setImmediate(resolve))
    }
  })
  for (let cut = 0; cut < cuts; cut += 1) {
    const stop = new AbortController()
    let left = 1 + pick(6)
    for await (const { seq } of session.follow(seen.at(-1) ?? 0, stop.signal)) {
      seen.push(seq)
      left -= 1
      if (left > 0) continue
      if (pick(2) === 0) break
      stop.abort()
    }
  }
  writing = false
  await Promise.all(writers)
  deepStrictEqual(seen, range(seen.length))
})

eachStore(
  'the feed that is cut 1,000 times and resumed from its cursors has no gap and no double [B1]',
  async (world) => {
    const pick = random(11)
    const seen: string[] = []
    let cursor: string | null = null
    let writing = true
    const ids = range(5).map((number) => `s${number}`)
    await Promise.all(ids.map((id) => world.anna.open({ id })))
    const writers = ids.map(async (id) => {
      for (let turn = 0; writing; turn += 1) {
        await world.anna.session(id).append(say(`${turn}`))
        await new Promise((resolve) => setImmediate(resolve))
      }
    })
    for (let cut = 0; cut < cuts; cut += 1) {
      const stop = new AbortController()
      let left = 1 + pick(6)
      for await (const item of world.anna.followFeed(cursor, stop.signal)) {
        seen.push(`${item.session} ${item.entry.seq}`)
        cursor = item.cursor
        left -= 1
        if (left > 0) continue
        if (pick(2) === 0) break
        stop.abort()
      }
    }
    writing = false
    await Promise.all(writers)
    strictEqual(new Set(seen).size, seen.length)
    for (const id of ids) {
      const own = seen.filter((name) => name.startsWith(`${id} `))
      deepStrictEqual(
        own,
        range(own.length).map((seq) => `${id} ${seq}`),
      )
    }
  },
)
