// Text on its way: pieces of what a run is saying become blocks, of which only the last one ever changes.

export interface LiveBlock {
  readonly key: number
  readonly type: 'text' | 'reasoning' | 'output' | 'call'
  /** Of a call its name. */
  readonly text: string
}

export interface LiveRun {
  /** One unfinished thing: of a run, and of its step where it has one. */
  readonly key: string
  readonly run: string
  readonly blocks: readonly LiveBlock[]
  /** What the run says it is doing; null: nothing. */
  readonly progress: string | null
}

interface Part {
  readonly type: LiveBlock['type']
  readonly text?: string
  readonly name?: string
}

/** What a stream tells between entries; fields that are not known here say nothing. */
interface Delta {
  readonly run_id?: string
  readonly step?: string
  readonly attempt?: number
  /** Pieces before this one. */
  readonly n?: number
  readonly so_far?: readonly Part[]
  readonly text?: string
  readonly reasoning?: string
  readonly output?: string
  readonly call?: { readonly name?: string }
  readonly progress?: string
}

interface Counted {
  attempt: number
  n: number
  length: number
}

/** Characters of one thing that are shown before it is finished: the rest comes with its entry. */
const mostText = 256 << 10

export class LiveTexts {
  #runs: readonly LiveRun[] = []
  #next = 1
  readonly #counted = new Map<string, Counted>()

  /** Replaced with each change. */
  get runs(): readonly LiveRun[] {
    return this.#runs
  }

  /** False where the delta says nothing that is new. */
  add(value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return false
    const delta = value as Delta
    const { run_id: run, step, progress } = delta
    if (typeof run !== 'string') return false
    const key = step === undefined ? run : `${run} ${step}`
    if (typeof progress === 'string') return this.#set({ ...this.#of(key, run), progress })
    if (!this.#counts(key, delta)) return false
    if (delta.so_far) {
      this.#drop(key)
      for (const part of delta.so_far) this.#piece(key, run, part)
      return true
    }
    const part = partOf(delta)
    return part !== null && this.#piece(key, run, part)
  }

  /** What a run, or one step of it, was saying stands in the log. */
  end(run: string, step?: string): boolean {
    const ends = (each: LiveRun): boolean => each.run === run && (step === undefined || each.key === `${run} ${step}`)
    if (!this.#runs.some(ends)) return false
    this.#runs = this.#runs.filter((each) => !ends(each))
    return true
  }

  clear(): void {
    this.#runs = []
    this.#counted.clear()
  }

  /** Each piece counts once; a further attempt begins anew. */
  #counts(key: string, { attempt = 1, n, so_far }: Delta): boolean {
    const known = this.#counted.get(key)
    if (known && attempt < known.attempt) return false
    if (!known || attempt > known.attempt) {
      this.#drop(key)
      this.#counted.set(key, { attempt, n: (n ?? 0) + (so_far ? 0 : 1), length: 0 })
      return true
    }
    if (n !== undefined && (so_far ? n <= known.n : n < known.n)) return false
    if (n !== undefined) known.n = so_far ? n : n + 1
    return true
  }

  #drop(key: string): void {
    this.#runs = this.#runs.filter((each) => each.key !== key)
    const counted = this.#counted.get(key)
    if (counted) counted.length = 0
  }

  #of(key: string, run: string): LiveRun {
    return this.#runs.find((each) => each.key === key) ?? { key, run, blocks: [], progress: null }
  }

  #set(changed: LiveRun): true {
    const known = this.#runs.some((each) => each.key === changed.key)
    this.#runs = known
      ? this.#runs.map((each) => (each.key === changed.key ? changed : each))
      : [...this.#runs, changed]
    return true
  }

  #piece(key: string, run: string, { type, text = '', name = '' }: Part): boolean {
    const before = this.#of(key, run)
    if (type === 'call') {
      return this.#set({ ...before, blocks: [...before.blocks, { key: this.#next++, type, text: name }] })
    }
    const counted = this.#counted.get(key)
    if (text === '' || !counted || counted.length + text.length > mostText) return false
    counted.length += text.length
    return this.#text(before, type, text)
  }

  /** A blank line ends a block, except inside a fence of code. */
  #text(before: LiveRun, type: LiveBlock['type'], text: string): true {
    const last = before.blocks.at(-1)
    const goesOn = last?.type === type
    const whole = (goesOn ? last.text : '') + text
    const done = goesOn ? before.blocks.slice(0, -1) : before.blocks
    const key = goesOn ? last.key : this.#next++
    const blocks = splitBlocks(whole).map((part, at) => ({ key: at === 0 ? key : this.#next++, type, text: part }))
    return this.#set({ ...before, blocks: [...done, ...blocks] })
  }
}

function partOf({ text, reasoning, output, call }: Delta): Part | null {
  if (call) return { type: 'call', name: call.name ?? '' }
  if (typeof text === 'string') return { type: 'text', text }
  if (typeof reasoning === 'string') return { type: 'reasoning', text: reasoning }
  return typeof output === 'string' ? { type: 'output', text: output } : null
}

const fence = /^ {0,3}(?:```|~~~)/

/** Blocks with the blank lines behind them; the last one may still grow. */
function splitBlocks(text: string): string[] {
  const blocks: string[] = []
  let rest = text
  for (;;) {
    const cut = firstEnd(rest)
    if (cut === 0 || cut >= rest.length) return [...blocks, rest]
    blocks.push(rest.slice(0, cut))
    rest = rest.slice(cut)
  }
}

function firstEnd(text: string): number {
  let at = 0
  let inside = false
  for (;;) {
    const next = text.indexOf('\n', at)
    if (next < 0) return 0
    const line = text.slice(at, next)
    if (fence.test(line)) inside = !inside
    else if (!inside && line.trim() === '' && text.slice(0, at).trim() !== '') return next + 1
    at = next + 1
  }
}
