// Types into a terminal: each piece once, each Enter by itself, and between two pieces no faster than the program takes them.

import type { Prompt, PromptEvent } from '../contract.ts'
import type { Look } from '../host/contract.ts'
import type { Seeing, Seen, Wanted } from './seeing.ts'
import { orGone, send } from './send.ts'
import { longQuietMs, quietMs } from './sight.ts'
import type { PtySetting } from './start.ts'
import type { Typed } from './typing.ts'

/** Milliseconds for a text to be on the screen before its Enter, where its program draws that itself: some show another text for a long one. */
const echoMs = 1_000
/** Milliseconds at rest after which a screen without the text has taken it, whether it was seen at work or not. */
const takenMs = 300
/** Characters of the end of a text by which it is known on a screen, which may have wrapped it. */
const knownBy = 20
/** Milliseconds for an Enter to change a screen before it is given again. */
const enterMs = 3_000

export interface TypistPlaces {
  readonly setting: PtySetting
  readonly prompt: Prompt
  readonly seeing: Seeing
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
      const words = isLine ? '' : endOf(piece)
      // An Enter right behind what is not drawn yet is taken for a part of it.
      const isThere: Wanted['is'] = (_, { offset, text }, quiet) =>
        offset > entered.at && quiet >= quietMs && squeezed(text).includes(words)
      const there = words === '' ? null : yield* seeing.until({ is: isThere, within: echoMs, endable: false })
      const enter = await orGone(() => send(this.#places, '\r', `${name} enter ${index}`))
      if (enter === null) return yield* seeing.until({ is: () => false })
      mark = enter
      const again = `${name} enter ${index} again`
      const before = there?.type === 'seen' ? { text: squeezed(there.look.text), words } : null
      if (program.pty?.idle !== undefined && !(yield* this.#submitted(mark, before, again))) return { type: 'late' }
    }
    return mark
  }

  /** Some swallow an Enter behind a paste: it is given a second time, never a third. */
  async *#submitted(mark: number, before: Before | null, again: string): AsyncGenerator<PromptEvent, boolean> {
    const { seeing } = this.#places
    const isAtWork: Wanted['is'] = (state, look, quiet) =>
      look.offset > mark && (state.type !== 'ready' || (quiet >= takenMs && !isLeft(look, before)))
    if ((yield* seeing.until({ is: isAtWork, within: enterMs })).type !== 'late') return true
    await send(this.#places, '\r', again)
    return (yield* seeing.until({ is: isAtWork, within: enterMs })).type !== 'late'
  }
}

const squeezed = (text: string): string => text.replaceAll(/\s/g, '')

/** Of the last line of what was typed. */
function endOf(piece: string): string {
  const lines = piece
    .replace(/\u001b\[201~$/, '')
    .replace(/^\u001b\[200~/, '')
    .trimEnd()
    .split('\r')
  return squeezed(lines.at(-1) ?? '').slice(-knownBy)
}

interface Before {
  /** All that the screen showed. */
  readonly text: string
  readonly words: string
}

/** It stands before the cursor still, or where it was when nothing else has changed. */
function isLeft({ line, text }: Look, before: Before | null): boolean {
  return before !== null && (squeezed(line).endsWith(before.words) || squeezed(text) === before.text)
}

/** It waits for the next line: at a prompt, or because it reads what was typed ahead. */
function takesMore(mark: number): Wanted['is'] {
  return (state, look, quiet) =>
    look.offset > mark &&
    (state.type === 'ready' || state.type === 'more' || (quiet >= longQuietMs && look.reads === true))
}
