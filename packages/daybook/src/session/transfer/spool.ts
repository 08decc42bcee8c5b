// Lines put aside until all of them are known to be right: short ones in memory, long ones in a file that nobody else sees.

import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Characters that are held in memory. */
const inMemory = 4 * 1024 * 1024
const pieceBytes = 256 * 1024

export class Spool {
  #lines: string[] = []
  #length = 0
  #file: FileHandle | null = null
  #path = ''

  async add(line: string): Promise<void> {
    this.#lines.push(line)
    this.#length += line.length
    if (this.#length > inMemory) await this.#spill()
  }

  async *lines(): AsyncGenerator<string> {
    if (!this.#file) {
      yield* this.#lines
      return
    }
    await this.#spill()
    const decoder = new TextDecoder()
    const buffer = new Uint8Array(pieceBytes)
    let rest = ''
    for (let position = 0; ; ) {
      const { bytesRead } = await this.#file.read(buffer, 0, pieceBytes, position)
      if (bytesRead === 0) return
      position += bytesRead
      const lines = (rest + decoder.decode(buffer.subarray(0, bytesRead), { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
  }

  async clear(): Promise<void> {
    this.#lines = []
    this.#length = 0
    const file = this.#file
    this.#file = null
    if (!file) return
    await file.close()
    await rm(this.#path, { force: true })
  }

  async #spill(): Promise<void> {
    if (!this.#file) {
      this.#path = join(tmpdir(), `daybook-import-${process.pid}-${randomUUID()}`)
      this.#file = await open(this.#path, 'wx+', 0o600)
    }
    if (this.#lines.length > 0) await this.#file.appendFile(`${this.#lines.join('\n')}\n`)
    this.#lines = []
    this.#length = 0
  }
}
