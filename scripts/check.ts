// The one command that checks everything quickly: types, lint, format, house rules, fast tests; under 60 seconds.
//   --no-tests   leaves the tests out, house rules among them, for a caller that runs all tests itself
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { root } from './lib/files.ts'
import { quickTemp } from './lib/quick-temp.ts'

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

/** Each checker looks at what its files import by itself: few cost less in all, and the other core has its work. */
const checkers = String(Math.max(1, Math.min(4, Math.floor(availableParallelism() / 2))))
const types = (project: string, info: string): string[] => {
  const kept = ['--incremental', '--tsBuildInfoFile', `node_modules/.cache/${info}.json`]
  return [bin('tsc'), '-p', project, '--checkers', checkers, ...kept]
}

const steps: readonly Step[] = [
  { name: 'types', command: types('.', 'types') },
  { name: 'page types', command: types('packages/web', 'page-types') },
  { name: 'lint, format', command: [bin('biome'), 'check', '--error-on-warnings'] },
]
const testSteps: readonly Step[] = [
  { name: 'rules', command: tests('test/house/') },
  { name: 'tests', command: tests('--fast', '--except', 'test/house/') },
]

const temp = quickTemp()
/**
 * Searches at random are short here, engines run on the store in memory, and no file waits for a disk, unless the environment
 * says so; all tests do both.
 */
const env = {
  DAYBOOK_CASES: '1/4',
  DAYBOOK_STORES: 'memory',
  DAYBOOK_MODEL_MS: '2000',
  ...(temp === null ? {} : { TMPDIR: temp }),
  ...process.env,
}

interface Outcome {
  readonly name: string
  readonly passed: boolean
}

/** Its output is shown only when it did not go well. */
async function outcomeOf({ name, command: [program = '', ...args] }: Step): Promise<Outcome> {
  const started = performance.now()
  const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [[code], out, err] = await Promise.all([
    once(child, 'close') as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ])
  const passed = code === 0
  const last = out.trimEnd().split('\n').at(-1) ?? ''
  const counts = /^\d+ passed, \d+ failed, \d+ skipped$/.test(last) ? last : ''
  if (!passed) console.log([out, err].join('\n').trim())
  const time = `${((performance.now() - started) / 1000).toFixed(1)} s`.padStart(7)
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${name.padEnd(12)} ${time}  ${counts}`)
  return { name, passed }
}

const { values } = parseArgs({ options: { 'no-tests': { type: 'boolean', default: false } } })
const started = performance.now()
// All of them, so that one run shows every fault; side by side, because tests wait now and then.
const outcomes = await Promise.all([...steps, ...(values['no-tests'] ? [] : testSteps)].map(outcomeOf))
const failed = outcomes.filter(({ passed }) => !passed).map(({ name }) => name)
const total = ((performance.now() - started) / 1000).toFixed(1)
console.log(failed.length === 0 ? `all checks passed in ${total} s` : `FAILED after ${total} s: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
