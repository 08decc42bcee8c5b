// P13: one new entry to 1,000 followers of a session, against serialising it for each of them.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Child } from './child.ts'
import type { Sample, Variant } from './harness.ts'
import { Bench, times } from './harness.ts'
import { median } from './numbers.ts'
import type { Expect, Join } from './sse-clients.ts'
import type { Memory, Told } from './sse-server.ts'

const bench = new Bench('sse')
const subscribers = bench.size(1_000, 200)
const events = bench.size(20, 8)

interface Followed {
  readonly name: string
  readonly server: Child
  readonly clients: Child
  readonly heap: number
  told: number
}

async function follow(name: string, what: 'product' | 'each'): Promise<Followed> {
  const dir = join(bench.dir, what)
  mkdirSync(dir)
  const server = new Child(join(import.meta.dirname, 'sse-server.ts'), [what, dir])
  const { port } = await server.next<{ port: number }>()
  const clients = new Child(join(import.meta.dirname, 'sse-clients.ts'))
  const path = '/api/v1/sessions/followed/entries?after=2'
  // One stream first, so that what is made once is not charged to the others.
  await clients.ask({ port, path, count: 1 } satisfies Join)
  const before = await server.ask<Memory>({})
  await clients.ask({ port, path, count: subscribers } satisfies Join)
  const after = await server.ask<Memory>({})
  return { name, server, clients, heap: (after.heap - before.heap) / (subscribers - 1) / 1024, told: 0 }
}

/** Tells one event and waits until every subscriber has it. */
async function tell(followed: Followed): Promise<Told> {
  followed.told += 1
  const arrived = followed.clients.ask({ events: followed.told } satisfies Expect)
  const cost = await followed.server.ask<Told>({ tell: followed.told, count: subscribers })
  await arrived
  return cost
}

function telling(followed: Followed, part: 'queueing' | 'turn'): Variant {
  const round = async (): Promise<Sample> => {
    const costs: number[] = []
    for (let i = 0; i < events; i++) costs.push((await tell(followed))[part])
    return { wall: median(costs) }
  }
  return { name: followed.name, round }
}

const ours = await follow('daybook', 'product')
const theirs = await follow('serialised for each', 'each')
const to = `${subscribers.toLocaleString('en-US')} subscribers`
const queueing = await bench.race(`Loop time of one event to ${to}, handing it over`, 'ms per event', ours.name, [
  telling(ours, 'queueing'),
  telling(theirs, 'queueing'),
])
await bench.race(`Loop time of one event to ${to}, until the loop is free`, 'ms per event', ours.name, [
  telling(ours, 'turn'),
  telling(theirs, 'turn'),
])

const loop = queueing.rows.find((row) => row.name === ours.name)?.wall ?? Number.NaN
bench.bar({
  id: 'P13',
  what: `serialising for each over daybook, ${to}`,
  value: times(queueing, theirs.name, ours.name),
  is: 'at least',
  limit: 5,
})
bench.bar({ id: 'P13', what: `loop time of one event to ${to}`, value: loop, is: 'at most', limit: 1, unit: 'ms' })
bench.bar({ id: 'P13', what: 'heap per subscriber', value: ours.heap, is: 'at most', limit: 10, unit: 'KB' })
bench.remark(`Heap per subscriber of the server that serialises for each: ${theirs.heap.toFixed(1)} KB.`)
bench.remark(
  'Handing over is from the first write of an event to the last; the system calls follow in the same turn and are in "until the loop is free".',
)
for (const { server, clients } of [ours, theirs]) {
  await clients.end()
  await server.end()
}
bench.finish()
