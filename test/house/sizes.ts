// Measures files and functions; finds function bodies from brackets, since the compiler offers no parser.
import { closing, lineOf } from './scan.ts'
import { isSuite, isTest, type Source } from './sources.ts'

const longestFunction = 60

function longestFile(path: string): number {
  return isTest(path) || isSuite(path) ? 400 : 300
}

const control = /(?:\b(?:if|for|while|switch|catch|with)|\bfor\s+await)\s*$/
const grouping = /\b(?:describe|suite)(?:\.\w+)?\s*$/

/** The bracket that the one at `from` closes; with a depth of 1, the one that `from` stands in. */
function opening(code: string, from: number, depth = 0): number {
  for (let at = from; at >= 0; at--) {
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
    return [{ start, end: closing(code, match.index + match[0].length - 1) }]
  })
}

/** Whether the body is handed to a call that groups tests, whatever title and options stand before it. */
function groupsTests(code: string, { start }: Body): boolean {
  const call = opening(code, start - 1, 1)
  return code[call] === '(' && grouping.test(code.slice(Math.max(0, call - 32), call))
}

function linesOf(code: string, { start, end }: Body): number[] {
  const first = lineOf(code, start)
  return Array.from({ length: lineOf(code, end) - first + 1 }, (_, index) => first + index)
}

/** A group of tests has the lines that stand outside its functions: each of these is measured by itself. */
function ownLength(code: string, group: Body, bodies: readonly Body[]): number {
  const inner = bodies.filter(({ start, end }) => start > group.start && end <= group.end)
  const theirs = new Set(inner.flatMap((body) => linesOf(code, body).slice(1)))
  return linesOf(code, group).filter((line) => !theirs.has(line)).length
}

export function sizeFaults({ path, text, code }: Source): string[] {
  const lines = text.trimEnd().split('\n').length
  const faults = lines > longestFile(path) ? [`${path}: ${lines} lines, at most ${longestFile(path)}`] : []
  const bodies = [...blockBodies(code), ...arrowBodies(code)]
  const mayGroup = isTest(path) || isSuite(path)
  const seen = new Set<number>()
  for (const body of bodies) {
    const first = lineOf(code, body.start)
    const isGroup = mayGroup && groupsTests(code, body)
    const length = isGroup ? ownLength(code, body, bodies) : linesOf(code, body).length
    if (length > longestFunction && !seen.has(first)) {
      seen.add(first)
      faults.push(`${path}:${first}: a function of ${length} lines, at most ${longestFunction}`)
    }
  }
  return faults
}
