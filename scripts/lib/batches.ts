// Files that load many test files into one process: where each takes less time than a process does to begin.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './files.ts'

/** Plain JavaScript: types are not stripped below `node_modules`. */
const folder = join(root, 'node_modules', '.cache', 'test-batches')

export function isBatch(path: string): boolean {
  return path.startsWith(folder)
}

/** Spread like cards, so that the tests of one folder, which take alike long, do not all end up in one batch. */
export function dealt<T>(items: readonly T[], hands: number): T[][] {
  return Array.from({ length: Math.min(hands, items.length) }, (_, hand) =>
    items.filter((_, index) => index % hands === hand),
  )
}

/** Absolute paths of at most `count` files that load those of `files`, paths from the root. */
export function batches(files: readonly string[], count: number): string[] {
  const here = join(folder, String(process.pid))
  mkdirSync(here, { recursive: true })
  process.once('exit', () => rmSync(here, { recursive: true, force: true }))
  return dealt(files, count).map((hand, index) => {
    const path = join(here, `batch-${index + 1}-of-${hand.length}-files.test.mjs`)
    writeFileSync(path, hand.map((file) => `import ${JSON.stringify(pathToFileURL(join(root, file)).href)}\n`).join(''))
    return path
  })
}
