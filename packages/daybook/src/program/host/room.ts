// Gives back to the disk what lies in the midst of files that living processes write, and which only grow.

import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Hole, Spool } from './spool.ts'

/**
 * The blocks are freed, length and offsets stay. To cut such a file instead would lose what is written between the last
 * look and the cut, and nobody could tell how much. The runtime has no call for it, so a program of the system does it.
 */
async function punch(path: string, { from, to }: Hole): Promise<void> {
  await promisify(execFile)('fallocate', ['--punch-hole', '--offset', `${from}`, '--length', `${to - from}`, path])
}

/** Whether the system and the file system under the place can do it; why not is said in the log of the host. */
async function canPunch(place: string): Promise<boolean> {
  const path = join(place, 'probe')
  try {
    await writeFile(path, new Uint8Array(8192), { mode: 0o600 })
    await punch(path, { from: 0, to: 4096 })
    return true
  } catch (error) {
    console.error(`long output is kept whole while its process lives: ${String(error)}`)
    return false
  } finally {
    await rm(path, { force: true })
  }
}

/** The room that one process takes. */
export class Room {
  readonly #place: string
  #able: Promise<boolean> | null = null
  #making: Promise<void> | null = null

  constructor(place: string) {
    this.#place = place
  }

  /** Lets go of what is surplus, again until there is none; at once where it is being done, for that sees what came. */
  make(spools: readonly Spool[], surplus: (spool: Spool) => Hole | null): Promise<void> {
    if (this.#making === null && !spools.some((spool) => surplus(spool) !== null)) return Promise.resolve()
    this.#making ??= this.#make(spools, surplus).finally(() => {
      this.#making = null
    })
    return this.#making
  }

  /** What was begun is done. */
  async made(): Promise<void> {
    await this.#making
  }

  async #make(spools: readonly Spool[], surplus: (spool: Spool) => Hole | null): Promise<void> {
    this.#able ??= canPunch(this.#place)
    if (!(await this.#able)) return
    try {
      for (const spool of spools) {
        for (let hole = surplus(spool); hole !== null; hole = surplus(spool)) {
          const { base } = spool
          try {
            await punch(spool.letGo(hole), { from: hole.from - base, to: hole.to - base })
          } finally {
            spool.freed()
          }
        }
      }
    } catch (error) {
      this.#able = Promise.resolve(false)
      console.error(`${this.#place}: no more room is given back: ${String(error)}`)
    }
  }
}
