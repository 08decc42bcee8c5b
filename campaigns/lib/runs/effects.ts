// What steps did to the world: one appended line per effect, in a file that the store knows nothing of.

import { existsSync, openSync, readFileSync, writeSync } from 'node:fs'

export interface Effect {
  readonly run: string
  readonly name: string
  /** Idempotency key of the step. */
  readonly key: string
  readonly attempt: number
  /** The process that did it. */
  readonly by: string
}

/** Appends for as long as its process lives; a line is whole or not there, whenever the process is killed. */
export class EffectWriter {
  readonly #file: number

  constructor(path: string) {
    this.#file = openSync(path, 'a')
  }

  note(effect: Effect): void {
    const line = `${JSON.stringify(effect)}\n`
    if (writeSync(this.#file, line) !== Buffer.byteLength(line)) throw new Error('half a line was written')
  }
}

/** In the order in which they took place. */
export function readEffects(path: string): readonly Effect[] {
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Effect)
}
