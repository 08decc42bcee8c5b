// Types into a terminal: each piece once, each Enter by itself, and between two pieces no faster than the program takes them.

import type { Prompt, PromptEvent } from '../contract.ts'
import type { Seeing, Seen, Wanted } from './seeing.ts'
import { orGone, send } from './send.ts'
import { longQuietMs } from './sight.ts'
import type { PtySetting } from './start.ts'
import type { Typed } from './typing.ts'
import type { Watch } from './watch.ts'

/** Milliseconds for a text to be echoed before its Enter, where its program draws a screen of its own. */
const echoMs = 400
/** Milliseconds for an Enter to change a screen before it is given again. */
const enterMs = 3_000

export interface TypistPlaces {
  readonly setting: PtySetting
  readonly prompt: Prompt
  readonly seeing: Seeing
  readonly watch: Watch
}

export class Typist {
  readonly #places: TypistPlaces
  /** Something was given to the program. */
  hasTyped = false

  constructor(places: TypistPlaces) {
    this.#places = places
  }

  /**
   * Gives the offset of the last Enter, or what came between.
   *
   * @param name with a number behind it for each piece, under which it is sent once
   * @param sent where pieces were sent before
   */
  async *type(
    { pieces }: Typed,
    name: string,
    sent: readonly (number | null)[],
  ): AsyncGenerator<PromptEvent, number | Seen> {
    const { setting, seeing } = this.#places
    const { program } = setting
    const isLine = program.pty?.prompt_regex !== undefined || program.pty?.osc133 === true
    let mark = sent[0] ?? 0
    this.hasTyped = true
    for (const [index, piece] of pieces.entries()) {
      if (index > 0 && typeof sent[index] !== 'number') {
        const next = yield* seeing.until({ is: takesMore(mark) })
        if (next.type !== 'seen') return next
      }
      const entered = await orGone(async () => {
        const at = await send(this.#places, piece, `${name} ${index}`)
        return { at }
      })
      if (entered === null) return yield* seeing.until({ is: () => false })
      if (!isLine && piece !== '')
        yield* seeing.until({ is: (_, { offset }) => offset > entered.at, within: echoMs, endable: false })
      const enter = await orGone(() => send(this.#places, '\r', `${name} enter ${index}`))
      if (enter === null) return yield* seeing.until({ is: () => false })
      mark = enter
      if (program.pty?.idle !== undefined && !(yield* this.#submitted(mark, `${name} enter ${index} again`)))
        return { type: 'late' }
    }
    return mark
  }

  /** Some swallow an Enter behind a paste: it is given a second time, never a third. */
  async *#submitted(mark: number, again: string): AsyncGenerator<PromptEvent, boolean> {
    const { seeing, watch } = this.#places
    const is: Wanted['is'] = (state, { offset }) => offset > mark && state.type !== 'ready'
    if ((yield* seeing.until({ is, within: enterMs })).type !== 'late' || watch.offset > mark) return true
    await send(this.#places, '\r', again)
    return (yield* seeing.until({ is, within: enterMs })).type !== 'late' || watch.offset > mark
  }
}

/** It waits for the next line: at a prompt, or because it reads what was typed ahead. */
function takesMore(mark: number): Wanted['is'] {
  return (state, look, quiet) =>
    look.offset > mark &&
    (state.type === 'ready' || state.type === 'more' || (quiet >= longQuietMs && look.reads === true))
}
