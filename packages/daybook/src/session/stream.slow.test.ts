// Long sessions: 100,000 messages are streamed page by page in flat memory, up to the seq at the call.

import { ok, strictEqual } from 'node:assert/strict'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { eachStore, range, say } from './testing.fixture.ts'

const count = 100_000

// Only what is still held counts, not what waits to be collected.
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes that the stream of `items` keeps at most beyond what there was before it. */
async function most(items: AsyncIterable<unknown>, wanted: number): Promise<number> {
  let seen = 0
  let high = 0
  collect()
  const before = process.memoryUsage().heapUsed
  for await (const _ of items) {
    seen += 1
    if (seen % 5000 !== 0) continue
    collect()
    high = Math.max(high, process.memoryUsage().heapUsed - before)
  }
  strictEqual(seen, wanted)
  return high
}

eachStore('100,000 messages are streamed in flat memory, without those that come meanwhile', async (world) => {
  const session = await world.anna.open()
  const text = 'x'.repeat(100)
  for (let written = 0; written < count; written += 500) {
    await session.append(range(500).map((number) => say(`${written + number} ${text}`)))
  }
  await world.restart()
  const again = world.anna.session(session.id)
  const history = await again.view('history')
  await again.append(say('later'))
  // All messages at once would take more than 40 MB.
  const limit = 16 * 1024 * 1024
  ok((await most(history.messages, count)) < limit)
  ok((await most(again.stream(), count + 2)) < limit)
  ok((await most(again.stream({ order: 'desc', kinds: ['message'] }), count + 1)) < limit)
  const before = performance.now()
  const { messages } = await again.view('history', { limit: 50 })
  ok((await most(messages, 50)) < limit)
  ok(performance.now() - before < 2000)
})
