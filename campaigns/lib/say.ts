// Lines of JSON on standard output that a kill cannot hold back: written when they are said, however far the reader is.

import { writeSync } from 'node:fs'

export function say(line: object): void {
  const bytes = Buffer.from(`${JSON.stringify(line)}\n`)
  for (let at = 0; at < bytes.length; ) at += written(bytes, at)
}

function written(bytes: Uint8Array, at: number): number {
  try {
    return writeSync(1, bytes, at)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    // Whoever reads is behind.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    return 0
  }
}
