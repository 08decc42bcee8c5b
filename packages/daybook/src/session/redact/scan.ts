// Merges the searches into one pass from left to right: the hit that begins first wins, and nothing is replaced twice.
import { ASSIGNED_NAMES, assigned } from './assigned.ts'
import { type Finder, type Hit, MARKER_START, marker } from './finder.ts'
import { PEM_SHAPE, privateKeys } from './pem.ts'
import { project, projected, sourceOf } from './project.ts'
import { SHAPE_NAMES, shapes } from './shapes.ts'
import type { Values } from './values.ts'

/** Every name under which something is reported without configuration. */
export const ALL_SHAPES: readonly string[] = [...new Set([...SHAPE_NAMES, ...ASSIGNED_NAMES, PEM_SHAPE])]

/** Recognises earlier replacements, so that redacting again changes nothing. */
function markers(names: readonly string[]): Finder {
  const known = new Set(names.map(marker))
  const longest = Math.max(...[...known].map((each) => each.length))
  return {
    next(text, from): Hit | null {
      for (let start = text.indexOf(MARKER_START, from); start >= 0; start = text.indexOf(MARKER_START, start + 1)) {
        const end = text.indexOf(']', start) + 1
        if (end > 0 && end - start <= longest && known.has(text.slice(start, end))) return { start, end, shape: null }
      }
      return null
    },
  }
}

/** The part of a text to look at: hits begin in `from`..`until` (default: anywhere); `final` = no text follows. */
export interface Span {
  readonly from: number
  readonly until: number
  readonly final: boolean
}

export interface Scan {
  readonly hits: readonly Hit[]
  /** Up to here everything is decided. */
  readonly decided: number
}

/** One pass over a text. The finders come in the order in which they win where two hits begin at the same place. */
export function scanner(values: Values | null): (text: string, span?: Span) => Scan {
  const fixed = [
    markers([...ALL_SHAPES, ...(values?.names ?? [])]),
    ...(values === null ? [] : [values]),
    privateKeys,
    shapes,
    assigned,
  ]
  return (raw, span = { from: 0, until: raw.length, final: true }) => {
    const view = project(raw)
    const until = projected(view, span.until)
    const hits: Hit[] = []
    const next: (Hit | null | undefined)[] = fixed.map(() => undefined)
    let at = projected(view, span.from)
    for (;;) {
      const hit = first(fixed, next, view.text, at, span.final)
      if (hit === null || hit.start >= until) return { hits, decided: Math.max(span.until, sourceOf(view, at)) }
      const start = sourceOf(view, hit.start)
      if (hit.open) return { hits, decided: start }
      at = hit.end
      if (hit.shape !== null) hits.push({ start, end: sourceOf(view, hit.end), shape: hit.shape })
    }
  }
}

/** The earliest hit at or behind `at`; `next` keeps what each finder found last. */
function first(
  finders: readonly Finder[],
  next: (Hit | null | undefined)[],
  text: string,
  at: number,
  final: boolean,
): Hit | null {
  let best: Hit | null = null
  for (const [index, finder] of finders.entries()) {
    let hit = next[index]
    if (hit === undefined || (hit !== null && hit.start < at)) {
      hit = finder.next(text, at, final)
      next[index] = hit
    }
    if (hit !== null && (best === null || hit.start < best.start)) best = hit
  }
  return best
}
