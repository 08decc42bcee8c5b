// Lays cells out in columns by their width on a terminal.

import { cut, harmless, pad, width } from './width.ts'

export interface Column {
  /** Set flush right, as numbers are. */
  readonly right?: boolean
  /** Gives way first when the line is too long; the text is cut. */
  readonly flexible?: boolean
}

export interface Layout {
  readonly columns?: readonly Column[]
  readonly indent?: number
  /** Cells of a line; undefined: as long as it gets (no terminal). */
  readonly width?: number | undefined
  /** Decorates a cell after its width is known, for example with colour. */
  readonly paint?: (text: string, column: number, row: number) => string
}

const gap = '  '

/**
 * One line per row, without a line end; columns that are empty everywhere take no room. Whatever a cell holds, it is
 * harmless to a terminal and stays on its line.
 */
export function columns(given: readonly (readonly string[])[], layout: Layout = {}): string[] {
  const rows = given.map((row) => row.map((cell) => harmless(cell).replace(/[\n\t]/g, ' ')))
  const count = Math.max(0, ...rows.map((row) => row.length))
  const all = Array.from({ length: count }, (_, at) => at)
  const used = all.filter((at) => rows.some((row) => (row[at] ?? '') !== ''))
  const widths = new Map(used.map((at) => [at, Math.max(...rows.map((row) => width(row[at] ?? '')))]))
  shrink(widths, layout)
  const indent = ' '.repeat(layout.indent ?? 0)
  return rows.map((row, index) => {
    const cells = used.map((at) => {
      const room = widths.get(at) ?? 0
      const text = cut(row[at] ?? '', room)
      const painted = layout.paint ? layout.paint(text, at, index) : text
      const fill = ' '.repeat(Math.max(0, room - width(text)))
      return layout.columns?.[at]?.right ? fill + painted : painted + fill
    })
    return (indent + cells.join(gap)).trimEnd()
  })
}

/** Takes what a line is too long from the flexible column, which keeps at least twelve cells. */
function shrink(widths: Map<number, number>, layout: Layout): void {
  if (layout.width === undefined) return
  const total = [...widths.values()].reduce((sum, each) => sum + each + gap.length, (layout.indent ?? 0) - gap.length)
  const over = total - layout.width
  const flexible = [...widths.keys()].find((at) => layout.columns?.[at]?.flexible)
  if (over <= 0 || flexible === undefined) return
  widths.set(flexible, Math.max(12, (widths.get(flexible) ?? 0) - over))
}

/** Two texts on one line, the second flush with the others at column `at`. */
export function beside(left: string, right: string, at: number): string {
  return right === '' ? left : `${pad(left, at)}${width(left) >= at ? gap : ''}${right}`
}
