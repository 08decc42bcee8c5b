// Programs without a protocol: all that they print is their answer.

import type { FormatReader, ProgramEvent } from '../contract.ts'

/** Bytes of an answer that are kept. */
const longestAnswer = 1024 * 1024

export class TextReader implements FormatReader {
  readonly #lines: string[] = []
  #bytes = 0
  #left = 0

  push(line: string): readonly ProgramEvent[] {
    const bytes = Buffer.byteLength(line) + 1
    if (this.#left > 0 || this.#bytes + bytes > longestAnswer) this.#left += bytes
    else {
      this.#bytes += bytes
      this.#lines.push(line)
    }
    return [{ type: 'delta', text: `${line}\n` }]
  }

  /** Such a program says nothing of its success: what it exits with is its word. */
  end(): readonly ProgramEvent[] {
    const text = this.#lines.join('\n').trimEnd()
    const content = this.#left === 0 ? text : `${text}\n… ${this.#left} bytes left out …`
    return [{ type: 'message', role: 'assistant', content, final: true }]
  }
}
