// One process as the host holds it: its record, its spools, who waits for it, and how it is shown.

import { watch } from 'node:fs'
import type { HostProcess, OutputStream, ProcessExit } from './contract.ts'
import { Grown } from './grown.ts'
import type { Named } from './named.ts'
import { alive, identityOf, marked, statOf } from './proc.ts'
import { type ProcessRecord, readRecord } from './record.ts'
import { Room } from './room.ts'
import { Notice, Spool } from './spool.ts'

/** Milliseconds after a hint in which no other is heard: some programs write a hundred thousand times in a second. */
const deaf = 20

export interface Held {
  readonly place: string
  record: ProcessRecord
  exit: ProcessExit | null
  /** Told of output and of the exit. */
  readonly notice: Notice
  spools: { readonly out: Spool; readonly err: Spool } | null
  /** What holds its pipes or its terminal; null for `files`. */
  attached: Named | null
  starting: Promise<void> | null
  ending: boolean
  /** Of `files`, whose files only grow. */
  readonly room: Room
  atExit: () => void
}

export function holdAt(place: string, record: ProcessRecord): Held {
  const fresh = { exit: null, spools: null, attached: null, starting: null, ending: false, atExit: () => undefined }
  const held: Held = { place, record, notice: new Notice(), room: new Room(place), ...fresh }
  if (record.process !== null) openSpools(held)
  return held
}

/** Terminals keep the newest 8 to 16 MB; a protocol is kept whole until it is acknowledged. */
export function openSpools(held: Held): void {
  const { place, record } = held
  const most = record.mode === 'pty' ? 2 : undefined
  const living = record.process?.boot === identityOf(process.pid).boot
  const grown = (stream: OutputStream): Grown | null =>
    record.mode === 'files' ? new Grown(place, stream, Spool.path(place, stream, 0), living) : null
  held.spools = {
    out: new Spool(place, 'out', most, grown('out')),
    err: new Spool(place, 'err', undefined, grown('err')),
  }
}

/** One that another host was starting when it died: its record says so by now, or its marker does. */
export function findStarted(held: Held): void {
  const record = readRecord(held.place) ?? held.record
  const leader = alive(record.keeper) ? undefined : marked(record.marker).find((pid) => statOf(pid)?.group === pid)
  const process = record.process ?? (leader === undefined ? null : identityOf(leader))
  held.record = { ...record, process }
  if (process !== null) openSpools(held)
}

/** Lets go of the middle of what it printed, where only beginning and end are asked for; ended or not. */
export async function keepEnds({ record, spools, room }: Held): Promise<void> {
  const { keep } = record
  if (keep !== undefined && spools !== null) await room.make([spools.out, spools.err], (spool) => spool.surplus(keep))
}

/** Does so from now on as it prints, and a last time when it has ended. */
export function keepEndsOf(held: Held): void {
  if (held.record.keep === undefined) return
  let stop: () => void
  let timer: NodeJS.Timeout | undefined
  const look = (): void => void keepEnds(held).catch(console.error)
  const listen = (): void => {
    const heard = (): void => {
      stop()
      timer = setTimeout(listen, deaf).unref()
    }
    stop = hintOf(held, heard, { persistent: false })
    look() // what was printed until now brings no hint any more
  }
  held.atExit = () => {
    stop()
    clearTimeout(timer)
    look()
  }
  listen()
}

/** Pid and start time are 0 of one whose start another host did not see to its end. */
export async function shown(held: Held): Promise<HostProcess> {
  await held.starting
  const { record, spools, exit } = held
  const { key, mode, marker, startedAt } = record
  return {
    key,
    mode,
    pid: record.process?.pid ?? 0,
    startTime: record.process?.startTime ?? 0,
    marker,
    startedAt,
    offset: spools?.out.offset ?? 0,
    kept: spools?.out.kept ?? 0,
    errorOffset: spools?.err.offset ?? 0,
    printedAt: spools?.out.grownAt ?? null,
    exit,
  }
}

/** Word from the system of what a process wrote to its file; where it has none to give, the regular look does. */
export function hintOf({ place, record, exit }: Held, told: () => void, { persistent = true } = {}): () => void {
  if (record.mode !== 'files' || exit !== null) return () => undefined
  try {
    const watcher = watch(place, { persistent }, told)
    watcher.on('error', () => watcher.close())
    return () => watcher.close()
  } catch (error) {
    if (!['EMFILE', 'ENOSPC'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    return () => undefined // as many are watched as the system allows
  }
}
