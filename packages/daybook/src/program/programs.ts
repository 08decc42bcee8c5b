// The programs of this machine as their file has them now: read again when it changes, never less than the last good state.

import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { noPrograms, type ProgramSet, type ProgramsFault, readPrograms } from './programs-file.ts'

export interface ProgramsAt {
  /** Absolute path of the file, which need not exist. */
  readonly path: string
  /** What counts now. One system call where nothing changed. */
  current(): ProgramSet
  /** What is wrong with the file as it stands now; `current` gives its last good state then. Null when nothing is. */
  fault(): ProgramsFault | null
}

export interface ProgramsOptions {
  /** The file, `programs.json` beside daybook.json. */
  readonly path: string
}

/**
 * The programs of a file. Without the file those that are known; with one that was faulty from the beginning none, for it
 * may have been meant to switch some off.
 */
export function programsFrom({ path: given }: ProgramsOptions): ProgramsAt {
  const path = resolve(given)
  let seen: string | undefined
  let set = noPrograms
  let fault: ProgramsFault | null = null
  const look = (): void => {
    const now = versionOf(path)
    if (now === seen) return
    const read = textOf(path)
    const result = 'why' in read ? { ok: false as const, fault: read } : readPrograms(read.text, dirname(path))
    fault = result.ok ? null : result.fault
    if (result.ok) set = result.set
    // Taken before reading: a change in between is seen by the next look.
    seen = now
  }
  return {
    path,
    current: () => {
      look()
      return set
    },
    fault: () => {
      look()
      return fault
    },
  }
}

/** Another text for another state of the file; empty where there is none. */
function versionOf(path: string): string {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stats === undefined ? '' : [stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(':')
}

function textOf(path: string): { readonly text: string } | ProgramsFault {
  try {
    return { text: readFileSync(path, 'utf8') }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return { text: '{}' }
    return { line: 1, column: 1, field: '', why: `cannot be read: ${message}` }
  }
}
