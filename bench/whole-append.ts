// P7: the whole append (validation, redaction, chain, fold, commit) against prepared statements that do nothing but store.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { timedAppenders } from './appenders.ts'
import type { Log } from './daybook.ts'
import { openLog } from './daybook.ts'
import type { Variant } from './harness.ts'
import { Bench, timed, times } from './harness.ts'
import type { RawOptions } from './raw.ts'
import { RawLog } from './raw.ts'

const bench = new Bench('whole-append')
const grouped = bench.size(25_600, 6_400)
const single = bench.size(800, 300)
let keys = 0

async function opened(name: string): Promise<Log> {
  const dir = join(bench.dir, name)
  mkdirSync(dir)
  const log = await openLog({ dir, store: 'sqlite' })
  for (let i = 0; i < 64; i++) await log.fill(`session-${i}`, 10)
  return log
}

function raw(name: string, options: Partial<RawOptions>): RawLog {
  return new RawLog(bench.dir, name, { synchronous: 'FULL', keys: false, heads: 'each', sessions: 1, ...options })
}

const floors = (logs: readonly RawLog[], n: number, each: number): Variant[] =>
  logs.map((log) => ({ name: log.name, round: () => timed(() => log.append(n, each), 'young') }))

function whole(name: string, log: Log, n: number, count: number, of: { keyed?: boolean; sessions?: number }): Variant {
  const sessions = of.sessions ?? 1
  const append = (i: number): Promise<void> => {
    const id = `session-${i % sessions}`
    return of.keyed === true ? log.append(id, i, `key-${keys++}`) : log.append(id, i)
  }
  return { name, round: () => timedAppenders(count, n, append, 'young') }
}

const floor = raw('raw', {})
const others = [raw('raw, keys', { keys: true }), raw('raw, one head per commit', { heads: 'commit' })]
const spread = raw('raw, 64 sessions', { sessions: 64 })
const logs = { plain: await opened('plain'), keyed: await opened('keyed'), spread: await opened('spread') }

const table = await bench.race('64 appends to a commit, FULL', 'us per append', 'raw', [
  ...floors([floor, ...others], grouped, 64),
  whole('daybook', logs.plain, grouped, 64, {}),
  whole('daybook, keys', logs.keyed, grouped, 64, { keyed: true }),
])
await bench.race('64 appends to a commit over 64 sessions, FULL', 'us per append', 'raw, 64 sessions', [
  ...floors([spread], grouped, 64),
  whole('daybook, 64 sessions', logs.spread, grouped, 64, { sessions: 64 }),
])
const alone = await bench.race('One append to a commit, FULL', 'us per append', 'raw', [
  ...floors([floor], single, 1),
  whole('daybook', logs.plain, single, 1, {}),
  whole('daybook, keys', logs.keyed, single, 1, { keyed: true }),
])

const bar = (what: string, value: number, limit: number): void =>
  bench.bar({ id: 'P7', what, value, is: 'at most', limit })
bar('whole append over raw INSERT + UPDATE, 64 to a commit', times(table, 'daybook', 'raw'), 2)
bar('the same with callers’ keys', times(table, 'daybook, keys', 'raw'), 2.5)
bar('whole append over raw, one to a commit', times(alone, 'daybook', 'raw'), 1.3)
bench.remark('The raw rows have the same columns and unique (sid, seq); bodies and digests are made beforehand.')
bench.remark(
  '"raw" updates the head with every row as the bar says; the product does it once per session and commit, so compare "one head per commit" too.',
)
for (const log of [floor, ...others, spread]) log.close()
for (const log of Object.values(logs)) await log.close()
bench.finish()
