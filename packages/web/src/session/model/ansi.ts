// Colours of terminals as spans of text: no escape of any kind survives, and nothing but colours has any effect.

export interface Span {
  readonly text: string
  /** 0 to 15, `#rrggbb`, or null for the one of the page. */
  readonly colour: number | string | null
  readonly ground: number | string | null
  readonly bold: boolean
  readonly faint: boolean
  readonly underlined: boolean
}

type Look = Omit<Span, 'text'>
const plain: Look = { colour: null, ground: null, bold: false, faint: false, underlined: false }

// What starts with ESC or its 8-bit forms: CSI, OSC and other strings up to their end, single ones.
const escapes =
  /(?:\x1b\[|\x9b)([0-?]*)([ -/]*)([@-~])|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|$)|\x1b[ -/]*[0-~]?|[\x80-\x9f]/g
const controls = /[\x00-\x08\x0b-\x1f\x7f]/g

/** Lines of spans. What a program wrote over (carriage return) is left out, as on a screen. */
export function linesOf(text: string): Span[][] {
  const lines: Span[][] = []
  let look = plain
  for (const line of text.replace(/\r+\n/g, '\n').split('\n')) {
    const spans: Span[] = []
    let at = 0
    const shown = line.lastIndexOf('\r') < 0 ? 0 : line.lastIndexOf('\r') + 1
    for (const match of line.matchAll(escapes)) {
      if (match.index > at && match.index > shown) add(spans, line.slice(Math.max(at, shown), match.index), look)
      at = match.index + match[0].length
      if (match[3] === 'm') look = lookAfter(look, match[1] ?? '')
    }
    if (at < line.length) add(spans, line.slice(Math.max(at, shown)), look)
    lines.push(spans)
  }
  return lines
}

/** Text alone, for copying and for places without colours. */
export function withoutEscapes(text: string): string {
  return linesOf(text)
    .map((spans) => spans.map((span) => span.text).join(''))
    .join('\n')
}

function add(spans: Span[], raw: string, look: Look): void {
  const text = raw.replace(controls, '')
  if (text !== '') spans.push({ text, ...look })
}

function lookAfter(before: Look, parameters: string): Look {
  const codes = parameters.split(/[;:]/).map((part) => (part === '' ? 0 : Number(part)))
  let look = before
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0
    if (code === 38 || code === 48) {
      const [value, used] = extended(codes, at + 1)
      look = code === 38 ? { ...look, colour: value } : { ...look, ground: value }
      at += used
    } else look = simple(look, code)
  }
  return look
}

function simple(look: Look, code: number): Look {
  if (code === 0) return plain
  if (code === 1) return { ...look, bold: true }
  if (code === 2) return { ...look, faint: true }
  if (code === 4) return { ...look, underlined: true }
  if (code === 22) return { ...look, bold: false, faint: false }
  if (code === 24) return { ...look, underlined: false }
  if (code === 39) return { ...look, colour: null }
  if (code === 49) return { ...look, ground: null }
  if (code >= 30 && code <= 37) return { ...look, colour: code - 30 }
  if (code >= 90 && code <= 97) return { ...look, colour: code - 82 }
  if (code >= 40 && code <= 47) return { ...look, ground: code - 40 }
  if (code >= 100 && code <= 107) return { ...look, ground: code - 92 }
  return look
}

function extended(codes: readonly number[], at: number): [number | string | null, number] {
  if (codes[at] === 5) return [indexed(codes[at + 1] ?? 0), 2]
  if (codes[at] === 2) return [hex(codes[at + 1], codes[at + 2], codes[at + 3]), 4]
  return [null, 0]
}

function indexed(index: number): number | string {
  if (index < 16) return Math.max(0, index)
  if (index >= 232) return hex(8 + (index - 232) * 10, 8 + (index - 232) * 10, 8 + (index - 232) * 10)
  const cube = index - 16
  const level = (value: number): number => (value === 0 ? 0 : 55 + value * 40)
  return hex(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6))
}

function hex(...levels: (number | undefined)[]): string {
  const part = (level = 0): string => Math.min(255, Math.max(0, level)).toString(16).padStart(2, '0')
  return `#${levels.map(part).join('')}`
}
