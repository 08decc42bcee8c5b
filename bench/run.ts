// Runs benches by name, each in a process of its own: node bench/run.ts <name>...|all [--gate] [--quick] [--write] [--rounds N]
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { GateCount } from './bars.ts'

/** In the order of the bars. `peers`: the bench needs the packages of bench/peers. */
const benches: readonly { readonly name: string; readonly bars: string; readonly peers: boolean }[] = [
  { name: 'append-length', bars: 'P1 P2', peers: false },
  { name: 'peers', bars: 'P3 P4 P15', peers: true },
  { name: 'group-commit', bars: 'P5 P6', peers: false },
  { name: 'whole-append', bars: 'P7', peers: false },
  { name: 'http', bars: 'P8', peers: false },
  { name: 'start', bars: 'P9 P16', peers: true },
  { name: 'list', bars: 'P10', peers: true },
  { name: 'redis', bars: 'P12', peers: false },
  { name: 'sse', bars: 'P13', peers: false },
  { name: 'runs', bars: 'runs', peers: false },
  { name: 'redaction', bars: 'redaction', peers: false },
  { name: 'search', bars: 'search', peers: false },
  { name: 'adopt', bars: 'adopt', peers: false },
  { name: 'postgres', bars: 'postgres', peers: false },
  { name: 'scale', bars: 'scale', peers: false },
  { name: 'servers', bars: 'servers', peers: false },
  { name: 'programs', bars: 'programs', peers: false },
  { name: 'prompts', bars: 'prompts', peers: false },
  { name: 'turns', bars: 'turns', peers: true },
  { name: 'context', bars: 'context recalling', peers: false },
  { name: 'page', bars: 'page', peers: false },
]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    gate: { type: 'boolean' },
    quick: { type: 'boolean' },
    write: { type: 'boolean' },
    rounds: { type: 'string' },
  },
})

function wanted(): typeof benches {
  if (positionals.includes('all')) return benches
  return positionals.map((name) => {
    const bench = benches.find((each) => each.name === name)
    if (bench === undefined)
      throw new Error(`no bench is called ${name}; there are: ${benches.map((each) => each.name).join(' ')}`)
    return bench
  })
}

interface Ended {
  readonly code: number
  /** What it told at its gate; null without one, or when it ended before. */
  readonly count: GateCount | null
}

function run(name: string): Promise<Ended> {
  const flags = (['gate', 'quick', 'write'] as const).flatMap((flag) => (values[flag] === true ? [`--${flag}`] : []))
  if (values.rounds !== undefined) flags.push('--rounds', values.rounds)
  const file = join(import.meta.dirname, `${name}.ts`)
  const child = spawn(process.execPath, ['--expose-gc', file, ...flags], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  let count: GateCount | null = null
  child.once('message', (told) => {
    count = told as GateCount
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? 1, count }))
  })
}

const chosen = wanted()
if (chosen.length === 0) {
  console.error(`which bench? ${benches.map((bench) => `${bench.name} (${bench.bars})`).join(', ')}, or all`)
  process.exit(2)
}
if (chosen.some((bench) => bench.peers) && !existsSync(join(import.meta.dirname, 'peers', 'node_modules'))) {
  console.error('the peers are not installed: run "npm ci" in bench/peers first')
  process.exit(2)
}
const failed: string[] = []
const counts: GateCount[] = []
for (const bench of chosen) {
  console.log(`\n== ${bench.name} (${bench.bars})`)
  const { code, count } = await run(bench.name)
  if (code !== 0) failed.push(bench.name)
  // A bench that failed without a bar that did is a failure of its own.
  const failures = Math.max(count?.failed ?? 0, code === 0 ? 0 : 1)
  counts.push({ passed: count?.passed ?? 0, failed: failures, skipped: count?.skipped ?? 0 })
}
if (failed.length > 0) {
  console.error(`\nfailed: ${failed.join(' ')}`)
  process.exitCode = 1
}
if (values.gate === true) {
  const sum = (of: keyof GateCount): number => counts.reduce((total, count) => total + count[of], 0)
  console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`)
}
