// Ends a process that lives, as gently as it takes: by its own keys, then by signals, and with it all that it left behind.

import { DaybookError, isDaybookError } from '../schema/errors.ts'
import type { ProcessExit } from './host/contract.ts'
import type { LiveProcesses } from './live.ts'

/** What a terminal that closes says, then what asks, then what nobody can refuse. */
const signals = ['SIGHUP', 'SIGTERM', 'SIGKILL'] as const

export interface Closing {
  /** What a person types to leave it, each by itself. */
  readonly keys: readonly string[]
  /** Milliseconds for each try; default 2,000. */
  readonly graceMs?: number
}

export interface Closed {
  /** What it ended by; null: it had ended before. */
  readonly by: 'keys' | (typeof signals)[number] | null
  readonly exit: ProcessExit
}

/** Beyond all that a process prints: of such a place only the end is told. */
const far = 2 ** 52

/** How it ended, or null when it lives on after so many milliseconds. */
export async function endOf(processes: LiveProcesses, name: string, ms: number): Promise<ProcessExit | null> {
  return endFor(processes, name, AbortSignal.timeout(ms))
}

/** As {@link endOf}, until the signal. */
export async function endFor(processes: LiveProcesses, name: string, signal: AbortSignal): Promise<ProcessExit | null> {
  for await (const event of processes.follow(name, { out: far, err: far }, signal)) {
    if (event.type === 'exit') return event.exit
  }
  return null
}

/** Nothing that it started is left when this resolves. `not_found` where the host does not know it. */
export async function closeProcess(
  processes: LiveProcesses,
  name: string,
  { keys, graceMs = 2000 }: Closing,
): Promise<Closed> {
  const process = await processes.get(name)
  if (process === null) throw new DaybookError('not_found', 'the process host knows no such process')
  if (process.exit !== null) return swept(processes, name, { by: null, exit: process.exit })
  for (const [index, key] of process.mode === 'pty' ? keys.entries() : []) {
    if (!(await reached(processes.write(name, key)))) break
    const exit = await endOf(processes, name, index === keys.length - 1 ? graceMs : Math.min(graceMs, 300))
    if (exit !== null) return swept(processes, name, { by: 'keys', exit })
  }
  for (const signal of process.mode === 'pty' ? signals : signals.slice(1)) {
    await reached(processes.signal(name, signal, 'tree'))
    const exit = await endOf(processes, name, graceMs)
    if (exit !== null) return swept(processes, name, { by: signal, exit })
  }
  throw new DaybookError('busy', 'the process did not end', { hint: 'The system holds it; ask again in a while.' })
}

/** What left its group, or never heard of its end, goes with it. */
async function swept(processes: LiveProcesses, name: string, closed: Closed): Promise<Closed> {
  await reached(processes.signal(name, 'SIGKILL', 'tree'))
  return closed
}

/** False where it ended meanwhile, or does not read. */
async function reached(call: Promise<unknown>): Promise<boolean> {
  try {
    await call
    return true
  } catch (error) {
    if (isDaybookError(error) && (error.code === 'invalid_state' || error.code === 'busy')) return false
    throw error
  }
}
