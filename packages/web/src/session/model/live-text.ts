// Text on its way: pieces of a run become blocks, of which only the last one ever changes.

/** One call of a skill that has begun, paragraphs of what is said, or of what is thought. */
export interface LiveBlock {
  readonly key: number
  readonly type: 'text' | 'reasoning' | 'call'
  readonly text: string
}

export interface LiveRun {
  readonly run: string
  readonly blocks: readonly LiveBlock[]
  /** What the run says it is doing; null: nothing. */
  readonly progress: string | null
}

/** What a stream tells between entries; fields that are not known here say nothing. */
interface Delta {
  readonly run_id?: string
  readonly type?: string
  readonly text?: string
  readonly progress?: string
  readonly name?: string
  readonly reset?: boolean
}

/** Runs whose text is not in the log yet. At most so much of one is kept: the rest comes with its entry. */
const mostText = 256 << 10

export class LiveTexts {
  #runs: readonly LiveRun[] = []
  #next = 1
  #length = new Map<string, number>()

  /** Replaced with each change. */
  get runs(): readonly LiveRun[] {
    return this.#runs
  }

  /** False where the delta says nothing that is shown. */
  add(value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return false
    const { run_id: run, type, text, progress, name, reset } = value as Delta
    if (typeof run !== 'string') return false
    if (reset === true) this.end(run)
    if (typeof progress === 'string') return this.#set({ ...this.#of(run), progress })
    if (type === 'call') return this.#block(run, 'call', name ?? '')
    if (typeof text !== 'string' || text === '') return reset === true
    const length = (this.#length.get(run) ?? 0) + text.length
    if (length > mostText) return false
    this.#length.set(run, length)
    return this.#text(run, type === 'reasoning' ? 'reasoning' : 'text', text)
  }

  /** The run has said it: what was on its way stands in the log. */
  end(run: string): boolean {
    if (!this.#runs.some((each) => each.run === run)) return false
    this.#runs = this.#runs.filter((each) => each.run !== run)
    this.#length.delete(run)
    return true
  }

  clear(): void {
    this.#runs = []
    this.#length = new Map()
  }

  #of(run: string): LiveRun {
    return this.#runs.find((each) => each.run === run) ?? { run, blocks: [], progress: null }
  }

  #set(changed: LiveRun): true {
    const known = this.#runs.some((each) => each.run === changed.run)
    this.#runs = known
      ? this.#runs.map((each) => (each.run === changed.run ? changed : each))
      : [...this.#runs, changed]
    return true
  }

  #block(run: string, type: LiveBlock['type'], text: string): true {
    const before = this.#of(run)
    return this.#set({ ...before, blocks: [...before.blocks, { key: this.#next++, type, text }] })
  }

  /** A blank line ends a block, except inside a fence of code. */
  #text(run: string, type: 'text' | 'reasoning', text: string): true {
    const before = this.#of(run)
    const last = before.blocks.at(-1)
    const goesOn = last?.type === type
    const whole = (goesOn ? last.text : '') + text
    const cut = endOfBlocks(whole)
    const done = goesOn ? before.blocks.slice(0, -1) : before.blocks
    const key = goesOn ? last.key : this.#next++
    if (cut === 0) return this.#set({ ...before, blocks: [...done, { key, type, text: whole }] })
    const finished = splitBlocks(whole.slice(0, cut)).map((part, at) => ({
      key: at === 0 ? key : this.#next++,
      type,
      text: part,
    }))
    const rest = whole.slice(cut)
    const open = rest === '' ? [] : [{ key: this.#next++, type, text: rest }]
    return this.#set({ ...before, blocks: [...done, ...finished, ...open] })
  }
}

const fence = /^ {0,3}(?:```|~~~)/

/** Where the last block that is certainly over ends; 0: none is. */
function endOfBlocks(text: string): number {
  let end = 0
  let at = 0
  let inside = false
  for (;;) {
    const next = text.indexOf('\n', at)
    if (next < 0) return end
    const line = text.slice(at, next)
    if (fence.test(line)) inside = !inside
    else if (!inside && line.trim() === '' && at > 0) end = next + 1
    at = next + 1
  }
}

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
