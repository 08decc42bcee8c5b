// Which modules of the package are entries of their own, and where each of them stands in the build.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './files.ts'

export const home = join(root, 'packages', 'daybook')

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly bin: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, string>>
  readonly [field: string]: unknown
}

export function manifest(): Manifest {
  return JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as Manifest
}

/** `./src/store/sqlite.ts` as `store/sqlite`; null for what is no source, like the manifest itself. */
export function entryOf(target: string): string | null {
  return /^\.\/src\/(.+)\.ts$/.exec(target)?.[1] ?? null
}

/** Started by a path instead of by an export: the command line by the bin, threads and the process host by what they work for. */
const started = ['cli/main', 'store/sqlite/worker', 'search/sqlite/worker', 'gatherer', 'program/host/main']

/** Names of all entries, relative to the sources and without an ending. */
export function entries({ exports }: Manifest): readonly string[] {
  return [...Object.values(exports).flatMap((target) => entryOf(target) ?? []), ...started]
}
