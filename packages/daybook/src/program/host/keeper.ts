// Starts processes whose output goes to files, and writes down how they ended; as their parent it is the only one who learns.

import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DaybookError, isDaybookError } from '../../schema/errors.ts'
import { markerName, type ProcessExit, type SpawnRequest } from './contract.ts'
import { type Identity, identityOf, send } from './proc.ts'
import { type ProcessRecord, readRecord, writeExit, writeRecord } from './record.ts'
import { Spool } from './spool.ts'

/** Starts what was claimed at a place, and calls back when the exit is written there. */
export interface Keeper {
  identity(): Promise<Identity>
  start(place: string, request: SpawnRequest, ended: () => void): Promise<Identity>
}

export function startError(error: unknown): DaybookError {
  if (isDaybookError(error)) return error
  const { code = '' } = error as NodeJS.ErrnoException
  if (code === 'E2BIG') return new DaybookError('too_large', 'arguments and environment are too long', { cause: error })
  const given = ['ENOENT', 'EACCES', 'ENOTDIR', 'ENOEXEC', 'ERR_INVALID_ARG_VALUE'].includes(code)
  return new DaybookError(given ? 'invalid' : 'internal', `the program cannot be started: ${code}`, { cause: error })
}

/** A process group and session of its own, only its owner may read what it writes, and nothing but `stdio` is handed down. */
export function startProcess(
  { binary, args, cwd, env }: SpawnRequest,
  marker: string,
  stdio: ('ignore' | 'pipe' | number)[],
): Promise<{ child: ChildProcess; identity: Identity }> {
  const mask = process.umask(0o077)
  try {
    const child = spawn(binary, args, { cwd, env: { ...env, [markerName]: marker }, detached: true, stdio })
    // Until this turn ends even one that has exited is there to be looked at.
    if (child.pid !== undefined) return Promise.resolve({ child, identity: identityOf(child.pid) })
    return new Promise((_, reject) => child.once('error', (error) => reject(startError(error))))
  } catch (error) {
    return Promise.reject(startError(error))
  } finally {
    process.umask(mask)
  }
}

/** A full disk delays the news of an exit and does not change it; where the folder is gone nobody waits for it. */
export function writeDown(place: string, exit: ProcessExit, written: () => void): void {
  try {
    if (existsSync(place)) writeExit(place, exit)
  } catch (error) {
    console.error(`${place}: the exit could not be written: ${String(error)}`)
    setTimeout(writeDown, 1_000, place, exit, written)
    return
  }
  written()
}

/** Keeps them as children of this very process. */
export const ownKeeper: Keeper = {
  identity: () => Promise.resolve(identityOf(process.pid)),
  async start(place, request, ended) {
    const record = readRecord(place) as ProcessRecord
    const input = join(place, 'input')
    // A file is at its end where its text ends, and needs nobody who writes it.
    if (request.input !== undefined) writeFileSync(input, request.input, { mode: 0o600 })
    const fds = [
      openSync(request.input === undefined ? '/dev/null' : input, 'r'),
      openSync(Spool.path(place, 'out', 0), 'a', 0o600),
      openSync(Spool.path(place, 'err', 0), 'a', 0o600),
    ]
    try {
      const { child, identity } = await startProcess(request, record.marker, fds)
      child.once('exit', (code, signal) => writeDown(place, { code, signal, at: Date.now() }, ended))
      try {
        writeRecord(place, { ...record, process: identity })
      } catch (error) {
        send(-identity.pid, 'SIGKILL') // nobody would find it
        throw startError(error)
      }
      return identity
    } finally {
      for (const fd of fds) closeSync(fd)
      rmSync(input, { force: true })
    }
  },
}

interface Order {
  readonly place: string
  readonly request: SpawnRequest
}

export type Told =
  | { readonly place: string; readonly started: Identity }
  | { readonly place: string; readonly failed: Pick<DaybookError, 'code' | 'message'> }
  | { readonly place: string; readonly ended: true }

/** The keeper's own process: takes orders from the host, and stays until its last child has ended, host or no host. */
export function keepFor(host: NodeJS.Process): void {
  const tell = (told: Told): void => {
    if (host.connected) host.send?.(told, () => undefined) // a host that is gone reads the exit from its file
  }
  host.on('message', ({ place, request }: Order) => {
    ownKeeper
      .start(place, request, () => tell({ place, ended: true }))
      .then(
        (started) => tell({ place, started }),
        ({ code, message }: DaybookError) => tell({ place, failed: { code, message } }),
      )
  })
  // A signal to the group of the host, or the end of a terminal, is none of its business.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) host.on(name, () => undefined)
}

/** Keeps them in a process of its own, which outlives this one; started with the first order. */
export function remoteKeeper(main: string): Keeper {
  let child: ChildProcess | null = null
  const waiting = new Map<string, { resolve(identity: Identity): void; reject(error: unknown): void }>()
  const ends = new Map<string, () => void>()
  const take = (told: Told): void => {
    const who = waiting.get(told.place)
    waiting.delete(told.place)
    if ('started' in told) who?.resolve(told.started)
    else if ('failed' in told) who?.reject(new DaybookError(told.failed.code, told.failed.message))
    if ('ended' in told) ends.get(told.place)?.()
    if (!('started' in told)) ends.delete(told.place)
  }
  const lost = (one: ChildProcess): void => {
    if (child !== one) return
    child = null
    for (const { reject } of waiting.values())
      reject(new DaybookError('unreachable', 'the keeper of processes is gone'))
    waiting.clear()
    ends.clear()
  }
  const reach = (): ChildProcess => {
    if (child?.connected) return child
    const one = spawn(process.execPath, [main, 'keep'], {
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    one.on('message', take)
    one.on('error', () => lost(one))
    one.on('disconnect', () => lost(one))
    one.unref()
    one.channel?.unref()
    child = one
    return one
  }
  return {
    identity: async () => identityOf(reach().pid ?? 0),
    start: (place, request, ended) =>
      new Promise((resolve, reject) => {
        waiting.set(place, { resolve, reject })
        ends.set(place, ended)
        const one = reach()
        one.send({ place, request } satisfies Order, (error) => error && lost(one))
      }),
  }
}
