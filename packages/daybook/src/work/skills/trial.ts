// Tries a skill out: whether it can be read, and whether its own tests pass, in a process of their own.

import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import type { Skill } from './contract.ts'
import { listFolder } from './files.ts'
import { readSkill } from './folder.ts'

export interface Trial {
  readonly ok: boolean
  /** Null when it has a fault. */
  readonly skill: Skill | null
  /** Begins with file and line, where they are known. */
  readonly fault: string | null
  readonly passed: number
  readonly failed: number
  /** What the tests printed, for people; empty without tests. */
  readonly output: string
}

/** Milliseconds for all tests of a skill. */
const trialMs = 120_000

/** Checks the skill of a folder and runs its tests, files named `….test.ts`, `.mts`, `.js` or `.mjs`. Never fails by what it finds. */
export async function testSkill(folder: string): Promise<Trial> {
  const whole = resolve(folder)
  let skill: Skill
  try {
    skill = await readSkill(whole)
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error)
    return { ok: false, skill: null, fault, passed: 0, failed: 0, output: '' }
  }
  const tests = (await listFolder(whole)).paths.filter((path) => /\.test\.m?[jt]s$/.test(path))
  if (tests.length === 0) return { ok: true, skill, fault: null, passed: 0, failed: 0, output: '' }
  const { code, output } = await runTests(whole, tests)
  const passed = count('pass', output)
  const failed = count('fail', output)
  return { ok: code === 0 && failed === 0, skill, fault: null, passed, failed, output }
}

function runTests(folder: string, tests: readonly string[]): Promise<{ code: unknown; output: string }> {
  const { promise, resolve: done } = Promise.withResolvers<{ code: unknown; output: string }>()
  const flags = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', `--import=${preload()}`]
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  execFile(
    process.execPath,
    [...flags, '--test', '--test-reporter=spec', ...tests],
    { cwd: folder, env: { ...env, NO_COLOR: '1', FORCE_COLOR: '0' }, timeout: trialMs, maxBuffer: 16 * 1024 * 1024 },
    (error, stdout, stderr) => done({ code: error ? (error.code ?? error.signal ?? 1) : 0, output: stdout + stderr }),
  )
  return promise
}

/** A module as an address, so that it needs no file: the name `daybook` is this package, wherever the folder stands. */
function preload(): string {
  const code = `import { registerHooks } from 'node:module'
registerHooks({
  resolve: (name, context, next) =>
    next(name, /^daybook(?:\\/|$)/.test(name) ? { ...context, parentURL: ${JSON.stringify(import.meta.url)} } : context),
})`
  return `data:text/javascript,${encodeURIComponent(code)}`
}

/** The last such line: a test may print lines of its own. */
function count(what: string, output: string): number {
  return Number([...output.matchAll(new RegExp(`^\\S ${what} (\\d+)$`, 'gm'))].at(-1)?.[1] ?? 0)
}
