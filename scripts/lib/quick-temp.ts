// A folder for temporary files that is in memory, for tests that need not wait for a disk.
import { accessSync, constants, readFileSync, statfsSync } from 'node:fs'

const place = '/dev/shm'
const leastBytes = 2 ** 30

/** Null where there is none, or one that is small, or from which no program may be started, as in many containers. */
export function quickTemp(mounts = readMounts()): string | null {
  const line = mounts.split('\n').findLast((each) => each.split(' ')[1] === place)
  const [, , type, options = ''] = line?.split(' ') ?? []
  if (type !== 'tmpfs' || options.split(',').some((option) => option === 'noexec' || option === 'ro')) return null
  if (!writable()) return null
  const { bavail, bsize } = statfsSync(place)
  return bavail * bsize < leastBytes ? null : place
}

function writable(): boolean {
  try {
    accessSync(place, constants.W_OK)
    return true
  } catch {
    return false // not for this user
  }
}

function readMounts(): string {
  return process.platform === 'linux' ? readFileSync('/proc/mounts', 'utf8') : ''
}
