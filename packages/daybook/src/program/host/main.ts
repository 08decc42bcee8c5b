// The process host as a program: `main serve <folder> <milliseconds>` serves a state folder until it was idle that long; `main keep` is its keeper.

import { closeSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { keepFor, remoteKeeper } from './keeper.ts'
import { takeLock } from './lock.ts'
import { Processes } from './processes.ts'
import { listen } from './serve.ts'
import { makeFolder, socketPath } from './wire.ts'

const closeOnExec = 0o2000000

/** Whoever started this may have had descriptors open that close on no exec (a shell's): programs must not have them. */
function closeInherited(): void {
  if (!existsSync('/proc/self/fdinfo')) return
  for (const fd of readdirSync('/proc/self/fdinfo').map(Number)) {
    const flags = fd > 2 ? /^flags:\s*(\d+)$/m.exec(readText(`/proc/self/fdinfo/${fd}`))?.[1] : undefined
    if (flags !== undefined && (Number.parseInt(flags, 8) & closeOnExec) === 0) closeSync(fd)
  }
}

/** Empty for the descriptor by which the folder itself was read. */
function readText(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

async function serve(folder: string, idleAfter: number): Promise<void> {
  closeInherited()
  process.umask(0o077)
  makeFolder(folder)
  const release = takeLock(folder)
  if (release === null) return // another serves it
  const processes = new Processes(folder, remoteKeeper(fileURLToPath(import.meta.url)))
  const end = (): never => {
    if (existsSync(folder)) release()
    process.exit()
  }
  let idle: NodeJS.Timeout | undefined
  const look = (): void => {
    clearTimeout(idle)
    idle = setTimeout(() => {
      server.getConnections((_, connected) => {
        if (connected === 0 && processes.living === 0) end()
      })
    }, idleAfter)
  }
  const server = await listen(socketPath(folder), processes, look)
  processes.onIdle = look
  look()
  let ending = false
  const endAll = (): void => {
    if (ending) return
    ending = true
    server.close()
    void processes.endAll().finally(end)
  }
  process.on('SIGTERM', endAll)
  process.on('SIGINT', endAll)
  process.on('SIGHUP', () => undefined) // the end of a terminal that it does not have
}

const [, , what, folder = '', idleAfter] = process.argv
if (what === 'keep') keepFor(process)
else await serve(folder, Number(idleAfter))
