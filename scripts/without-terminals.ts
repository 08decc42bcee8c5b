// Runs tests of programs as where the native package for terminals is missing: in a copy of the tree whose packages lack it.
// What needs a terminal is skipped there, so the last line is not one of those that are summed.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ownFiles, root } from './lib/files.ts'

/** Of each layer the shared suite, or what is nearest to it. */
const tests = [
  'program/host/inline.slow.test.ts',
  'program/headless.slow.test.ts',
  'program/acp/suite.slow.test.ts',
  'work/programs/acp.slow.test.ts',
  'work/programs/branch.slow.test.ts',
  'http/programs.test.ts',
]
const missing = '@lydell'

function copyTo(folder: string): void {
  const needed = /^(?:packages\/daybook\/|scripts\/|package\.json$|tsconfig\.json$|\.gitignore$)/
  for (const path of ownFiles().filter((each) => needed.test(each))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    copyFileSync(join(root, path), join(folder, path))
  }
  // A package that is linked finds its own in the real folder.
  mkdirSync(join(folder, 'node_modules'))
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name === missing || name === '.cache') continue
    const target = name === 'daybook' ? join(folder, 'packages', 'daybook') : join(root, 'node_modules', name)
    symlinkSync(target, join(folder, 'node_modules', name))
  }
}

const folder = mkdtempSync(join(tmpdir(), 'without-terminals-'))
try {
  copyTo(folder)
  const args = ['--disable-warning=ExperimentalWarning', 'scripts/test.ts']
  const files = tests.map((path) => `packages/daybook/src/${path}`)
  const { status, stdout } = spawnSync(process.execPath, [...args, ...files], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.stdout.write(stdout)
  const skipped = Number(/(\d+) skipped\n$/.exec(stdout)?.[1] ?? 0)
  const passed = status === 0 && skipped > 0
  console.log(passed ? 'all but terminals works without them' : 'FAILED without terminals')
  process.exitCode = passed ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
