// Reads the imports of a source and resolves the relative ones.
import { posix } from 'node:path'
import type { Source } from './sources.ts'

export interface Import {
  /** A path from the repository's root for relative imports, else the specifier as written. */
  readonly target: string
  readonly relative: boolean
  /** `type` leaves nothing at run time, `lazy` is an `import()` expression. */
  readonly how: 'value' | 'type' | 'lazy'
}

const statement = /\b(import|export)\s+(type\s+)?(?:[\w$*\s{},]*?\s+from\s+)?(['"])([^'"\n]+)\3/g
const call = /\bimport\s*\(\s*(['"])([^'"\n]+)\1/g

export function importsOf({ path, code, uncommented }: Source): Import[] {
  const found: Import[] = []
  const add = (specifier: string, how: Import['how']): void => {
    const relative = specifier.startsWith('.')
    found.push({ target: relative ? posix.join(posix.dirname(path), specifier) : specifier, relative, how })
  }
  const isCode = (index: number): boolean => code[index] !== ' '
  for (const match of uncommented.matchAll(statement)) {
    if (isCode(match.index)) add(match[4] ?? '', match[2] === undefined ? 'value' : 'type')
  }
  for (const match of uncommented.matchAll(call)) {
    if (isCode(match.index)) add(match[2] ?? '', 'lazy')
  }
  return found
}
