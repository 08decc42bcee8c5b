// What a reader keeps about a session, written one change at a time: what another tab changed meanwhile stays.

import { isDaybookError } from 'daybook/client'

export interface MarksShape {
  readonly version: number
  readonly seen: number | null
  readonly draft: string | null
  readonly pinned: boolean
}

export interface MarksRemote {
  read(): Promise<MarksShape>
  /** Replaces all of them where `version` is still the present one; `conflict` otherwise. */
  write(marks: { version: number; seen?: number; draft?: string; pinned?: boolean }): Promise<MarksShape>
}

export type MarksChange = { readonly seen?: number; readonly draft?: string | null; readonly pinned?: boolean }

export class Marks {
  readonly #remote: MarksRemote
  readonly #onChange: (marks: MarksShape) => void
  #known: MarksShape | null = null
  #wanted: MarksChange = {}
  #writing: Promise<void> | null = null

  constructor(remote: MarksRemote, onChange: (marks: MarksShape) => void = () => undefined) {
    this.#remote = remote
    this.#onChange = onChange
  }

  /** As they are on the server, with what is still on its way there. */
  get now(): MarksShape | null {
    return this.#known ? merged(this.#known, this.#wanted) : null
  }

  async read(): Promise<MarksShape> {
    this.#known = await this.#remote.read()
    this.#onChange(this.#known)
    return this.#known
  }

  /** Ends when it is on the server. Changes that come while one is written go together in the next. */
  change(change: MarksChange): Promise<void> {
    this.#wanted = { ...this.#wanted, ...change }
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null
    })
    return this.#writing
  }

  async #write(): Promise<void> {
    for (;;) {
      const known = this.#known ?? (await this.read())
      const wanted = this.#wanted
      if (Object.keys(wanted).length === 0) return
      const { seen, draft, pinned } = merged(known, wanted)
      try {
        this.#known = await this.#remote.write({
          version: known.version,
          ...(seen === null ? {} : { seen }),
          ...(draft === null || draft === '' ? {} : { draft }),
          pinned,
        })
      } catch (error) {
        if (!isDaybookError(error) || error.code !== 'conflict') throw error
        await this.read()
        continue
      }
      this.#onChange(this.#known)
      this.#wanted = Object.fromEntries(
        Object.entries(this.#wanted).filter(([name, value]) => wanted[name as keyof MarksChange] !== value),
      )
    }
  }
}

function merged(known: MarksShape, wanted: MarksChange): MarksShape {
  return { ...known, ...(wanted as Partial<MarksShape>) }
}
