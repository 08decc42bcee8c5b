// Runs every *.test.ts of the repository and ends with `N passed, N failed, N skipped`: each slow file in a process of its own, the others in batches.
//   --fast              leaves out *.slow.test.ts
//   --coverage          line coverage of the core by its own tests, at least 90 %
//   --again             runs a file with a failure once more, alone, and names what passes then as UNSTABLE instead of failed
//   --except <prefix>   leaves out paths (repeatable); plain arguments are the path prefixes to run instead of all
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { run } from 'node:test'
import type { TestEvent } from 'node:test/reporters'
import { parseArgs } from 'node:util'
import { batches } from './lib/batches.ts'
import { complete, type FileCoverage, percent } from './lib/coverage.ts'
import { ownFiles, root } from './lib/files.ts'
import { type AllowedSkip, compareSkips } from './lib/skips.ts'
import { Tally } from './lib/tally.ts'

const coreFolders = ['schema', 'store', 'session'].map((name) => `packages/daybook/src/${name}/`)
const leastCoverage = 90
/** Where the children keep compiled modules; not while lines are counted, which compiled modules blur. */
const compileCache = join(root, 'node_modules', '.cache', 'compile')
/** Milliseconds one test file, or batch of them, may take before it is ended as failed. */
const fileTimeout = 600_000
/** With more beside slow files, the last batch would keep one core busy while the others wait. */
const filesPerBatch = 25
/** A change that breaks more files than this is not unlucky. */
const mostAgain = 3
/** Two more than there are cores, so that none is idle where tests wait. */
const atOnce = availableParallelism() + 2

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    fast: { type: 'boolean', default: false },
    coverage: { type: 'boolean', default: false },
    again: { type: 'boolean', default: false },
    except: { type: 'string', multiple: true, default: [] },
  },
})

const slow = (path: string): boolean => path.endsWith('.slow.test.ts')

function chosen(files: readonly string[]): string[] {
  return files
    .filter((path) => path.endsWith('.test.ts'))
    .filter((path) => positionals.length === 0 || positionals.some((prefix) => path.startsWith(prefix)))
    .filter((path) => !values.except.some((prefix) => path.startsWith(prefix)))
    .filter((path) => !(values.fast && slow(path)))
    .sort()
}

/**
 * Long ones first: the cores end together. Where few are asked for, as by name, each has its own process. Where no file is slow,
 * all batches run at once: whatever a batch loads and warms up costs more than most of its tests.
 */
function begun(tests: readonly string[]): string[] {
  const quick = tests.filter((path) => !slow(path))
  const alone = quick.length < 5 ? tests : tests.filter(slow)
  const most = Math.ceil(quick.length / filesPerBatch)
  const count = alone.length === 0 ? Math.min(atOnce, most) : most
  const batched = quick.length < 5 ? [] : batches(quick, count)
  return [...alone.map((path) => join(root, path)), ...batched]
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

function reportTests(tally: Tally, started: number): void {
  for (const result of tally.results.filter(({ status }) => status === 'failed')) {
    console.log(`\nFAILED ${result.file}: ${result.name}\n${result.detail.replace(/^/gm, '    ')}`)
  }
  for (const result of tally.results.filter(({ status }) => status === 'skipped')) {
    console.log(`skipped ${result.file}: ${result.name} (${result.detail})`)
  }
  const slowest = tally.times.toSorted((a, b) => b.milliseconds - a.milliseconds).slice(0, 12)
  console.log(`\n${tally.times.length} files in ${seconds(performance.now() - started)}; the longest:`)
  for (const time of slowest) console.log(`  ${seconds(time.milliseconds).padStart(8)}  ${time.file}`)
}

/** A second try decides about what a busy machine may have failed; the first is told in full, as a fault to mend. */
async function runAgain(tally: Tally): Promise<void> {
  const failed = new Set(tally.results.filter(({ status }) => status === 'failed').map(({ file }) => file))
  if (failed.size > mostAgain) return
  for (const file of failed) {
    if (!file.endsWith('.test.ts')) continue // a batch as a whole
    const second = new Tally(root)
    await runAll([file], second)
    if (second.results.length === 0) continue // nothing ran, so nothing passed
    for (const { name, detail } of tally.replace(file, second)) {
      console.log(`\nUNSTABLE ${file}: ${name} (failed, then passed alone)\n${detail.replace(/^/gm, '    ')}`)
    }
  }
}

function reportCoverage(measured: readonly FileCoverage[], files: readonly string[]): boolean {
  const core = files.filter(
    (path) => coreFolders.some((folder) => path.startsWith(folder)) && /(?<!\.test)\.ts$/.test(path),
  )
  const all = complete(measured, core, (path) => readFileSync(join(root, path), 'utf8'))
  for (const folder of coreFolders) {
    const part = all.filter(({ path }) => path.startsWith(folder))
    console.log(`coverage ${folder} ${percent(part).toFixed(1)} % of lines in ${part.length} files`)
  }
  for (const file of all.filter((one) => percent([one]) < leastCoverage)) {
    console.log(
      `  ${percent([file]).toFixed(1).padStart(5)} %  ${file.path}${file.covered === 0 ? '  (never loaded)' : ''}`,
    )
  }
  const total = percent(all)
  const enough = total >= leastCoverage
  console.log(
    `coverage of the core: ${total.toFixed(1)} %, at least ${leastCoverage} % wanted${enough ? '' : ': TOO LOW'}`,
  )
  return enough
}

function skipsAgree(tally: Tally): boolean {
  const all = positionals.length === 0 && values.except.length === 0 && !values.fast
  if (process.env.DAYBOOK_EXPECT_ALL !== '1' || !all) return true
  const allowed = JSON.parse(readFileSync(join(root, 'test/allowed-skips.json'), 'utf8')) as AllowedSkip[]
  const skipped = tally.results.filter(({ status }) => status === 'skipped').map(({ name }) => name)
  const differences = compareSkips(skipped, allowed)
  for (const difference of differences) console.log(`test/allowed-skips.json: ${difference}`)
  return differences.length === 0
}

/** The lines that were run, where they are counted; counting slows every program that a test starts, so only the tests of the core count. */
async function runAll(tests: readonly string[], tally: Tally, coverage = false): Promise<FileCoverage[]> {
  if (coverage) delete process.env.NODE_COMPILE_CACHE
  else process.env.NODE_COMPILE_CACHE ??= compileCache
  const stream = run({
    files: begun(tests),
    cwd: root,
    concurrency: tests.some(slow) ? availableParallelism() : atOnce,
    timeout: fileTimeout,
    ...(coverage ? { coverage, coverageIncludeGlobs: coreFolders.map((folder) => join(root, folder, '**/*.ts')) } : {}),
  })
  let measured: FileCoverage[] = []
  for await (const event of stream as AsyncIterable<TestEvent>) {
    tally.add(event)
    if (event.type === 'test:stderr' || event.type === 'test:stdout') process.stderr.write(event.data.message)
    if (event.type === 'test:coverage') {
      measured = event.data.summary.files.map((file) => ({
        path: relative(root, file.path),
        lines: file.totalLineCount,
        covered: file.coveredLineCount,
      }))
    }
  }
  return measured
}

async function main(): Promise<boolean> {
  const started = performance.now()
  const files = ownFiles()
  const tests = chosen(files)
  const tally = new Tally(root)
  const measured: FileCoverage[] = []
  // Whoever ends it wants to know what it was waiting for.
  process.once('SIGTERM', () => {
    reportTests(tally, started)
    const over = new Set(tally.times.map(({ file }) => file))
    const left = tests.filter((path) => slow(path) && !over.has(path))
    console.log(`ended with these under way or not begun: ${left.join(', ')}, and batches of quick ones`)
    process.exit(1)
  })
  const core = (path: string): boolean => values.coverage && coreFolders.some((folder) => path.startsWith(folder))
  const others = tests.filter((path) => !core(path))
  if (others.length > 0) await runAll(others, tally)
  if (others.length < tests.length) measured.push(...(await runAll(tests.filter(core), tally, true)))
  if (values.again) await runAgain(tally)
  reportTests(tally, started)
  const covered = !values.coverage || reportCoverage(measured, files)
  const agreed = skipsAgree(tally)
  if (tally.results.length === 0) console.log('no test ran')
  console.log(tally.line())
  return covered && agreed && tally.results.length > 0 && tally.count('failed') === 0
}

process.exitCode = (await main()) ? 0 : 1
