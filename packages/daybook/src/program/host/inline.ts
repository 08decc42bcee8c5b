// The process host inside this process: the same processes, spools and signals, but nothing outlives it, and what this process left open its files-mode programs inherit.

import { DaybookError } from '../../schema/errors.ts'
import type { ProcessHost } from './contract.ts'
import { ownKeeper } from './keeper.ts'
import { takeLock } from './lock.ts'
import { Processes } from './processes.ts'
import { makeFolder } from './wire.ts'

class InlineHost extends Processes {
  readonly #release: () => void

  constructor(folder: string, release: () => void) {
    super(folder, ownKeeper)
    this.#release = release
  }

  override async close(): Promise<void> {
    await super.close()
    this.#release()
  }
}

/** `busy` where a host serves the folder already. */
export function inlineHost({ folder }: { readonly folder: string }): ProcessHost {
  makeFolder(folder)
  const release = takeLock(folder)
  if (release === null) throw new DaybookError('busy', 'another process host serves this folder')
  return new InlineHost(folder, release)
}
