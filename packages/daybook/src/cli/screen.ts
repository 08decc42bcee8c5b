// The screen of whoever typed a command: raw keys, its size, and the way back to how it was.

import type { ReadStream, WriteStream } from 'node:tty'

export interface Size {
  readonly cols: number
  readonly rows: number
}

export interface Screen {
  /** The terminal itself, for an editor of lines. */
  readonly streams: { readonly input: ReadStream; readonly output: WriteStream }
  size(): Size
  /** Resolves when it takes more. */
  write(bytes: Uint8Array | string): Promise<void>
  /** Keys as they are pressed, none of them a signal, until the signal; then it is as before. */
  keys(take: (keys: Buffer) => void, signal: AbortSignal): void
  onResize(listener: (size: Size) => void, signal: AbortSignal): void
}

export function screenOf(input: ReadStream, output: WriteStream): Screen {
  const size = (): Size => ({ cols: clamp(output.columns), rows: clamp(output.rows) })
  return {
    streams: { input, output },
    size,
    write(bytes) {
      if (output.write(bytes)) return Promise.resolve()
      return new Promise((resolve) => output.once('drain', resolve))
    },
    keys(take, signal) {
      if (signal.aborted) return
      input.setRawMode(true).resume().on('data', take)
      const end = (): void => {
        input.off('data', take)
        input.setRawMode(false).pause()
      }
      signal.addEventListener('abort', end, { once: true })
    },
    onResize(listener, signal) {
      const told = (): void => listener(size())
      output.on('resize', told)
      signal.addEventListener('abort', () => output.off('resize', told), { once: true })
    },
  }
}

/** Some say nothing of their size. */
function clamp(cells: number | undefined): number {
  return cells === undefined || cells < 1 ? 80 : Math.min(cells, 1000)
}
