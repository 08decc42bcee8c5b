// Names of holders of leases, by which another process of this machine sees without doubt that a holder has ended.

import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, readlinkSync } from 'node:fs'
import { statOf } from '../program/host/proc.ts'
import { sha256 } from '../store/hash.ts'

/**
 * The same for all processes that see each other under the same pids with the same start times, and for no others: this boot
 * of this kernel, and its namespaces of pids and of times, so that no container is taken for its host or its neighbour. Null
 * where the system does not say all of it; then nothing is decided. A machine that was copied while it ran is told apart by nothing.
 */
function neighbourhood(): string | null {
  if (process.platform !== 'linux') return null
  try {
    // One number: what /proc shows are the pids of this process's own namespace, not those of one around it.
    const seen = /^NSpid:\s+(\d+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]
    if (Number(seen) !== process.pid) return null
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
    const pids = readlinkSync('/proc/self/ns/pid')
    // Kernels before 5.6 have one time for all.
    const times = existsSync('/proc/self/ns/time') ? readlinkSync('/proc/self/ns/time') : ''
    return sha256(JSON.stringify([boot, pids, times])).slice(0, 22)
  } catch {
    return null // A /proc that is not there or hides a part of it.
  }
}

let found: string | null | undefined

/** How the names of all holders begin that this process can tell of whether they have ended; null where it never can. */
export function neighbours(): string | null {
  if (found === undefined) found = neighbourhood()
  return found === null ? null : `${found}.`
}

/** Unique for each call. */
export function holderName(): string {
  const beginning = neighbours()
  const own = statOf(process.pid)
  if (beginning === null || own === null) return randomUUID()
  return `${beginning}${process.pid}.${own.startTime}.${randomUUID().slice(-12)}`
}

const form = /^[\w-]{22}\.(\d+)\.(\d+)\./

/** True only where the process that made the name is gone for good. One that stands still lives, and of others nothing is known. */
export function hasEnded(holder: string): boolean {
  const beginning = neighbours()
  const [, pid, startTime] = form.exec(holder) ?? []
  if (beginning === null || !holder.startsWith(beginning) || pid === undefined) return false
  if (!isThere(Number(pid))) return true
  const stat = statOf(Number(pid))
  // Another user's may be hidden from this one.
  if (stat === null) return false
  if (stat.startTime !== Number(startTime)) return true
  // The first thread of a process may be a zombie while others still work.
  return 'ZX'.includes(stat.state) && stat.threads <= 1
}

/** Asked of the kernel, which hides nobody; what may not be signalled is there. */
function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
