// The lower end of a terminal: what was printed stays above, the unfinished row and the line that is typed stand below it.

import {
  clearScreenDown,
  createInterface,
  cursorTo,
  emitKeypressEvents,
  type Interface,
  moveCursor,
} from 'node:readline'
import type { ReadStream, WriteStream } from 'node:tty'

export interface BoardOptions {
  readonly input: ReadStream
  readonly output: WriteStream
  /** Own inputs, newest first. */
  readonly history: readonly string[]
  /** A line was typed. */
  readonly onLine: (line: string) => void
  /** Ctrl-C. `empty`: nothing was typed, else what was typed is gone. */
  readonly onInterrupt: (empty: boolean) => void
  /** Ctrl-D, or the terminal went away. */
  readonly onClose: () => void
}

/** Rows of the editor's own that stand above its cursor; it moves up by them when it draws itself again. */
interface Drawn {
  prevRows: number
}

export class Board {
  readonly #lines: Interface
  readonly #output: WriteStream
  readonly #onReturn: (text: string | undefined, key: { readonly name?: string } | undefined) => void
  readonly #input: ReadStream
  #label = '> '
  #tail = ''
  #closed = false

  constructor({ input, output, history, onLine, onInterrupt, onClose }: BoardOptions) {
    this.#input = input
    this.#output = output
    emitKeypressEvents(input)
    // Before the editor hears of it: the unfinished row belongs below the line that was typed, not above it.
    this.#onReturn = (_text, key) => {
      if (key?.name === 'return' || key?.name === 'enter') this.#draw('')
    }
    input.prependListener('keypress', this.#onReturn)
    this.#lines = createInterface({
      input,
      output,
      terminal: true,
      history: [...history],
      historySize: 500,
      prompt: '',
    })
    this.#lines.on('line', (line) => {
      this.#drawn.prevRows = 0
      onLine(line)
      this.#draw(this.#tail)
    })
    this.#lines.on('SIGINT', () => {
      const empty = this.#lines.line === ''
      if (!empty) this.#lines.write(null, { ctrl: true, name: 'e' })
      if (!empty) this.#lines.write(null, { ctrl: true, name: 'u' })
      onInterrupt(empty)
    })
    this.#lines.on('close', () => {
      this.#closed = true
      onClose()
    })
    this.#draw('')
  }

  /** Cells of a row. */
  get columns(): number {
    return Math.max(20, this.#output.columns ?? 80)
  }

  /** Stands above from now on, and is never drawn again. */
  print(rows: readonly string[], tail = this.#tail): void {
    if (this.#closed) return
    this.#tail = tail
    if (rows.length > 0) {
      this.#clear()
      this.#output.write(`${rows.join('\r\n')}\r\n`)
      this.#drawn.prevRows = 0
    }
    this.#draw(tail)
  }

  /** What stands in front of what is typed. */
  label(text: string): void {
    if (text === this.#label) return
    this.#label = text
    this.#draw(this.#tail)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#clear()
    this.#input.off('keypress', this.#onReturn)
    this.#lines.close()
  }

  get #drawn(): Drawn {
    return this.#lines as unknown as Drawn
  }

  #draw(tail: string): void {
    if (this.#closed) return
    this.#lines.setPrompt(`${tail === '' ? '' : `${tail}\n`}${this.#label}`)
    this.#lines.prompt(true)
  }

  #clear(): void {
    moveCursor(this.#output, 0, -this.#lines.getCursorPos().rows)
    cursorTo(this.#output, 0)
    clearScreenDown(this.#output)
  }
}
