// P5 and P6: many appenders on one session, sharing commits or made to take one commit each.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { oneAtATime, timedAppenders } from './appenders.ts'
import type { Log } from './daybook.ts'
import { openLog } from './daybook.ts'
import type { Variant } from './harness.ts'
import { Bench, times } from './harness.ts'

const bench = new Bench('group-commit')
const sizes = { one: bench.size(800, 300), shared: bench.size(12_800, 5_120) }

async function opened(name: string, relaxed: boolean): Promise<Log> {
  const dir = join(bench.dir, name)
  mkdirSync(dir)
  const log = await openLog({ dir, store: 'sqlite', relaxed })
  await log.fill('one', 10)
  return log
}

function shared(log: Log, count: number): Variant {
  return {
    name: `FULL, ${count} appenders share`,
    round: () => timedAppenders(count, count === 1 ? sizes.one : sizes.shared, (i) => log.append('one', i), 'young'),
  }
}

function each(log: Log, name: string): Variant {
  const append = oneAtATime((i) => log.append('one', i))
  return { name, round: () => timedAppenders(64, sizes.one, append, 'young') }
}

const full = await opened('full', false)
const relaxed = await opened('relaxed', true)
const base = 'FULL, one commit each'
const unsafe = 'NORMAL, one commit each'
const table = await bench.race('Appends to one session', 'us per append', base, [
  each(full, base),
  each(relaxed, unsafe),
  ...[1, 8, 64, 512].map((count) => shared(full, count)),
])

for (const [count, limit] of [
  [64, 8],
  [512, 15],
] as const) {
  const value = times(table, base, `FULL, ${count} appenders share`)
  bench.bar({
    id: 'P5',
    what: `${count} appenders sharing commits over one commit each, FULL`,
    value,
    is: 'at least',
    limit,
  })
}
const busy = bench.fsync > 500 ? { void: 'fdatasync is above 0.5 ms here' } : {}
const value = times(table, unsafe, 'FULL, 64 appenders share')
bench.bar({
  id: 'P6',
  what: '64 appenders sharing FULL commits over one NORMAL commit each',
  value,
  is: 'at least',
  limit: 1.5,
  ...busy,
})
bench.remark(
  '"One commit each" lets one append through at a time, through the same library: the next is sent when the one before is durable.',
)
await full.close()
await relaxed.close()
bench.finish()
