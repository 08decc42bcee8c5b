// Measures files and functions; finds function bodies from brackets, since the compiler offers no parser.
import { closing, lineOf } from './scan.ts'
import { isSuite, isTest, type Source } from './sources.ts'

const longestFunction = 60

function longestFile(path: string): number {
  return isTest(path) || isSuite(path) ? 400 : 300
}

const control = /(?:\b(?:if|for|while|switch|catch|with)|\bfor\s+await)\s*$/
/** Callbacks that only group tests are as long as their group. */
const grouping = /\b(?:describe|suite)(?:\.\w+)?\s*\($/

function opening(code: string, close: number): number {
  let depth = 0
  for (let at = close; at >= 0; at--) {
    const char = code[at] ?? ''
    if (')]}'.includes(char)) depth++
    else if ('([{'.includes(char) && --depth === 0) return at
  }
  return 0
}

/** Behind `): `, the brace that opens the body; a brace in the type itself is stepped over. -1 when there is none. */
function bodyAfterType(code: string, from: number): number {
  let complete = false
  let angles = 0
  for (let at = from; at < code.length; at++) {
    const char = code[at] ?? ''
    if (char === '{' && complete) return at
    if (char === '\n' && complete) return -1
    if (char === ';' || char === ')' || (char === ',' && angles === 0)) return -1
    if (char === '<') angles++
    if (char === '>' && code[at - 1] !== '=') angles--
    if ('([{'.includes(char)) {
      at = closing(code, at) - 1
      complete = true
    } else if (/[\w\]'"]/.test(char) || (char === '>' && code[at - 1] !== '=')) complete = true
    else if ('|&:<=,'.includes(char)) complete = false
  }
  return -1
}

interface Body {
  readonly start: number
  readonly end: number
}

function blockBodies(code: string): Body[] {
  return [...code.matchAll(/\)\s*([:{])/g)].flatMap((match) => {
    const open = opening(code, match.index)
    if (control.test(code.slice(Math.max(0, open - 16), open))) return []
    const sign = match.index + match[0].length - 1
    const body = match[1] === '{' ? sign : bodyAfterType(code, sign + 1)
    return body < 0 ? [] : [{ start: open, end: closing(code, body) }]
  })
}

function arrowBodies(code: string): Body[] {
  return [...code.matchAll(/=>\s*([{(])/g)].flatMap((match) => {
    const before = code.slice(0, match.index).trimEnd()
    const name = before.search(/[\w$]+$/)
    const start = before.endsWith(')') ? opening(code, before.length - 1) : name < 0 ? match.index : name
    const lead = code.slice(Math.max(0, start - 200), start).replace(/\basync\s*$/, '')
    const afterTitle = lead.replace(/(['"`])\s*\1\s*,\s*(?:\{[^}]*\}\s*,\s*)?$/, '').trimEnd()
    if (grouping.test(afterTitle)) return []
    return [{ start, end: closing(code, match.index + match[0].length - 1) }]
  })
}

export function sizeFaults({ path, text, code }: Source): string[] {
  const lines = text.trimEnd().split('\n').length
  const faults = lines > longestFile(path) ? [`${path}: ${lines} lines, at most ${longestFile(path)}`] : []
  const seen = new Set<number>()
  for (const body of [...blockBodies(code), ...arrowBodies(code)]) {
    const first = lineOf(code, body.start)
    const length = lineOf(code, body.end) - first + 1
    if (length > longestFunction && !seen.has(first)) {
      seen.add(first)
      faults.push(`${path}:${first}: a function of ${length} lines, at most ${longestFunction}`)
    }
  }
  return faults
}
