// Line coverage of the core folders, with files that no test ever loaded counted as uncovered.
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'

export interface FileCoverage {
  readonly path: string
  readonly lines: number
  readonly covered: number
}

/** True when nothing of the file is left at run time: interfaces, types, comments, imports of types. */
export function typesOnly(source: string): boolean {
  const left = stripTypeScriptTypes(source)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/\bexport\s*\{\s*\}\s*;?/g, '')
  return left.replace(/[\s;]/g, '') === ''
}

/** What the runner measured, completed by the files it never saw; test files are not part of the sum. */
export function complete(
  measured: readonly FileCoverage[],
  files: readonly string[],
  read: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): FileCoverage[] {
  const known = new Map(measured.map((file) => [file.path, file]))
  return files.flatMap((path) => {
    const seen = known.get(path)
    if (seen !== undefined) return [seen]
    const source = read(path)
    return typesOnly(source) ? [] : [{ path, lines: source.trimEnd().split('\n').length, covered: 0 }]
  })
}

/** Covered lines in percent; 100 for an empty list. */
export function percent(files: readonly FileCoverage[]): number {
  const lines = files.reduce((sum, file) => sum + file.lines, 0)
  return lines === 0 ? 100 : (100 * files.reduce((sum, file) => sum + file.covered, 0)) / lines
}
