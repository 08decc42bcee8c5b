// What the system says of processes: whether one still lives, who holds its terminal, who bears its marker, and signals to them.

import { readdirSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { DaybookError } from '../../schema/errors.ts'
import { markerName } from './contract.ts'

/** A process for good: a pid comes back, a pid with its start time only after a restart of the machine. */
export interface Identity {
  readonly pid: number
  readonly startTime: number
  readonly boot: string
}

interface Stat {
  readonly state: string
  readonly group: number
  /** The foreground group of its terminal; -1 without one. */
  readonly foreground: number
  /** Those that have not ended yet. */
  readonly threads: number
  readonly startTime: number
}

function read(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch {
    return null // ended meanwhile, another user's, or a system without /proc
  }
}

export function statOf(pid: number): Stat | null {
  const text = read(`/proc/${pid}/stat`)?.toString('latin1')
  if (text === undefined) return null
  // The second field is the name in brackets, which may hold anything.
  const [state = '', , group, , , foreground, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [threads, startTime] = [Number(rest[11]), Number(rest[13])]
  return { state, group: Number(group), foreground: Number(foreground), threads, startTime }
}

const boot = read('/proc/sys/kernel/random/boot_id')?.toString().trim() ?? ''

/** Without /proc (macOS) the start time is 0 and a pid that came back is not told apart. */
export function identityOf(pid: number): Identity {
  return { pid, startTime: statOf(pid)?.startTime ?? 0, boot }
}

/** A zombie is dead: where nobody collects it, it stays for ever. */
export function alive(identity: Identity): boolean {
  if (identity.boot !== boot || identity.pid <= 0) return false
  if (boot === '') return send(identity.pid, 0)
  const stat = statOf(identity.pid)
  return stat !== null && stat.startTime === identity.startTime && !'ZX'.includes(stat.state)
}

/** Pids of all that have the marker in their environment, whatever group, session or parent they have. */
export function marked(marker: string): number[] {
  if (boot === '') return []
  const variable = `${markerName}=${marker}`
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && read(`/proc/${name}/environ`)?.includes(variable))
    .map(Number)
}

export function signalNamed(name: string): NodeJS.Signals {
  if (Object.hasOwn(constants.signals, name)) return name as NodeJS.Signals
  throw new DaybookError('invalid', 'there is no such signal', { field: 'signal' })
}

/** A negative pid is a group. False where nobody is there any more. */
export function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ESRCH') return false
    if (code === 'EPERM')
      throw new DaybookError('forbidden', `process ${pid} belongs to another user`, { cause: error })
    throw error
  }
}

/**
 * Its group, and all that bear its marker. Those who are born during the look are met by the next one, so SIGKILL is
 * sent until nobody is found; whoever sits in an uninterruptible call is left after five seconds.
 */
export async function signalTree(identity: Identity | null, marker: string, signal: NodeJS.Signals): Promise<void> {
  const until = performance.now() + 5_000
  for (;;) {
    // Without its leader the number of a group may belong to others by now; then only the marker counts.
    const leader = identity !== null && alive(identity)
    const group = leader && send(-identity.pid, signal) ? identity.pid : null
    const left = marked(marker)
    for (const pid of left) if (group === null || statOf(pid)?.group !== group) send(pid, signal)
    if (signal !== 'SIGKILL' || (left.length === 0 && !leader) || performance.now() > until) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
