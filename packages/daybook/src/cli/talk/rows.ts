// Words laid out in rows of a terminal as they come: finished rows never change, and the last one is what stands below.

import { cut, width } from '../format/width.ts'

/** A letter that may stand apart from its neighbours without a space. */
const apart =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\u{20000}-\u{3fffd}]/u
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

export type Painted = readonly [text: string, paint: (text: string) => string]

interface Row {
  text: string
  cells: number
  /** Nothing but its indent. */
  blank: boolean
}

export class Rows {
  readonly #columns: () => number
  #done: string[] = []
  #row: Row = { text: '', cells: 0, blank: true }
  #word: Painted[] = []
  #spaces = 0
  #spacePaint: Painted[1] = plain
  #hanging = ''

  /** @param columns cells of a row at the moment */
  constructor(columns: () => number) {
    this.#columns = columns
  }

  /** Begins a line: what stands in front of it, and in front of the rows that it is broken into. */
  begin(first: string, hanging: string): void {
    this.#hanging = hanging
    this.#row = { text: first, cells: width(strip(first)), blank: true }
    this.#spaces = 0
  }

  add(char: string, paint: Painted[1]): void {
    if (char === ' ' || char === '\t') {
      this.#place()
      this.#spaces += 1
      this.#spacePaint = paint
      return
    }
    const alone = apart.test(char)
    if (alone) this.#place()
    const last = this.#word.at(-1)
    if (last && last[1] === paint) this.#word[this.#word.length - 1] = [last[0] + char, paint]
    else this.#word.push([char, paint])
    if (alone) this.#place()
  }

  /** A whole line as it is, however long. */
  raw(text: string): void {
    this.#row = { text, cells: width(strip(text)), blank: text === '' }
  }

  end(): void {
    this.#place()
    this.#done.push(this.#row.text)
    this.#row = { text: '', cells: 0, blank: true }
    this.#hanging = ''
    this.#spaces = 0
  }

  /** Rows that were finished since the last call. */
  take(): string[] {
    return this.#done.splice(0)
  }

  /** What stands in the last row so far. */
  get tail(): string {
    const spaces = this.#word.length > 0 ? ' '.repeat(this.#spaces) : ''
    return this.#row.text + spaces + this.#word.map(([text, paint]) => paint(text)).join('')
  }

  #place(): void {
    if (this.#word.length === 0) return
    const cells = this.#word.reduce((sum, [text]) => sum + width(text), 0)
    const spaces = this.#row.blank ? 0 : this.#spaces
    if (!this.#row.blank && this.#row.cells + spaces + cells > this.#columns()) this.#break()
    else this.#put([' '.repeat(spaces), this.#spacePaint])
    this.#spaces = 0
    const word = this.#word
    this.#word = []
    for (const [text, paint] of word) this.#pieces(text, paint)
  }

  /** A word that is longer than a row is broken where it has to be. */
  #pieces(text: string, paint: Painted[1]): void {
    let rest = text
    while (this.#row.cells + width(rest) > this.#columns()) {
      const room = Math.max(2, this.#columns() - this.#row.cells)
      const piece = beginning(rest, room)
      this.#put([piece, paint])
      rest = rest.slice(piece.length)
      if (rest === '') return
      this.#break()
    }
    this.#put([rest, paint])
  }

  #put([text, paint]: Painted): void {
    if (text === '') return
    this.#row.text += paint(text)
    this.#row.cells += width(text)
    this.#row.blank = false
  }

  #break(): void {
    this.#done.push(this.#row.text)
    this.#row = { text: this.#hanging, cells: width(strip(this.#hanging)), blank: true }
  }
}

/** As many whole characters as fit, and at least one. */
function beginning(text: string, cells: number): string {
  let kept = ''
  for (const { segment } of graphemes.segment(text)) {
    if (kept !== '' && width(kept + segment) > cells) break
    kept += segment
  }
  return kept
}

function plain(text: string): string {
  return text
}

/** Without the colours that were put around it. */
export function strip(text: string): string {
  return text.replace(/\u001b\[[\d;]*m/g, '')
}

/** On one row of so many cells. */
export function fit(text: string, cells: number): string {
  return cut(text, Math.max(1, cells))
}
