// P1 and P2: what one more message and the last 50 messages cost in sessions of growing length, one commit per append.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { timedAppenders } from './appenders.ts'
import type { Log } from './daybook.ts'
import { openLog } from './daybook.ts'
import type { Variant } from './harness.ts'
import { Bench, timed, times } from './harness.ts'

const bench = new Bench('append-length')
const lengths = bench.flags.quick ? [10, 1_000, 10_000] : [10, 1_000, 10_000, 100_000]
const longest = lengths.at(-1) ?? 10
// More than a snapshot's distance, so that every round pays for one.
const appends = bench.size(1_200, 600)

const label = (length: number): string => `${length.toLocaleString('en-US')} messages`

async function opened(length: number, relaxed: boolean): Promise<Log> {
  const dir = join(bench.dir, `${length}-${relaxed ? 'relaxed' : 'full'}`)
  mkdirSync(dir)
  const log = await openLog({ dir, store: 'sqlite', relaxed })
  if (length > 10) await log.fill('one', length)
  return log
}

/** A short session stays short: each 100 appends go to a new one of ten messages. */
function appending(log: Log, length: number): Variant {
  let made = 0
  const short = async (): Promise<string[]> => {
    const ids = Array.from({ length: appends / 100 }, () => `short-${made++}`)
    for (const id of ids) await log.fill(id, length)
    return ids
  }
  const round = async () => {
    const ids = length === 10 ? await short() : ['one']
    return timedAppenders(1, appends, (i) => log.append(ids[Math.floor(i / 100) % ids.length] ?? 'one', i))
  }
  return { name: label(length), round }
}

function reading(log: Log, length: number): Variant {
  const round = () =>
    timed(async () => {
      for (let i = 0; i < 200; i++) await log.last50('one')
      return 200
    })
  return { name: label(length), round }
}

const ratios: number[] = []
for (const relaxed of [false, true]) {
  const logs = await Promise.all(lengths.map(async (length) => ({ length, log: await opened(length, relaxed) })))
  const mode = relaxed ? 'synchronous=NORMAL' : 'synchronous=FULL'
  const table = await bench.race(
    `Append one message, ${mode}`,
    'us per append',
    label(10),
    logs.map(({ log, length }) => appending(log, length)),
  )
  ratios.push(times(table, label(longest), label(10)))
  if (relaxed) {
    const long = logs.filter(({ length }) => length > 10)
    const reads = await bench.race(
      'Read the last 50 messages',
      'us per read',
      label(1_000),
      long.map(({ log, length }) => reading(log, length)),
    )
    const value = times(reads, label(longest), label(1_000))
    bench.bar({ id: 'P2', what: `last 50 at ${label(longest)} over ${label(1_000)}`, value, is: 'at most', limit: 3 })
  }
  for (const { log } of logs) await log.close()
}
bench.bar({
  id: 'P1',
  what: `append at ${label(longest)} over ${label(10)}, the worse of FULL and NORMAL`,
  value: Math.max(...ratios),
  is: 'at most',
  limit: 2,
})
bench.remark('Each length has a file of its own; the short sessions are new ones of ten messages, 100 appends each.')
bench.finish()
