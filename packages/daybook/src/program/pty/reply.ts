// The answer of a program in a terminal: the lines that it printed for a prompt, without what was typed and without its prompts.

import type { Look } from '../host/contract.ts'
import { findIn } from '../pattern.ts'
import type { Program } from '../resolve.ts'
import type { Printed } from './collected.ts'
import { marksIn } from './marks.ts'
import { rowsOf } from './rows.ts'
import { drawsScreen } from './sight.ts'
import type { Typed } from './typing.ts'

/** Characters of an answer: its beginning and its end, where there is more. */
const longest = 262_144

export interface Answered {
  readonly program: Program
  readonly printed: Printed
  /** As it was at the end; null: the program has ended. */
  readonly look: Look | null
  readonly cols: number
  readonly typed: Pick<Typed, 'lines' | 'pasted'>
  /** Of the shell whose marks count. */
  readonly aid: string | null
}

/** Of a program that draws a screen of its own: that screen, for nobody can tell which of it is the answer. */
export async function replyOf(answered: Answered): Promise<string> {
  const { look, program } = answered
  if (look !== null && drawsScreen(program, look, answered.aid)) return bounded(look.text.trimEnd())
  const marked = answered.aid === null ? null : await betweenMarks(answered, answered.aid)
  return bounded(marked ?? (await byLines(answered)))
}

/** Characters of what says that something is left out. */
const longestMark = 40

/** Whole lines of the beginning and the end, and how much was left out in all, where that is too long. */
export function bounded(text: string, most = longest): string {
  if (text.length <= most) return text
  const half = Math.floor((most - longestMark) / 2)
  const head = text.slice(0, text.lastIndexOf('\n', half) + 1 || half).toWellFormed()
  const end = text.indexOf('\n', text.length - half) + 1
  const tail = text.slice(end || text.length - half).toWellFormed()
  const middle = text.slice(head.length, text.length - tail.length)
  const marks = [...middle.matchAll(/^\[… (\d+) bytes …\]$/gm)]
  const known = marks.reduce((sum, [mark, bytes]) => sum + Number(bytes) - Buffer.byteLength(`${mark}\n`), 0)
  return `${head}${head.endsWith('\n') ? '' : '\n'}${leftOut(Buffer.byteLength(middle) + known)}\n${tail}`
}

function joined(lines: readonly string[]): string {
  return lines.join('\n').trimEnd()
}

function leftOut(bytes: number): string {
  return `[… ${bytes} bytes …]`
}

/** From the beginning of the first command to the end of the last; null where the shell marked none. */
async function betweenMarks({ printed, cols }: Answered, aid: string): Promise<string | null> {
  const { first, last, between } = printed
  const began = marksIn(first, aid).find(({ kind }) => kind === 'C')
  const tail = between > 0 ? last : first
  const ended = marksIn(tail, aid).findLast(({ kind }) => kind === 'D')
  if (began === undefined) return ended === undefined ? null : ''
  const until = ended?.start ?? tail.length
  if (between === 0) return joined(await rowsOf(first.subarray(began.end, until), cols))
  const [head, rest] = [first.subarray(began.end), last.subarray(last.indexOf(10) + 1, Math.max(until, 0))]
  return joined([...(await rowsOf(head, cols)), leftOut(between), ...(await rowsOf(rest, cols))])
}

async function byLines({ program, printed, cols, typed, look }: Answered): Promise<string> {
  const { before, first, between, last } = printed
  const head = withoutEcho(await rowsOf(Buffer.concat([before, first]), cols), typed, program)
  const rows =
    between === 0 ? head : [...head, leftOut(between), ...(await rowsOf(last.subarray(last.indexOf(10) + 1), cols))]
  const end = rows.pop() ?? ''
  return joined([...rows, look === null ? end : withoutPrompt(end, program)])
}

/** What stands before a prompt on its line is output without a last line end. */
function withoutPrompt(line: string, { pty }: Program): string {
  for (const source of [pty?.prompt_regex, pty?.continuation_regex]) {
    const [found] = source === undefined ? [null] : findIn(source, [line])
    if (found) return line.slice(0, line.length - (found.captures[0] ?? '').length)
  }
  return line
}

/** Lines that were typed stand behind a prompt, those of one paste behind each other. */
export function withoutEcho(rows: readonly string[], { lines, pasted }: Answered['typed'], { pty }: Program): string[] {
  const prompts = [pty?.prompt_regex, pty?.continuation_regex].filter((source) => source !== undefined)
  const isPrompt = (text: string): boolean => prompts.some((source) => findIn(source, [text, `${text} `]).some(Boolean))
  const kept: string[] = []
  let next = 0
  for (const [index, row] of rows.entries()) {
    const line = lines[next]
    const before = line === undefined || (pasted && kept.length > 0) ? null : beforeEcho(row, line)
    const isBare = before === '' && (prompts.length === 0 || (pasted && next > 0))
    const isEcho = before !== null && (isBare || isPrompt(before))
    if (isEcho || (index === 0 && next === 0 && holds(row, line))) next += 1
    else kept.push(row)
  }
  return kept
}

/** Where output had no last line end, an editor of lines draws what is typed over it. */
function holds(row: string, line = ''): boolean {
  const wanted = line.replaceAll(/\s/g, '')
  return wanted !== '' && row.replaceAll(/\s/g, '').includes(wanted)
}

/** What stands before a typed line on its row; null where that is not on it. Blanks are echoed in many ways. */
function beforeEcho(row: string, line: string): string | null {
  const wanted = line.replaceAll(/\s/g, '')
  let at = row.length
  for (let left = wanted.length; left > 0; at -= 1) {
    const sign = row[at - 1]
    if (sign === undefined) return null
    if (/\s/.test(sign)) continue
    if (sign !== wanted[left - 1]) return null
    left -= 1
  }
  const before = row.slice(0, at)
  if (before.trim() === '') return ''
  return /^\s/.test(line) ? before.replace(/\s+$/, ' ') : before
}
