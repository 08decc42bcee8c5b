// What a reader keeps about a session, written one change at a time: what comes while one is written goes in the next.

import type { Attached } from './attached.ts'

export interface MarksShape {
  readonly seen: number | null
  readonly draft: string | null
  /** Of the draft. */
  readonly attachments: readonly Attached[]
  readonly pinned: boolean
}
export type MarksChange = Partial<MarksShape>

export interface MarksRemote {
  marks(): Promise<MarksShape>
  /** Keeps what is left out, and what others changed meanwhile. */
  changeMarks(change: () => MarksChange): Promise<MarksShape>
}

export class Marks {
  readonly #remote: MarksRemote
  #known: MarksShape | null = null
  #wanted: MarksChange = {}
  #writing: Promise<void> | null = null
  #reading: Promise<MarksShape> | null = null

  constructor(remote: MarksRemote) {
    this.#remote = remote
  }

  /** As they are on the server, with what is still on its way there; null before they were read. */
  get now(): MarksShape | null {
    return this.#known ? { ...this.#known, ...this.#wanted } : null
  }

  /** Asked for once, however many want to know at once. */
  async read(): Promise<MarksShape> {
    this.#reading ??= this.#remote.marks().finally(() => {
      this.#reading = null
    })
    this.#known = await this.#reading
    return { ...this.#known, ...this.#wanted }
  }

  /** Ends when it is on the server. What fails is wanted still, and goes with the next change. */
  change(change: MarksChange): Promise<void> {
    this.#wanted = { ...this.#wanted, ...change }
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null
    })
    return this.#writing
  }

  async #write(): Promise<void> {
    while (Object.keys(this.#wanted).length > 0) {
      const sent = this.#wanted
      this.#known = await this.#remote.changeMarks(() => sent)
      const left = Object.entries(this.#wanted).filter(([name, value]) => sent[name as keyof MarksShape] !== value)
      this.#wanted = Object.fromEntries(left)
    }
  }
}
