// The process hosts of a private server: they outlive it, so whoever started it ends them, and what they hold.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Line } from '../../program/host/line.ts'
import { alive, identityOf } from '../../program/host/proc.ts'

/** Milliseconds that a host gets to say its number, and between two looks whether it is gone. */
const patience = 5_000
const lookMs = 20

/** Their folders, below the user's state folder. */
export function hostFolders(state: string): readonly string[] {
  const folder = join(state, 'processes')
  try {
    return readdirSync(folder).map((name) => join(folder, name))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Resolves when host and processes are gone; one that does not serve is no error. */
export async function endHost(folder: string): Promise<void> {
  const line = await Line.open(folder, patience)
  if (line === null) return
  const { pid } = (await line.request('hello', {})) as { readonly pid: number }
  line.close()
  const host = identityOf(pid)
  process.kill(pid, 'SIGTERM')
  // It ends what it holds first.
  while (alive(host)) await new Promise((resolve) => setTimeout(resolve, lookMs))
}
