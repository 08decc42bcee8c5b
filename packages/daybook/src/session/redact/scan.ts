// Merges the searches into one pass from left to right: the hit that begins first wins, and nothing is replaced twice.
import { ASSIGNED_NAMES, addressed, assigned } from './assigned.ts'
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
        const end = start + text.slice(start, start + longest).indexOf(']') + 1
        if (end > start && known.has(text.slice(start, end))) return { start, end, shape: null }
      }
      return null
    },
  }
}

/** The part of a text to look at. */
export interface Span {
  /** Hits begin at `from` or later, and before `until`. */
  readonly from: number
  readonly until: number
  /** No text can follow. */
  readonly final: boolean
  /** Another hit ended at `from`. */
  readonly joined: boolean
}

export interface Scan {
  readonly hits: readonly Hit[]
  /** Up to here everything is decided. */
  readonly decided: number
  /** A hit ended at `decided`. */
  readonly joined: boolean
}

/** One pass over a text. The finders come in the order in which they win where two hits begin at the same place. */
export function scanner(values: Values | null): (text: string, span?: Span) => Scan {
  const known = markers([...ALL_SHAPES, ...(values?.names ?? [])])
  const finders = [known, ...(values === null ? [] : [values]), privateKeys, shapes, addressed, assigned]
  return (raw, span = { from: 0, until: raw.length, final: true, joined: false }) => {
    const view = project(raw)
    const until = projected(view, span.until)
    const pass = new Pass(finders, view.text, span.final)
    const hits: Hit[] = []
    let at = projected(view, span.from)
    let joined = span.joined
    for (;;) {
      const hit = pass.first(at, joined)
      if (hit === null || hit.start >= until) {
        const decided = Math.max(span.until, sourceOf(view, at))
        return { hits, decided, joined: joined && at === projected(view, decided) }
      }
      const start = sourceOf(view, hit.start)
      if (hit.open) return { hits, decided: start, joined: joined && hit.start === at }
      at = hit.end
      joined = true
      if (hit.shape !== null) hits.push({ start, end: sourceOf(view, hit.end), shape: hit.shape })
    }
  }
}

/** Keeps what each finder found last, so that a text is searched once by each. */
class Pass {
  readonly #finders: readonly Finder[]
  readonly #text: string
  readonly #final: boolean
  readonly #next: (Hit | null | undefined)[]

  constructor(finders: readonly Finder[], text: string, final: boolean) {
    this.#finders = finders
    this.#text = text
    this.#final = final
    this.#next = finders.map(() => undefined)
  }

  /** The earliest hit at or behind `at`. */
  first(at: number, joined: boolean): Hit | null {
    let best: Hit | null = null
    for (const [index, finder] of this.#finders.entries()) {
      let hit = this.#next[index]
      if (hit === undefined || (hit !== null && hit.start < at)) {
        hit = finder.next(this.#text, at, this.#final)
        this.#next[index] = hit
      }
      if (joined && hit?.start !== at) hit = finder.joined?.(this.#text, at) ?? hit
      if (hit !== null && (best === null || hit.start < best.start)) best = hit
    }
    return best
  }
}
