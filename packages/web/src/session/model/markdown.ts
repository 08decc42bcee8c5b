// Markdown as tokens that are safe to draw: nothing nested too deep, no address that runs anything, signs by name as signs.

import { lexer, type Token } from 'marked'

/** Containers in containers that are read; a parser takes a stack frame or more for each. */
const deepest = 100
/** Runs of `*` and `_` in one block, over which pairing them takes time with their square. */
const mostEmphasis = 1_000

const tooDeep = new RegExp(`^(?:[>\\s]|[*+-]\\s|\\d+[.)]\\s){${deepest * 2},}`, 'm')

/** Null where the text is nested deeper than anybody reads: it is shown as it was written. */
export function markdownTokens(text: string): readonly Token[] | null {
  if (tooDeep.test(text)) return null
  for (const block of text.split(/\n\s*\n/)) {
    if ((block.match(/[*_]+/g)?.length ?? 0) > mostEmphasis) return null
  }
  return lexer(text, { gfm: true })
}

/** The address, where following it loads a page or begins a letter; anything else could run a program. */
export function safeAddress(href: string): string | undefined {
  const scheme = /^[\s\p{Cc}]*([a-z][a-z\d+.-]*):/iu.exec(href)?.[1]
  return scheme === undefined || /^(?:https?|mailto)$/i.test(scheme) ? href : undefined
}

/** Those that are in use; another name stays as it was written. */
const signs: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  copy: '©',
  reg: '®',
  trade: '™',
  hellip: '…',
  mdash: '—',
  ndash: '–',
  laquo: '«',
  raquo: '»',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  times: '×',
  divide: '÷',
  plusmn: '±',
  deg: '°',
  middot: '·',
  bull: '•',
  larr: '←',
  rarr: '→',
  uarr: '↑',
  darr: '↓',
  le: '≤',
  ge: '≥',
  ne: '≠',
  sect: '§',
  euro: '€',
  pound: '£',
  yen: '¥',
}

export function withSigns(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return Object.hasOwn(signs, name) ? (signs[name] ?? whole) : whole
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? '\ufffd' : String.fromCodePoint(code)
  })
}
