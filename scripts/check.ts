// The one command that checks everything quickly: types, lint, format, house rules, fast tests; under 60 seconds.
//   --no-tests   leaves the fast tests out, for a caller that runs all tests itself
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './lib/files.ts'

interface Step {
  readonly name: string
  readonly command: readonly string[]
}

const bin = (name: string): string => join(root, 'node_modules', '.bin', name)
const tests = (...args: string[]): string[] => [
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  'scripts/test.ts',
  ...args,
]
const rule = (...names: string[]): string[] => tests(...names.map((name) => `test/house/${name}.test.ts`))

const steps: readonly Step[] = [
  { name: 'types', command: [bin('tsc'), '-p', '.'] },
  { name: 'lint', command: [bin('biome'), 'lint', '--error-on-warnings'] },
  { name: 'format', command: [bin('biome'), 'check', '--linter-enabled=false'] },
  { name: 'floors', command: rule('floors', 'cycles', 'sizes', 'typing', 'headers') },
  { name: 'words', command: rule('names', 'alone') },
  { name: 'docs', command: rule('promises', 'links') },
]
const fastTests: Step = { name: 'fast tests', command: tests('--fast', '--except', 'test/house/') }

/** Searches at random are short here, and long where all tests run. What the environment says goes before. */
const env = { DAYBOOK_FUZZ_SECONDS: '3', DAYBOOK_MODEL_MS: '2000', ...process.env }

/** True when the step went well; its output is shown only when it did not. */
function runs({ name, command: [program = '', ...args] }: Step): boolean {
  const started = performance.now()
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    cwd: root,
    env,
    maxBuffer: 1 << 28,
    encoding: 'utf8',
  })
  const passed = error === undefined && status === 0
  const last = stdout?.trimEnd().split('\n').at(-1) ?? ''
  const counts = /^\d+ passed, \d+ failed, \d+ skipped$/.test(last) ? last : ''
  if (!passed) console.log([error?.message ?? '', stdout, stderr].join('\n').trim())
  const time = `${((performance.now() - started) / 1000).toFixed(1)} s`.padStart(7)
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${name.padEnd(12)} ${time}  ${counts}`)
  return passed
}

const { values } = parseArgs({ options: { 'no-tests': { type: 'boolean', default: false } } })
const started = performance.now()
const chosen = values['no-tests'] ? steps : [...steps, fastTests]
const failed = chosen.filter((step) => !runs(step)).map(({ name }) => name) // all of them, so that one run shows every fault
const total = ((performance.now() - started) / 1000).toFixed(1)
console.log(failed.length === 0 ? `all checks passed in ${total} s` : `FAILED after ${total} s: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
