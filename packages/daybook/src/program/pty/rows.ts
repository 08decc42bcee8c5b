// The lines that a terminal shows for bytes, from its first to the one with the cursor, however much of it scrolls away.

import { loadTerminals } from '../host/emulator.ts'

/** Bytes after which lines that scrolled away are taken; fewer than there is room for lines. */
const piece = 4_096
const scrollback = 5_000
const rows = 40

/** Lines without blanks at their ends, wrapped rows joined; of the last one only what stands left of the cursor, as it is. */
export async function rowsOf(bytes: Uint8Array, cols: number): Promise<string[]> {
  const { Terminal } = await loadTerminals()
  const terminal = new Terminal({ cols, rows, scrollback, allowProposedApi: true })
  const { normal } = terminal.buffer
  const lines: string[] = []
  let mark = terminal.registerMarker(-normal.cursorY)
  const take = (until: number): void => {
    for (let row = Math.max(mark?.line ?? 0, 0); row < until; row += 1) {
      const text = normal.getLine(row)?.translateToString(false) ?? ''
      if (normal.getLine(row)?.isWrapped && lines.length > 0) lines.push((lines.pop() ?? '') + text)
      else lines.push(text)
    }
  }
  for (let at = 0; at < bytes.length; at += piece) {
    await new Promise<void>((resolve) => terminal.write(bytes.subarray(at, at + piece), resolve))
    if (terminal.buffer.active.type !== 'normal' || normal.baseY === 0) continue
    take(normal.baseY)
    mark?.dispose()
    mark = terminal.registerMarker(-normal.cursorY)
  }
  const cursor = normal.baseY + normal.cursorY
  take(cursor)
  const left = normal.getLine(cursor)?.translateToString(false, 0, normal.cursorX) ?? ''
  const wraps = normal.getLine(cursor)?.isWrapped && lines.length > 0
  const last = wraps ? (lines.pop() ?? '') + left : left
  terminal.dispose()
  return [...lines.map((line) => line.trimEnd()), last]
}
