// Splits TypeScript text into code and comments without a parser: enough for the house rules, tested by scan.test.ts.

export interface Scanned {
  /** The text with comments and the contents of strings, templates and regular expressions blanked; same length. */
  readonly code: string
  /** The text with only comments blanked; same length. */
  readonly uncommented: string
  /** The text with everything but comments blanked; same length. */
  readonly comments: string
}

type Layer = 'code' | 'text' | 'comment'

const blank = (text: string): string => text.replace(/[^\n]/g, ' ')
/** After these a slash begins a regular expression; after a name, a number, `)` or `]` it divides. */
const beforeRegex = /(?:^|[([{,;:=!&|?+\-*%<>~^}]|\b(?:return|typeof|case|of|in|await|yield|void|throw|else))\s*$/

function endOfQuoted(source: string, from: number): number {
  const quote = source[from]
  for (let at = from + 1; at < source.length; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === quote || source[at] === '\n') return at + 1
  }
  return source.length
}

function endOfRegex(source: string, from: number): number {
  let inClass = false
  for (let at = from + 1; at < source.length; at++) {
    const char = source[at]
    if (char === '\n') return from // not a regular expression after all
    if (char === '\\') at++
    else if (char === '[') inClass = true
    else if (char === ']') inClass = false
    else if (char === '/' && !inClass) return at + 1
  }
  return from
}

/** End of the next stretch of template text: behind the closing backtick, or behind `${`. */
function endOfTemplateText(source: string, from: number): number {
  for (let at = from; at < source.length; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === '`') return at + 1
    else if (source.startsWith('${', at)) return at + 2
  }
  return source.length
}

function endOfComment(source: string, from: number): number {
  const end = source[from + 1] === '/' ? source.indexOf('\n', from) : source.indexOf('*/', from + 2)
  if (end < 0) return source.length
  return source[from + 1] === '/' ? end : end + 2
}

/** The slash of `</b>`, or that of `<b {...c} />`. */
function closesMarkup(source: string, at: number): boolean {
  return source[at - 1] === '<' || (source[at + 1] === '>' && /\}\s*$/.test(source.slice(Math.max(0, at - 80), at)))
}

/** What ends no stretch of code: everything but slashes, quotes and braces. */
const plain = /[^/'"`{}]+/y

function endOfPlain(source: string, from: number): number {
  plain.lastIndex = from
  return plain.test(source) ? plain.lastIndex : from + 1
}

/** One step of the scan: where the piece at `at` ends and what it is. `depths` holds the open template braces. */
function piece(source: string, at: number, behind: string, depths: number[]): { end: number; layer: Layer } {
  const char = source[at] ?? ''
  const top = depths.length - 1
  if (char === '/' && (source[at + 1] === '/' || source[at + 1] === '*')) {
    return { end: endOfComment(source, at), layer: 'comment' }
  }
  if (char === "'" || char === '"') return { end: endOfQuoted(source, at), layer: 'text' }
  if (char === '/' && beforeRegex.test(behind) && !closesMarkup(source, at)) {
    const end = endOfRegex(source, at)
    if (end > at) return { end, layer: 'text' }
  }
  const endsHole = char === '}' && depths[top] === 0
  if (char === '`' || endsHole) {
    const end = endOfTemplateText(source, at + 1)
    const opens = source.startsWith('${', end - 2) && source[end - 1] === '{'
    if (endsHole) depths.pop()
    if (opens) depths.push(0)
    return { end, layer: 'text' }
  }
  if (char === '{' && top >= 0) depths[top] = (depths[top] ?? 0) + 1
  if (char === '}' && top >= 0) depths[top] = (depths[top] ?? 0) - 1
  return { end: endOfPlain(source, at), layer: 'code' }
}

/** Keeps the delimiters of a text, so that patterns still see where a string stands. */
function hollow(text: string): string {
  return text.length < 2 ? text : `${text[0]}${blank(text.slice(1, -1))}${text.at(-1)}`
}

export function scan(source: string): Scanned {
  const parts = { code: [] as string[], uncommented: [] as string[], comments: [] as string[] }
  const depths: number[] = []
  let behind = ''
  let at = source.startsWith('#!') ? source.indexOf('\n') : 0
  if (at > 0) for (const part of Object.values(parts)) part.push(blank(source.slice(0, at)))
  while (at < source.length) {
    const { end, layer } = piece(source, at, behind, depths)
    const text = source.slice(at, end)
    parts.code.push(layer === 'code' ? text : layer === 'text' ? hollow(text).replace(/[{}]/g, ' ') : blank(text))
    parts.uncommented.push(layer === 'comment' ? blank(text) : text)
    parts.comments.push(layer === 'comment' ? text : blank(text))
    if (layer !== 'comment') behind = (behind + (layer === 'code' ? text : 'x')).slice(-12)
    at = end
  }
  return { code: parts.code.join(''), uncommented: parts.uncommented.join(''), comments: parts.comments.join('') }
}

/** Index behind the bracket that closes the one at `open`; the end of the text when nothing does. */
export function closing(code: string, open: number): number {
  let depth = 0
  for (let at = open; at < code.length; at++) {
    const char = code[at] ?? ''
    if ('([{'.includes(char)) depth++
    else if (')]}'.includes(char) && --depth === 0) return at + 1
  }
  return code.length
}

export function lineOf(text: string, index: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < index; at = text.indexOf('\n', at + 1)) line++
  return line
}
