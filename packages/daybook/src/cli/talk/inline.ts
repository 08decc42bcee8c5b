// Marks inside a line of Markdown, read as they come: strong, emphasis and code, each letter with the style that it stands in.

export interface Inline {
  readonly strong: boolean
  readonly emphasis: boolean
  readonly code: boolean
}

export const unmarked: Inline = { strong: false, emphasis: false, code: false }

const marks = new Set(['*', '_', '`'])
const isSpace = (char: string): boolean => char === '' || /\s/.test(char)
const isLetter = (char: string): boolean => /[\p{L}\p{N}]/u.test(char)

/** Reads from left to right and never takes back: a mark that turns out to close nothing keeps its style up to the line's end. */
export class InlineReader {
  #style: Inline = unmarked
  /** How many backquotes began the code that it is in. */
  #fence = 0
  #held = ''
  #before = ''

  /** Letters that are decided, with their style; marks wait for the letter behind them. */
  read(char: string): readonly (readonly [string, Inline])[] {
    if (marks.has(char) && (this.#held === '' || this.#held.startsWith(char))) {
      this.#held += char
      return []
    }
    const out = this.#decide(char)
    if (marks.has(char)) this.#held = char
    else {
      out.push([char, this.#style])
      this.#before = char
    }
    return out
  }

  /** At the end of a line: what was held, and everything unmarked again. */
  end(): readonly (readonly [string, Inline])[] {
    const out = this.#decide('')
    this.#style = unmarked
    this.#fence = 0
    this.#before = ''
    return out
  }

  #decide(next: string): (readonly [string, Inline])[] {
    const held = this.#held
    if (held === '') return []
    this.#held = ''
    const changed = held.startsWith('`') ? this.#code(held) : this.#emphasis(held, next)
    if (changed) {
      this.#style = changed
      return []
    }
    this.#before = held.slice(-1)
    return [[held, this.#style]]
  }

  #code(held: string): Inline | null {
    if (this.#fence === 0) {
      this.#fence = held.length
      return { ...this.#style, code: true }
    }
    if (this.#fence !== held.length) return null
    this.#fence = 0
    return { ...this.#style, code: false }
  }

  #emphasis(held: string, next: string): Inline | null {
    if (this.#fence > 0 || held.length > 3) return null
    const wants = { strong: held.length >= 2, emphasis: held.length % 2 === 1 }
    const opens = !isSpace(next) && !(held.startsWith('_') && isLetter(this.#before))
    const closes = !isSpace(this.#before) && !(held.startsWith('_') && isLetter(next))
    const { strong, emphasis } = this.#style
    if (closes && (!wants.strong || strong) && (!wants.emphasis || emphasis)) {
      return { ...this.#style, strong: strong && !wants.strong, emphasis: emphasis && !wants.emphasis }
    }
    if (!opens || (wants.strong && strong) || (wants.emphasis && emphasis)) return null
    return { ...this.#style, strong: strong || wants.strong, emphasis: emphasis || wants.emphasis }
  }
}
