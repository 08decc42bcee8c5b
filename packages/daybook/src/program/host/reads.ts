// Whether somebody waits for what a person types: a look at what the processes in the foreground of a terminal are doing.

import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { promisify } from 'node:util'
import { statOf } from './proc.ts'

interface Call {
  readonly number: number
  /** The first argument. */
  readonly first: number
}

/** Numbers of calls that read, and of those that wait until something can be read; they differ between machines. */
const calls: Readonly<Record<string, { readonly read: readonly number[]; readonly wait: readonly number[] }>> = {
  x64: { read: [0], wait: [7, 23, 270, 271] },
  arm64: { read: [63], wait: [72, 73] },
}
const known = calls[process.arch]

/**
 * Whether one of the foreground group of the process's terminal waits in a call that reads that terminal: plainly, or after
 * it has put the terminal into the mode of editors, which line editors leave while a command runs. Null where nobody can
 * tell: a program in that mode that waits for events of many kinds, or a system that does not say.
 */
export async function isRead(pid: number): Promise<boolean | null> {
  const foreground = statOf(pid)?.foreground ?? -1
  if (foreground <= 0 || known === undefined) return null
  const members = inGroup(foreground).map((one) => ({ pid: one, call: callOf(one) }))
  if (members.every(({ call }) => call === null)) return null
  const terminal = terminalOf(pid)
  if (members.some((one) => one.call !== null && readsPlainly(one.pid, one.call, terminal))) return true
  const raw = terminal === null ? null : await isRaw(terminal)
  if (raw !== true) return raw
  if (members.some((one) => statOf(one.pid)?.state === 'R')) return false
  return members.some(({ call }) => call !== null && known.wait.includes(call.number)) ? true : null
}

function inGroup(group: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(Number).filter((pid) => statOf(pid)?.group === group)
}

/** Null for one whose calls are not ours to see. */
function callOf(pid: number): Call | null {
  try {
    const [number = '', first = '0x0'] = readFileSync(`/proc/${pid}/syscall`, 'latin1').trim().split(' ')
    return /^\d+$/.test(number) ? { number: Number(number), first: Number(first) } : { number: -1, first: -1 }
  } catch {
    return null // ended meanwhile, or the system forbids it
  }
}

function readsPlainly(pid: number, { number, first }: Call, terminal: string | null): boolean {
  if (!known?.read.includes(number)) return false
  const place = linkOf(`/proc/${pid}/fd/${first}`)
  return place !== null && (place === terminal || place === '/dev/tty')
}

function terminalOf(pid: number): string | null {
  const place = linkOf(`/proc/${pid}/fd/0`)
  return place?.startsWith('/dev/pts/') ? place : null
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null // closed meanwhile
  }
}

/** The runtime has no word for the mode of a terminal that is not its own. */
async function isRaw(terminal: string): Promise<boolean | null> {
  try {
    const { stdout } = await promisify(execFile)('stty', ['-F', terminal, '-a'], { env: { PATH: '/usr/bin:/bin' } })
    return /(?:^|\s)-icanon(?:\s|;|$)/.test(stdout)
  } catch {
    return null // it was closed meanwhile, or there is no such program here
  }
}
