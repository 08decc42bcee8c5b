// Runs variants against each other in alternating rounds, turns the samples into ratios to a named base, and judges bars.
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Bar, GateCount } from './bars.ts'
import { gateLimit, holds } from './bars.ts'
import { median } from './numbers.ts'
import { printBars, printTable, writeSection } from './report.ts'

/** One measurement. `wall` and `cpu` are microseconds per operation, or any unit the table names; lower is better. */
export interface Sample {
  readonly wall: number
  readonly cpu?: number
}

/** One way of doing the same work. `round` measures it once; whatever must stand before that is made ready by the bench. */
export interface Variant {
  readonly name: string
  round(): Promise<Sample> | Sample
}

export interface Row {
  readonly name: string
  /** Median over the rounds, in the unit of the table. */
  readonly wall: number
  readonly cpu: number | null
  /** Median of the ratios to the base, each taken inside one round. */
  readonly ratio: number
  readonly lowest: number
  readonly highest: number
  readonly samples: readonly Sample[]
}

export interface Table {
  readonly title: string
  readonly unit: string
  readonly base: string
  readonly rounds: number
  readonly rows: readonly Row[]
}

export interface Flags {
  readonly gate: boolean
  readonly quick: boolean
  readonly write: boolean
  readonly rounds: number
}

/**
 * Times `work`, which says how many operations it did. Garbage of the variant before is collected first: all of it, or the
 * `young`, where nobody leaves any other. What collects all of it also throws away the optimised code for every shape of
 * which nothing is alive just then, as happens between two rounds and never to a log in use.
 */
export async function timed(work: () => Promise<number> | number, garbage: 'all' | 'young' = 'all'): Promise<Sample> {
  if (garbage === 'all') globalThis.gc?.()
  else globalThis.gc?.({ type: 'minor', execution: 'sync' })
  const cpu = process.cpuUsage()
  const start = performance.now()
  const ops = await work()
  const wall = (performance.now() - start) * 1000
  const used = process.cpuUsage(cpu)
  return { wall: wall / ops, cpu: (used.user + used.system) / ops }
}

/** Alternates the variants for `rounds` rounds, every second one in reverse order, after one round that is thrown away. */
export async function race(of: {
  title: string
  unit: string
  base: string
  variants: readonly Variant[]
  rounds: number
  warm?: boolean
}): Promise<Table> {
  const samples = new Map<string, Sample[]>(of.variants.map((variant) => [variant.name, []]))
  if (!samples.has(of.base)) throw new Error(`no variant is called ${of.base}`)
  for (let round = of.warm === false ? 0 : -1; round < of.rounds; round++) {
    const order = round % 2 === 0 ? of.variants : of.variants.toReversed()
    for (const variant of order) {
      const sample = await variant.round()
      if (round >= 0) samples.get(variant.name)?.push(sample)
    }
  }
  const base = samples.get(of.base) ?? []
  const rows = of.variants.map((variant) => summary(variant.name, samples.get(variant.name) ?? [], base))
  return { title: of.title, unit: of.unit, base: of.base, rounds: of.rounds, rows }
}

function summary(name: string, samples: readonly Sample[], base: readonly Sample[]): Row {
  const ratios = samples.map((sample, i) => sample.wall / (base[i]?.wall ?? Number.NaN))
  const cpu = samples.flatMap((sample) => (sample.cpu === undefined ? [] : [sample.cpu]))
  return {
    name,
    samples,
    wall: median(samples.map((sample) => sample.wall)),
    cpu: cpu.length === 0 ? null : median(cpu),
    ratio: median(ratios),
    lowest: Math.min(...ratios),
    highest: Math.max(...ratios),
  }
}

/** How many times dearer `dear` is than `cheap`: the median of the ratios taken inside one round. */
export function times(table: Table, dear: string, cheap: string, by: 'wall' | 'cpu' = 'wall'): number {
  const over = find(table, dear).samples
  const under = find(table, cheap).samples
  return median(over.map((sample, i) => (sample[by] ?? Number.NaN) / (under[i]?.[by] ?? Number.NaN)))
}

function find(table: Table, name: string): Row {
  const row = table.rows.find((each) => each.name === name)
  if (row === undefined) throw new Error(`no variant is called ${name}`)
  return row
}

/** One bench program: its flags, its folder, its tables and bars, and the verdict at the end. */
export class Bench {
  readonly name: string
  readonly flags: Flags
  readonly dir: string
  readonly #tables: Table[] = []
  readonly #bars: Bar[] = []
  readonly #remarks: string[] = []
  #sync: number | undefined

  constructor(name: string) {
    this.name = name
    this.flags = readFlags()
    this.dir = mkdtempSync(join(process.env.DAYBOOK_BENCH_DIR ?? tmpdir(), `daybook-bench-${name}-`))
    process.once('exit', () => rmSync(this.dir, { recursive: true, force: true }))
  }

  /** `full`, or the smaller number a `--quick` run uses. */
  size(full: number, quick: number): number {
    return this.flags.quick ? quick : full
  }

  /** Median microseconds of one 4 KiB write + fdatasync where this bench keeps its files. */
  get fsync(): number {
    this.#sync ??= measureSync(this.dir)
    return this.#sync
  }

  async race(title: string, unit: string, base: string, variants: readonly Variant[], warm = true): Promise<Table> {
    const table = await race({ title, unit, base, variants, rounds: this.flags.rounds, warm })
    this.add(table)
    return table
  }

  add(table: Table): void {
    this.#tables.push(table)
    printTable(table)
  }

  bar(bar: Bar): void {
    this.#bars.push(bar)
  }

  /** A sentence that stands under the tables: how a variant was filled, what a row does not contain. */
  remark(text: string): void {
    this.#remarks.push(text)
  }

  /** Prints the verdict, writes the section when asked, and sets the exit code. Call it last. */
  finish(): void {
    printBars(this.#bars, this.#remarks)
    const facts = { rounds: this.flags.rounds, quick: this.flags.quick, fsync: this.fsync }
    if (this.flags.write)
      writeSection({ name: this.name, tables: this.#tables, bars: this.#bars, remarks: this.#remarks, ...facts })
    if (!this.flags.gate) return
    const judged = this.#bars.filter((bar) => bar.void === undefined)
    const missed = judged.filter((bar) => !holds(bar, gateLimit(bar)))
    for (const bar of missed)
      console.error(`gate: ${bar.id} ${bar.what}: ${bar.value.toPrecision(3)} is not ${bar.is} ${gateLimit(bar)}`)
    if (missed.length > 0) process.exitCode = 1
    const skipped = this.#bars.length - judged.length
    process.send?.({ passed: judged.length - missed.length, failed: missed.length, skipped } satisfies GateCount)
  }
}

function readFlags(): Flags {
  const { values } = parseArgs({
    options: {
      gate: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      rounds: { type: 'string' },
    },
  })
  const rounds = values.rounds === undefined ? (values.quick ? 3 : 5) : Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number from 1 on')
  return { gate: values.gate, quick: values.quick, write: values.write, rounds }
}

function measureSync(dir: string): number {
  const block = new Uint8Array(4096)
  const file = openSync(join(dir, 'fdatasync'), 'w')
  const samples: number[] = []
  for (let i = 0; i < 60; i++) {
    const start = performance.now()
    writeSync(file, block, 0, block.length, (i % 16) * block.length)
    fdatasyncSync(file)
    samples.push((performance.now() - start) * 1000)
  }
  closeSync(file)
  return median(samples)
}
