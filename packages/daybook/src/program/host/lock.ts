// The lock of a state folder: one host serves it, and a host that was killed holds it no longer.

import { linkSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { alive, type Identity, identityOf } from './proc.ts'
import { readWhole, writeWhole } from './record.ts'

/**
 * Null where another process holds it. The lock is the file with the highest number and belongs to whom it names, while
 * that one lives. Only the next higher number is ever made, by a link that one of all who try gets; the highest is never
 * removed. So nobody can take away a lock that was taken meanwhile, as those do who remove a stale file and make it anew.
 */
export function takeLock(folder: string): (() => void) | null {
  const path = (number: number): string => join(folder, `lock.${number}`)
  const numbers = readdirSync(folder)
    .filter((name) => /^lock\.\d+$/.test(name))
    .map((name) => Number(name.slice(5)))
    .sort((a, b) => a - b)
  const last = numbers.at(-1)
  const holder = last === undefined ? null : readWhole<Identity>(path(last))
  if (holder !== null && alive(holder)) return null
  const own = (last ?? 0) + 1
  const draft = join(folder, `draft-lock-${process.pid}`)
  writeFileSync(draft, JSON.stringify(identityOf(process.pid)), { mode: 0o600 })
  try {
    linkSync(draft, path(own))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null
    throw error
  } finally {
    rmSync(draft)
  }
  for (const number of numbers) rmSync(path(number), { force: true })
  return () => writeWhole(path(own), { pid: 0, startTime: 0, boot: '' } satisfies Identity)
}
