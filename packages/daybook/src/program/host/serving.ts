// Serves a state folder until no process has lived and nobody was connected for a while, or until it is told to end.

import { existsSync } from 'node:fs'
import { remoteKeeper } from './keeper.ts'
import { takeLock } from './lock.ts'
import { Processes } from './processes.ts'
import { listen } from './serve.ts'
import { makeFolder, socketPath } from './wire.ts'

/** Returns at once where another serves it already. `main`: the program that its keeper is started from. */
export async function serveFolder(folder: string, idleAfter: number, main: string): Promise<void> {
  process.umask(0o077)
  makeFolder(folder)
  const release = takeLock(folder)
  if (release === null) return // another serves it
  const processes = new Processes(folder, remoteKeeper(main))
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
