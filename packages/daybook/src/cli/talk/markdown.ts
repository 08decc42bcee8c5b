// Markdown as it comes from a model, made into rows of a terminal: what was printed is never printed again.

import { harmless } from '../format/width.ts'
import { type Inline, InlineReader } from './inline.ts'
import { Rows } from './rows.ts'

export type Look = 'strong' | 'emphasis' | 'code' | 'heading' | 'dim'

/** Puts looks around a text; gives it back as it is where there is no colour. */
export type Paint = (looks: readonly Look[], text: string) => string

/** The beginning of a line that does not say yet what the line is. */
const undecided = /^\s*(?:#{0,6}|[-*+]\s?|(?:[-*_]\s*){2,}|\d{0,9}[.)]?|`{1,2}|~{1,2}|>)$/
const rule = /^\s*([-*_])(?:\s*\1){2,}\s*$/
const fenceLine = /^\s*(`{3,}|~{3,})\s*([\w+#.-]*)/

export class Markdown {
  readonly #paint: Paint
  readonly #rows: Rows
  readonly #columns: () => number
  readonly #inline = new InlineReader()
  /** The line so far, while it is not decided what it is, or while it stays as it is. */
  #line = ''
  #kind: 'open' | 'text' | 'heading' | 'code' | 'table' | 'fence' = 'open'
  #fence: string | null = null
  /** A carriage return that may be half of a line break. */
  #return = false
  readonly #paints = new Map<string, (text: string) => string>()

  constructor(columns: () => number, paint: Paint) {
    this.#columns = columns
    this.#paint = paint
    this.#rows = new Rows(columns)
  }

  /** Rows that this text has finished. */
  push(text: string): string[] {
    const given = this.#return ? `\r${text}` : text
    this.#return = given.endsWith('\r')
    for (const char of harmless(this.#return ? given.slice(0, -1) : given)) this.#take(char)
    return this.#rows.take()
  }

  /** The row that is not finished yet, as it stands. */
  get tail(): string {
    if (this.#kind === 'open' || this.#kind === 'fence') return this.#line
    return this.#kind === 'code' || this.#kind === 'table' ? this.#raw() : this.#rows.tail
  }

  /** What is left; the next text begins anew. */
  end(): string[] {
    if (this.#line !== '' || this.#kind !== 'open') this.#take('\n')
    this.#fence = null
    return this.#rows.take()
  }

  #take(char: string): void {
    if (char === '\n') this.#lineEnd()
    else if (this.#kind === 'open') {
      this.#line += char
      this.#decide(false)
    } else if (this.#kind === 'text' || this.#kind === 'heading') this.#letter(char)
    else this.#line += char
  }

  #decide(whole: boolean): void {
    const line = this.#line
    if (this.#fence !== null) {
      const closes = fenceLine.exec(line)?.[1]?.startsWith(this.#fence)
      if (!whole && !closes && /^\s*[`~]{0,2}$/.test(line)) return
      this.#kind = closes ? 'fence' : 'code'
      return
    }
    if (!whole && undecided.test(line)) return
    if (fenceLine.test(line)) this.#kind = 'fence'
    else if (/^\s*\|/.test(line)) this.#kind = 'table'
    else this.#begin(line)
  }

  #begin(line: string): void {
    const [, space = '', mark = '', rest = ''] =
      /^(\s*)(#{1,6}\s+|[-*+]\s+|\d{1,9}[.)]\s+|>\s?)?([\s\S]*)$/.exec(line) ?? []
    this.#line = ''
    this.#kind = mark.startsWith('#') ? 'heading' : 'text'
    const indent = mark === '' ? '' : space.slice(0, 12)
    if (mark.startsWith('>')) {
      const bar = `${indent}${this.#paint(['dim'], '│')} `
      this.#rows.begin(bar, bar)
    } else if (mark === '' || this.#kind === 'heading') this.#rows.begin(indent, indent)
    else {
      const shown = /^[-*+]/.test(mark) ? '• ' : `${mark.trim()} `
      this.#rows.begin(indent + shown, indent + ' '.repeat(shown.length))
    }
    for (const char of rest) this.#letter(char)
  }

  #letter(char: string): void {
    this.#letters(this.#inline.read(char))
  }

  #letters(decided: readonly (readonly [string, Inline])[]): void {
    for (const [text, style] of decided) {
      const paint = this.#paintOf(style)
      for (const letter of text) this.#rows.add(letter, paint)
    }
  }

  /** The same call for the same style, so that letters of one style stay together. */
  #paintOf({ strong, emphasis, code }: Inline): (text: string) => string {
    const looks: Look[] = [
      ...(this.#kind === 'heading' ? ['heading' as const] : []),
      ...(strong ? ['strong' as const] : []),
      ...(emphasis ? ['emphasis' as const] : []),
      ...(code ? ['code' as const] : []),
    ]
    const key = looks.join()
    const known = this.#paints.get(key)
    if (known) return known
    const made = (text: string): string => (looks.length === 0 ? text : this.#paint(looks, text))
    this.#paints.set(key, made)
    return made
  }

  #lineEnd(): void {
    const isRule = this.#kind === 'open' && this.#fence === null && rule.test(this.#line)
    if (this.#kind === 'open' && !isRule) this.#decide(true)
    if (this.#kind === 'fence') {
      this.#fenced()
      return
    }
    if (isRule) this.#rows.raw(this.#paint(['dim'], '─'.repeat(Math.min(40, this.#columns()))))
    else if (this.#kind === 'code' || this.#kind === 'table') this.#rows.raw(this.#raw())
    else this.#letters(this.#inline.end())
    this.#over()
  }

  #over(): void {
    this.#rows.end()
    this.#line = ''
    this.#kind = 'open'
  }

  /** A fence itself is not shown; the language that it names is. */
  #fenced(): void {
    const [, mark = '', language = ''] = fenceLine.exec(this.#line) ?? []
    if (this.#fence === null) {
      this.#fence = mark
      if (language !== '') {
        this.#rows.raw(this.#paint(['dim'], `  ${language}`))
        this.#rows.end()
      }
    } else this.#fence = null
    this.#line = ''
    this.#kind = 'open'
  }

  /** Tables stay as they are, code is set in. */
  #raw(): string {
    return this.#kind === 'table' ? this.#line : `  ${this.#paint(['code'], this.#line)}`
  }
}
