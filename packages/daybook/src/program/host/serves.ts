// Whether a process host serves a folder; a look starts none.

import { Line } from './line.ts'

/** Milliseconds that a host gets to say hello. */
const patience = 10_000

/** `unreachable` where the socket is there and cannot be used. */
export async function serves(folder: string): Promise<boolean> {
  const line = await Line.open(folder, patience)
  line?.close()
  return line !== null
}
