// Where words go: results to standard output, hints and progress to standard error, JSON when asked.

import { styleText } from 'node:util'
import type { Refusal } from './exits.ts'
import { type Column, columns } from './format/columns.ts'
import { harmless } from './format/width.ts'

export interface Sink {
  write(text: string): boolean
  once(name: 'drain' | 'error' | 'close', listener: () => void): unknown
  off(name: 'drain' | 'error' | 'close', listener: () => void): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan'

export interface OutputSettings {
  readonly json: boolean
  readonly quiet: boolean
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface TableOptions {
  readonly columns?: readonly Column[]
  readonly indent?: number
  /** Style of each column's cells. */
  readonly styles?: readonly (Style | undefined)[]
}

export interface Output {
  readonly json: boolean
  /** True when a person may be asked: both ends are a terminal. */
  readonly person: boolean
  /** Cells of a line; undefined when standard output is no terminal. */
  readonly width: number | undefined
  line(text?: string): void
  table(rows: readonly (readonly string[])[], options?: TableOptions): void
  /** The lines of a table, for those who print something between them. */
  lines(rows: readonly (readonly string[])[], options?: TableOptions): readonly string[]
  /** One JSON object on a line. */
  object(value: unknown): void
  /** Writes and waits while the reader is slow. */
  stream(text: string): Promise<void>
  hint(text: string): void
  /** A line that the next one replaces, where somebody watches standard error. */
  progress(text: string): void
  refuse(refusal: Refusal): void
  style(style: Style, text: string): string
}

export function openOutput(out: Sink, err: Sink, person: boolean, settings: OutputSettings): Output {
  let standing = false
  /** Takes away a line of progress before anything else is printed. */
  const clear = (): void => {
    if (standing) err.write('\r\u001b[K')
    standing = false
  }
  const outColour = hasColour(out, settings.env)
  const errColour = hasColour(err, settings.env)
  const paint = (style: Style, text: string): string =>
    outColour ? styleText(style, text, { validateStream: false }) : text
  const lineWidth = out.isTTY ? (out.columns ?? 80) : undefined
  const lines = (rows: readonly (readonly string[])[], options: TableOptions = {}): string[] =>
    columns(rows, {
      ...options,
      width: lineWidth,
      paint: (text, column) => {
        const style = options.styles?.[column]
        return style === undefined ? text : paint(style, text)
      },
    })
  return {
    json: settings.json,
    person,
    width: lineWidth,
    line(text = '') {
      clear()
      out.write(`${text}\n`)
    },
    table(rows, options) {
      for (const line of lines(rows, options)) out.write(`${line}\n`)
    },
    lines,
    object(value) {
      clear()
      out.write(`${JSON.stringify(value)}\n`)
    },
    stream(text) {
      clear()
      return written(out, text)
    },
    hint(text) {
      clear()
      if (!settings.quiet) err.write(`${text}\n`)
    },
    progress(text) {
      if (settings.quiet || err.isTTY !== true) return
      err.write(`\r\u001b[K${text}`)
      standing = true
    },
    refuse(refusal) {
      clear()
      err.write(settings.json ? `${JSON.stringify(problemOf(refusal))}\n` : refusalText(refusal, errColour))
    },
    style: paint,
  }
}

function refusalText({ lines }: Refusal, colour: boolean): string {
  const said = [lines.what, lines.why, lines.next].filter((line) => line !== undefined).map(harmless)
  const [what = '', ...others] = said
  const first = colour ? styleText('red', what, { validateStream: false }) : what
  return `${[first, ...others].join('\n')}\n`
}

function problemOf({ code, exit, lines }: Refusal): Readonly<Record<string, unknown>> {
  return { code, detail: lines.what, why: lines.why, hint: lines.next, exit }
}

function hasColour(sink: Sink, env: OutputSettings['env']): boolean {
  if (env.NO_COLOR || env.TERM === 'dumb') return false
  return sink.isTTY === true
}

function written(out: Sink, text: string): Promise<void> {
  if (out.write(text)) return Promise.resolve()
  return new Promise((resolve) => {
    // A reader that went away ends the wait too; the process then ends quietly.
    const done = (): void => {
      for (const name of ['drain', 'error', 'close'] as const) out.off(name, done)
      resolve()
    }
    for (const name of ['drain', 'error', 'close'] as const) out.once(name, done)
  })
}
