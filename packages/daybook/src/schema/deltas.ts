// What a run says before it is finished: its pieces as they come, and the fold that makes the part so far of them.

/** Which unfinished thing a piece belongs to. */
export interface DeltaPlace {
  readonly run_id: string
  /** The step that says it: the message that ends it has the same in its `metadata.step`. Absent: the run as a whole. */
  readonly step?: string
  /** Of that step; a higher one begins anew. Default: 1. */
  readonly attempt?: number
}

/** Exactly one of them. */
export type DeltaContent =
  | { readonly text: string }
  | { readonly reasoning: string }
  /** A call of a skill has begun; its input comes with the finished message. */
  | { readonly call: { readonly call_id: string; readonly name: string } }
  /** What a skill prints while it is called. */
  | { readonly output: string }

export type DeltaPart =
  | { readonly type: 'text' | 'reasoning' | 'output'; readonly text: string }
  | { readonly type: 'call'; readonly call_id: string; readonly name: string }

/** One more piece; `n` counts those before it, and is absent in pieces that nobody keeps. */
export type Piece = DeltaPlace & DeltaContent & { readonly n?: number }

/** All pieces before the one with this `n`: it takes the place of what was told of its step before. */
export interface SoFar extends DeltaPlace {
  readonly n: number
  readonly so_far: readonly DeltaPart[]
  /** Its beginning is left out: it is longer than what is kept. */
  readonly cut?: true
}

/** One line about how far a run is; kept by nobody. */
export interface Progress {
  readonly run_id: string
  readonly progress: string
}

/** Live only, and never in the log. Whatever it says comes with the finished message once more. */
export type Delta = Piece | SoFar | Progress

/** Characters that are kept of one unfinished thing. */
export const mostUnfinished = 262_144
/** Ended steps that are remembered, because a late piece of one must not begin it anew. */
const mostEnded = 256

interface Part {
  place: DeltaPlace
  attempt: number
  n: number
  parts: DeltaPart[]
  chars: number
  cut: boolean
}

/** `told`: pass it on. `known`: it says nothing new. `gap`: something before it was missed, ask for the part so far. */
export type Taken = 'told' | 'known' | 'gap'

/** The unfinished things of one session, or of one run. */
export class Unfinished {
  readonly #parts = new Map<string, Part>()
  readonly #ended = new Set<string>()

  get size(): number {
    return this.#parts.size
  }

  take(delta: Delta): Taken {
    if ('progress' in delta) return 'told'
    const key = keyOf(delta)
    if (this.#ended.has(key)) return 'known'
    const { attempt = 1, n } = delta
    const known = this.#parts.get(key)
    if (known && attempt < known.attempt) return 'known'
    const same = known?.attempt === attempt ? known : undefined
    if ('so_far' in delta) {
      if (same && same.n >= delta.n) return 'known'
      this.#parts.set(key, partOf(delta, attempt))
      return 'told'
    }
    if (n === undefined) return 'told'
    if (same && n < same.n) return 'known'
    if (n > (same?.n ?? 0)) return 'gap'
    const part = same ?? begun(delta, attempt)
    this.#parts.set(key, part)
    add(part, delta)
    return 'told'
  }

  /** The `n` of the next piece of this place. */
  next(place: DeltaPlace): number {
    const known = this.#parts.get(keyOf(place))
    return known?.attempt === (place.attempt ?? 1) ? known.n : 0
  }

  /** Of everything that is unfinished, or of this run. */
  soFar(run?: string): readonly SoFar[] {
    const all = [...this.#parts.values()].filter(({ place }) => run === undefined || place.run_id === run)
    return all.map(({ place, attempt, n, parts, cut }) => ({
      ...place,
      ...(attempt === 1 ? undefined : { attempt }),
      n,
      so_far: [...parts],
      ...(cut ? { cut } : undefined),
    }))
  }

  /** It is finished, or given up: what comes of it from here on is late. */
  end(place: Pick<DeltaPlace, 'run_id' | 'step'>): void {
    const key = keyOf(place)
    this.#parts.delete(key)
    if (place.step === undefined) return
    this.#ended.add(key)
    const [first] = this.#ended
    if (this.#ended.size > mostEnded && first !== undefined) this.#ended.delete(first)
  }

  endRun(run: string): void {
    for (const { place } of [...this.#parts.values()]) if (place.run_id === run) this.end(place)
  }

  /** What an entry of the log ends. */
  see(entry: { readonly kind: string; readonly run?: string; readonly data: unknown }): void {
    const { kind, run, data } = entry
    if (run === undefined) return
    if (kind === 'run.finished' || kind === 'run.cancelled' || kind === 'run.withdrawn') this.endRun(run)
    else if (kind === 'step.finished') this.#endStep(run, (data as { step?: unknown } | null)?.step)
    else if (kind === 'message') this.#endMessage(run, data)
  }

  #endStep(run: string, step: unknown): void {
    if (typeof step === 'string') this.end({ run_id: run, step })
  }

  #endMessage(run: string, data: unknown): void {
    const { role, metadata } = (data ?? {}) as { role?: unknown; metadata?: { step?: unknown } }
    if (metadata?.step !== undefined) this.#endStep(run, metadata.step)
    else if (role === 'assistant') this.end({ run_id: run })
  }
}

function keyOf({ run_id, step }: Pick<DeltaPlace, 'run_id' | 'step'>): string {
  return `${run_id} ${step ?? ''}`
}

function placeOf({ run_id, step }: DeltaPlace): DeltaPlace {
  return step === undefined ? { run_id } : { run_id, step }
}

function begun(place: DeltaPlace, attempt: number): Part {
  return { place: placeOf(place), attempt, n: 0, parts: [], chars: 0, cut: false }
}

function partOf(told: SoFar, attempt: number): Part {
  const chars = told.so_far.reduce((sum, part) => sum + sizeOf(part), 0)
  return { place: placeOf(told), attempt, n: told.n, parts: [...told.so_far], chars, cut: told.cut === true }
}

function sizeOf(part: DeltaPart): number {
  return part.type === 'call' ? part.name.length : part.text.length
}

function deltaPart(content: DeltaContent): DeltaPart {
  if ('text' in content) return { type: 'text', text: content.text }
  if ('reasoning' in content) return { type: 'reasoning', text: content.reasoning }
  if ('output' in content) return { type: 'output', text: content.output }
  return { type: 'call', ...content.call }
}

function add(part: Part, content: DeltaContent): void {
  const piece = deltaPart(content)
  part.n += 1
  part.chars += sizeOf(piece)
  const last = part.parts.at(-1)
  if (last && last.type === piece.type && last.type !== 'call' && piece.type !== 'call') {
    part.parts[part.parts.length - 1] = { type: last.type, text: last.text + piece.text }
  } else part.parts.push(piece)
  if (part.chars > mostUnfinished) shorten(part)
}

/** Half of it goes, so that this is not done for every piece. */
function shorten(part: Part): void {
  part.cut = true
  while (part.chars > mostUnfinished / 2) {
    const [first] = part.parts
    if (first === undefined) return
    const more = part.chars - mostUnfinished / 2
    const size = sizeOf(first)
    if (size <= more || first.type === 'call') {
      part.parts.shift()
      part.chars -= size
    } else {
      part.parts[0] = { type: first.type, text: first.text.slice(more).replace(/^[\uDC00-\uDFFF]/, '') }
      part.chars = part.parts.reduce((sum, one) => sum + sizeOf(one), 0)
    }
  }
}
