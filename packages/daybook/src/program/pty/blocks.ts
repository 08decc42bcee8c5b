// Lines of a language whose blocks are indented, as they are typed to an interpreter that ends a block at the first empty line.

/** What goes on with the statement before it, at the beginning of a line. */
const goesOn = /^(?:elif|else|except|finally)\b/
/** What an interpreter reads on behind, also where all of it stands on one line. */
const opens = /^(?:async|class|def|for|if|try|while|with)\b|:\s*(?:#.*)?$/

/**
 * Empty lines within a block get a blank, which ends nothing, and a block that is followed by a line of the outermost level gets
 * an empty line, which ends it. Within strings of several lines and within brackets nothing is changed.
 */
export function indentedLines(lines: readonly string[]): string[] {
  const typed: string[] = []
  const scan = new Scan()
  let inBlock = false
  let before = ''
  for (const [index, line] of lines.entries()) {
    const isInside = scan.isInside
    scan.take(line)
    if (isInside) {
      typed.push(line)
      continue
    }
    if (line.trim() === '') {
      const next = lines.slice(index + 1).find((each) => each.trim() !== '')
      const within = inBlock && next !== undefined && (/^\s/.test(next) || goesOn.test(next))
      if (!within) inBlock = false
      typed.push(within ? ' ' : '')
      continue
    }
    const isOutermost = !/^\s/.test(line)
    const isNew = isOutermost && !goesOn.test(line) && !before.startsWith('@')
    if (isNew && inBlock) typed.push('')
    if (isOutermost) inBlock = opens.test(line) || goesOn.test(line) || line.startsWith('@')
    typed.push(line)
    before = line
  }
  return typed
}

/** Strings, comments and brackets, as far as they reach over the end of a line. */
class Scan {
  #quote: string | null = null
  #depth = 0
  #continued = false

  get isInside(): boolean {
    return this.#quote !== null || this.#depth > 0 || this.#continued
  }

  take(line: string): void {
    this.#continued = false
    for (let at = 0; at < line.length; ) at = this.#quote === null ? this.#code(line, at) : this.#string(line, at)
    // Only what has three quotes goes on behind the end of its line.
    if (this.#quote?.length === 1) this.#quote = null
  }

  #string(line: string, at: number): number {
    if (line[at] === '\\') return at + 2
    if (!line.startsWith(this.#quote ?? '', at)) return at + 1
    const { length } = this.#quote ?? ''
    this.#quote = null
    return at + length
  }

  #code(line: string, at: number): number {
    const sign = line[at] ?? ''
    if (sign === '#') return line.length
    if (sign === '\\' && at === line.length - 1) this.#continued = true
    if ('([{'.includes(sign)) this.#depth += 1
    if (')]}'.includes(sign)) this.#depth = Math.max(0, this.#depth - 1)
    if (sign !== '"' && sign !== "'") return at + 1
    const three = sign.repeat(3)
    this.#quote = line.startsWith(three, at) ? three : sign
    return at + this.#quote.length
  }
}
