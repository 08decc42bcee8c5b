// Finds circles of value imports, which decide at load time whether a name is defined.
import { importsOf } from './imports.ts'
import type { Source } from './sources.ts'

/** Every circle once, as its path; type imports and lazy imports make none. */
export function cycles(sources: readonly Source[]): string[] {
  const edges = new Map(
    sources.map((one) => [
      one.path,
      importsOf(one).flatMap((each) => (each.relative && each.how === 'value' ? [each.target] : [])),
    ]),
  )
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const seenAt = trail.indexOf(path)
    if (seenAt >= 0) found.push([...trail.slice(seenAt), path].join(' -> '))
    if (seenAt >= 0 || done.has(path)) return
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of edges.keys()) visit(path, [])
  return found
}
