// A follower whose connection is cut a thousand times at random sees every entry once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { prefix, say, storeNames, testServer } from '../server.fixture.ts'
import { Reader } from './stream.fixture.ts'

const cuts = 1000
const seed = 7

/** Numbers that look random and are the same in every run. */
function numbers(state: number): () => number {
  let at = state
  return () => {
    at = (at * 1_103_515_245 + 12_345) % 2_147_483_648
    return at / 2_147_483_648
  }
}

for (const name of storeNames) {
  test(`a follower that is cut ${cuts} times sees every entry once on ${name} [B1]`, { timeout: 240_000 }, async () => {
    await using s = await testServer(name, { heartbeat: 3 })
    const url = await s.server.listen({ port: 0, host: '127.0.0.1' })
    const random = numbers(seed)
    await s.call('POST /sessions', { session_id: 'a' })
    let writing = true
    let written = 1
    const writer = (async () => {
      while (writing) {
        const count = 1 + Math.floor(random() * 20)
        const body = Array.from({ length: count }, (_, n) => ({
          kind: 'message',
          data: say(`${n} ${'x'.repeat(random() * 500)}`),
        }))
        written = (await s.call('POST /sessions/a/entries', { body })).json.last
      }
    })()
    const seen: string[] = []
    let last = ''
    for (let cut = 0; cut < cuts; cut += 1) {
      const reader: Reader = new Reader(
        url,
        `${prefix}/sessions/a/entries`,
        last === '' ? {} : { 'last-event-id': last },
      )
      const wanted = Math.floor(random() * 12)
      await reader.until(() => reader.events.length > wanted)
      reader.leave()
      seen.push(...reader.ids)
      // What a browser would send: the last id it saw, of an entry or a heartbeat.
      last = reader.events.findLast((event) => event.id !== undefined)?.id ?? last
    }
    writing = false
    await writer
    const rest = new Reader(url, `${prefix}/sessions/a/entries?until=${written}`, { 'last-event-id': last })
    await rest.ended()
    seen.push(...rest.ids)
    assert.deepEqual(
      seen,
      Array.from({ length: written }, (_, n) => `${n + 1}`),
    )
  })
}
