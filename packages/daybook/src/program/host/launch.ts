// Starts the process host of a state folder as a process of its own, which nothing of this one reaches.

import { spawn } from 'node:child_process'
import { closeSync, openSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeFolder } from './wire.ts'

/** Bytes of its log; it says little. */
const longestLog = 1 << 20

/** Loaded by an `import()`, so that it stands beside the host's entry in the build too. */
export function hostMain(): string {
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return fileURLToPath(new URL(`./main.${ending}`, import.meta.url))
}

/** Detached, with no descriptor of this process and an environment from zero: nothing secret of a server is in it. */
export function launchHost(folder: string, idleAfter: number): void {
  makeFolder(folder)
  const path = join(folder, 'host.log')
  const log = openSync(path, 'a', 0o600)
  if (statSync(path).size > longestLog) truncateSync(path)
  const names = ['PATH', 'HOME', 'LANG', 'TMPDIR'] as const
  const env = Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
  try {
    const child = spawn(process.execPath, [hostMain(), 'serve', folder, String(idleAfter)], {
      cwd: '/',
      detached: true,
      env,
      stdio: ['ignore', log, log],
    })
    child.on('error', () => undefined) // whoever waits for the host is told that it does not answer
    child.unref()
  } finally {
    closeSync(log)
  }
}
