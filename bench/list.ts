// P10: the first page of a person's sessions, against the same query on fewer sessions and against other libraries.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Log } from './daybook.ts'
import { openLog } from './daybook.ts'
import type { Variant } from './harness.ts'
import { Bench, timed, times } from './harness.ts'
import { loadPeer } from './load-peer.ts'
import type { Peer } from './peers/peer.ts'

const bench = new Bench('list')
const many = bench.size(100_000, 10_000)
const crowd = bench.size(100, 10)

const label = (n: number): string => n.toLocaleString('en-US')

function folder(name: string): string {
  const dir = join(bench.dir, name)
  mkdirSync(dir)
  return dir
}

async function ours(n: number, owners: number): Promise<Log> {
  const log = await openLog({ dir: folder(`daybook-${n}-${owners}`), store: 'sqlite' })
  await log.fillList(n, owners)
  return log
}

async function theirs(name: 'mastra' | 'blob-full', owners: number): Promise<Peer> {
  const peer = await loadPeer(name)
  await peer.open(folder(`${name}-${owners}`))
  await peer.fillList?.(many, owners)
  return peer
}

function lists(name: string, total: number, list: () => Promise<readonly unknown[]>): Variant {
  const work = async (): Promise<number> => {
    for (let i = 0; i < total; i++) {
      const page = await list()
      if (page.length !== 50) throw new Error(`${name} listed ${page.length} sessions instead of 50`)
    }
    return total
  }
  return { name, round: () => timed(work) }
}

async function compare(owners: number, few: number): Promise<{ mastra: number; grown: number }> {
  const small = await ours(few, owners)
  const large = await ours(many, owners)
  const mastra = await theirs('mastra', owners)
  const blob = await theirs('blob-full', owners)
  const base = `daybook, ${label(many)}`
  const other = `daybook, ${label(few)}`
  const table = await bench.race(
    `First 50 sessions of one of ${owners} owner${owners === 1 ? '' : 's'}`,
    'us per page',
    base,
    [
      lists(base, 200, () => large.list50()),
      lists(other, 200, () => small.list50()),
      lists(mastra.name, 10, () => mastra.list50?.() ?? Promise.resolve([])),
      lists(blob.name, 1, () => blob.list50?.() ?? Promise.resolve([])),
    ],
  )
  for (const each of [small, large, mastra, blob]) await each.close()
  return { mastra: times(table, mastra.name, base), grown: times(table, base, other) }
}

const results = [await compare(1, 1_000), await compare(crowd, many / 10)]
const worst = {
  mastra: Math.min(...results.map((each) => each.mastra)),
  grown: Math.max(...results.map((each) => each.grown)),
}
bench.bar({
  id: 'P10',
  what: `Mastra listThreads over daybook, ${label(many)} sessions, the worse of one and ${crowd} owners`,
  value: worst.mastra,
  is: 'at least',
  limit: 50,
})
bench.bar({
  id: 'P10',
  what: `${label(many)} sessions over fewer, the worse of one and ${crowd} owners`,
  value: worst.grown,
  is: 'at most',
  limit: 3,
})
bench.remark(
  'Every page carries 50 heads with titles and last lines; Mastra’s carries threads. The exact total is part of both.',
)
bench.finish()
