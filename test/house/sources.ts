// What the house rules look at: the repository's own files, read once.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ownFiles, root } from '../../scripts/lib/files.ts'
import { type Scanned, scan } from './scan.ts'

export interface Source extends Scanned {
  /** Relative to the repository's root, with forward slashes. */
  readonly path: string
  readonly text: string
}

/** A source from text, for planted violations. */
export function source(path: string, text: string): Source {
  return { path, text, ...scan(text) }
}

/** A file that was removed since the listing was made is left out: editors work in the same tree. */
function read(path: string): string | null {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

const binary = /\.(?:png|jpe?g|gif|ico|woff2?|db|sqlite|gz|zip|wasm|pdf)$/

let texts: readonly { path: string; text: string }[] | undefined
let sources: readonly Source[] | undefined

export function allTexts(): readonly { path: string; text: string }[] {
  texts ??= ownFiles()
    .filter((path) => !binary.test(path))
    .flatMap((path) => {
      const text = read(path)
      return text === null ? [] : [{ path, text }]
    })
  return texts
}

/** Every program text of ours. */
export function allSources(): readonly Source[] {
  sources ??= allTexts()
    .filter(({ path }) => /\.(?:ts|tsx|mjs)$/.test(path) && !path.includes('/golden/'))
    .map(({ path, text }) => source(path, text))
  return sources
}

export const isTest = (path: string): boolean => /\.test\.tsx?$|\.fixture\.ts$|(^|\/)test(s|-[a-z]+)?\//.test(path)
/** Shared suites are tests that ship: they may be longer, and they register tests. */
export const isSuite = (path: string): boolean => /(^|\/)conformance(\/|[.-])/.test(path)
