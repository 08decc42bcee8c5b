// P9 and P16: from the start of a process to its first answer, with few and with many sessions in the file.
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { stage } from '../scripts/lib/stage.ts'
import { openLog } from './daybook.ts'
import type { Sample, Variant } from './harness.ts'
import { Bench, times } from './harness.ts'
import { median } from './numbers.ts'

const bench = new Bench('start')
const few = 10
const many = bench.size(100_000, 10_000)
const starts = bench.size(7, 4)
/** The package as it is published, for that is what starts at its users'. */
const built = join(bench.dir, 'package')
const label = (n: number): string => `first answer, ${n.toLocaleString('en-US')} sessions`

/** Milliseconds until the child printed, and what it printed. */
function start(what: string, dir: string): Promise<{ wall: number; rss: number }> {
  const began = performance.now()
  const env = { ...process.env, NODE_COMPILE_CACHE: join(bench.dir, 'compile-cache') }
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'start-child.mjs'), what, dir, join(built, 'dist')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env,
    },
  )
  return new Promise((resolve, reject) => {
    let printed = ''
    let wall = Number.NaN
    child.stdout.on('data', (chunk: Buffer) => {
      if (printed === '') wall = performance.now() - began
      printed += chunk.toString()
    })
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 && printed !== ''
        ? resolve({ wall, rss: Number(printed) })
        : reject(new Error(`${what} ended with ${code}`)),
    )
  })
}

const memory = new Map<string, number[]>()

/** The best of several starts: what disturbs a start only ever makes it longer. */
function starting(name: string, what: string, dir: string): Variant {
  const round = async (): Promise<Sample> => {
    const runs: { wall: number; rss: number }[] = []
    for (let i = 0; i < starts; i++) runs.push(await start(what, dir))
    memory.set(name, [...(memory.get(name) ?? []), median(runs.map((run) => run.rss))])
    return { wall: Math.min(...runs.map((run) => run.wall)) }
  }
  return { name, round }
}

async function filled(n: number): Promise<string> {
  const dir = join(bench.dir, `with-${n}`)
  mkdirSync(dir)
  const log = await openLog({ dir, store: 'sqlite' })
  await log.fillList(n, 1, 4)
  await log.close()
  return dir
}

await stage(built, { types: false })
const dirs = { few: await filled(few), many: await filled(many) }
const empty = 'empty process'
const open = 'import daybook, open the store'
const sources = 'the same from the sources'
const mastra = 'import @mastra/libsql'
const table = await bench.race('Process start, warm compile cache', 'ms', empty, [
  starting(empty, 'empty', dirs.few),
  starting(open, 'built', dirs.few),
  starting(sources, 'open', dirs.few),
  starting(label(few), 'answer', dirs.few),
  starting(label(many), 'answer', dirs.many),
  starting(mastra, 'mastra', dirs.few),
])

const rss = (name: string): number => median(memory.get(name) ?? [])
const sessions = many.toLocaleString('en-US')
bench.bar({
  id: 'P9',
  what: `first answer with ${sessions} sessions over 10`,
  value: times(table, label(many), label(few)),
  is: 'at most',
  limit: 1.25,
})
bench.bar({
  id: 'P9',
  what: `memory with ${sessions} sessions over 10`,
  value: rss(label(many)) / rss(label(few)),
  is: 'at most',
  limit: 1.1,
})
bench.bar({
  id: 'P16',
  what: 'import and open over an empty process',
  value: times(table, open, empty),
  is: 'at most',
  limit: 1.6,
})
bench.bar({
  id: 'P16',
  what: 'importing Mastra’s store over import and open',
  value: times(table, mastra, open),
  is: 'at least',
  limit: 5,
})
bench.remark(
  `Each round takes the best of ${starts} starts; the clock stops at the first byte the process prints, after it answered.`,
)
bench.remark(
  'The second row runs the package as it is built for publishing; the rows below it run the sources, which node reads file by file.',
)
bench.finish()
