// Descriptors that came from whoever started this process, and programs that are begun without them.

import { closeSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'

const closeOnExec = 0o2000000

/**
 * A shell leaves descriptors open for what it starts, and terminals of the library are open for what is started after
 * them: whoever holds one reads along. What this process opened itself closes on exec and stays.
 */
export function closeInherited(): void {
  const folder = '/proc/self/fdinfo'
  if (!existsSync(folder)) return // macOS starts programs with none
  for (const fd of readdirSync(folder)) {
    if (Number(fd) <= 2 || !existsSync(`${folder}/${fd}`)) continue // the one by which the folder was read
    const flags = /^flags:\s*(\d+)$/m.exec(readFileSync(`${folder}/${fd}`, 'utf8'))?.[1]
    if (flags !== undefined && (Number.parseInt(flags, 8) & closeOnExec) === 0) closeSync(Number(fd))
  }
}

/** What a process is to become; its arguments and environment stand in a file of its user, for others read command lines. */
export interface Becoming {
  readonly binary: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/**
 * This very process goes on as that program: same pid, same terminal or pipes, the environment as it was given. Where
 * the system refuses (a script whose interpreter is missing), it says so on standard error and ends with 127.
 */
export function become(path: string): void {
  const { binary, args, env } = JSON.parse(readFileSync(path, 'utf8')) as Becoming
  rmSync(path)
  closeInherited()
  // The runtime ignores these, and what is ignored stays so in the program; what has a handler becomes the default.
  for (const name of ['SIGPIPE', 'SIGXFSZ'] as const) process.on(name, () => undefined)
  try {
    if (process.execve === undefined) throw new Error('this system cannot do that')
    process.execve(binary, [binary, ...args], env)
  } catch (error) {
    console.error(`${binary} cannot be started: ${(error as NodeJS.ErrnoException).code ?? String(error)}`)
    process.exitCode = 127 // as shells say it
  }
}
