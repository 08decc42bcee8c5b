// Adopting transcripts against reading and parsing the same files: speed, a second run, the size of the store, memory.
import { createReadStream, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { adopting as composed } from '../packages/daybook/src/adopting.ts'
import { openSessions } from '../packages/daybook/src/session/sessions.ts'
import { sqliteStore } from '../packages/daybook/src/store/sqlite.ts'
import { adopt } from '../packages/daybook/src/transcripts/adopt.ts'
import { claude } from '../packages/daybook/src/transcripts/claude.ts'
import { codex } from '../packages/daybook/src/transcripts/codex.ts'
import type { AdoptReport } from '../packages/daybook/src/transcripts/contract-adopt.ts'
import { gemini } from '../packages/daybook/src/transcripts/gemini.ts'
import { qwen } from '../packages/daybook/src/transcripts/qwen.ts'
import { type Agent, mixed, type Written, writeHome } from './adopt-texts.ts'
import { Bench, timed, times, type Variant } from './harness.ts'

const bench = new Bench('adopt')
const readers = [claude, codex, gemini, qwen]
const scope = { tenant: 'local', subjects: ['local'] }
let stores = 0

interface World {
  readonly home: string
  readonly written: Written
}

function world(name: string, agents: readonly Agent[], bytes: number): World {
  const home = join(bench.dir, name)
  return { home, written: writeHome(home, agents, bytes) }
}

/** The least that whoever takes these files in has to do. */
async function parse({ written }: World): Promise<number> {
  let records = 0
  for (const path of written.paths) {
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
      if (typeof JSON.parse(line) === 'object') records += 1
    }
  }
  if (records < written.paths.length) throw new Error('nothing was read')
  return written.bytes / 2 ** 20
}

interface Adopted {
  readonly report: AdoptReport
  /** Bytes of the store, with everything beside it. */
  readonly size: number
  /** Milliseconds. */
  readonly wall: number
  /** Most bytes that the process had while the first and while the second half of the files was done. */
  readonly peaks: readonly [number, number]
}

async function adoptInto({ home, written }: World, folder: string): Promise<Adopted> {
  const store = sqliteStore({ path: join(folder, 'daybook.db'), worker: true })
  const sessions = await openSessions({ store })
  const mine = sessions.within(scope, { actor: 'engine:adopt', writer: 'I' })
  const peaks: [number, number] = [0, 0]
  const start = performance.now()
  const report = await adopt({
    readers,
    places: { home },
    sessions: mine,
    threads: composed.threads,
    onProgress({ files, filesDone }) {
      const half = filesDone <= files / 2 ? 0 : 1
      peaks[half] = Math.max(peaks[half], process.memoryUsage.rss())
    },
  })
  const wall = performance.now() - start
  await sessions.close()
  await store.close()
  if (report.problems.length > 0 || report.files !== written.paths.length) throw new Error('not all was adopted')
  return { report, size: sizeOf(folder), wall, peaks }
}

function sizeOf(folder: string): number {
  const inside = readdirSync(folder, { recursive: true, withFileTypes: true })
  return inside.reduce((sum, one) => sum + (one.isFile() ? statSync(join(one.parentPath, one.name)).size : 0), 0)
}

/** Rounds on fresh stores; the last one stays, for what is measured on it afterwards. */
function adopting(name: string, from: World): { variant: Variant; last(): { folder: string; adopted: Adopted } } {
  let last: { folder: string; adopted: Adopted } | undefined
  const round = async () => {
    if (last) rmSync(last.folder, { recursive: true })
    const folder = join(bench.dir, `store-${stores++}`)
    mkdirSync(folder)
    return timed(async () => {
      last = { folder, adopted: await adoptInto(from, folder) }
      return from.written.bytes / 2 ** 20
    })
  }
  return {
    variant: { name, round },
    last() {
      if (last === undefined) throw new Error('no round was measured')
      return last
    },
  }
}

async function compare(name: string, agents: readonly Agent[], bytes: number): Promise<void> {
  const from = world(name, agents, bytes)
  const base = `${name}: read and JSON.parse`
  const first = adopting(`${name}: adopt`, from)
  const table = await bench.race(`Adopt transcripts, ${name}`, 'us per MiB', base, [
    { name: base, round: () => timed(() => parse(from)) },
    first.variant,
  ])
  const { folder, adopted } = first.last()
  const again = await adoptInto(from, folder)
  if (again.report.unchanged !== from.written.paths.length) throw new Error('the second run wrote')
  const { written } = from
  const speed = { what: 'speed of adopting to reading and parsing', is: 'at least', limit: 0.5 } as const
  bench.bar({ id: `adopt ${name} speed`, ...speed, value: 1 / times(table, `${name}: adopt`, base) })
  const second = { what: 'a second run to the first', is: 'at most', limit: 0.02 } as const
  bench.bar({ id: `adopt ${name} again`, ...second, value: again.wall / adopted.wall })
  const size = { what: 'bytes of the store to those of the files', is: 'at most', limit: 0.6 } as const
  bench.bar({ id: `adopt ${name} size`, ...size, value: adopted.size / written.bytes })
  const [half, whole] = adopted.peaks
  const memory = { what: 'peak memory of the second half to that of the first', is: 'at most', limit: 1.25 } as const
  bench.bar({ id: `adopt ${name} memory`, ...memory, value: whole / half })
  bench.remark(`${name}: ${written.paths.length} files, ${(written.bytes / 2 ** 20).toFixed(0)} MiB.`)
  rmSync(from.home, { recursive: true })
  rmSync(folder, { recursive: true })
}

const total = bench.size(2 * 2 ** 30, 40 * 2 ** 20)
await compare('mixed', mixed, total)
await compare('codex', ['codex'], total / 4)
bench.finish()
