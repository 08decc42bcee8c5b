// The process that a prompt goes to: one of its own, or the one that lives on from prompts before.

import type { LivePrograms } from '../../program/contract.ts'
import type { NewEntry } from '../../schema/entries.ts'
import type { RunId } from '../../schema/ids.ts'
import type { DriverName } from '../../schema/states.ts'
import type { Session } from '../../session/contract.ts'
import { idIn } from '../begin.ts'
import { newest } from './newest.ts'

export interface Place {
  /** Id of the process. */
  readonly process: string
  /** The log says that it was started. */
  readonly started: boolean
  /** Of a kept process: where it was ready for this prompt, as the log has it. */
  readonly given: number | null
  /** The first bytes of output that the log does not have. */
  readonly out: number
  readonly err: number
}

export interface Wanted {
  readonly session: Session
  readonly run: RunId
  readonly program: string
  readonly driver: DriverName
  /** The driver keeps its processes. */
  readonly keeps: boolean
  /** Nothing of this prompt can be in the log yet. */
  readonly first: boolean
}

/** Under which the host has a process of a session. */
export function hostName(session: string, process: string): string {
  return `${session}/${process}`
}

export async function placeOf(wanted: Wanted, live: LivePrograms): Promise<Place> {
  const { session, run, keeps, first } = wanted
  const own = idIn(run, 'prc', 'prompt')
  if (!keeps) return first ? unknown(own) : knownOf(session, own)
  const kept = await keptProcess(wanted)
  if (kept === null) return unknown(own)
  const known = await knownOf(session, kept)
  const ready = first ? null : await newest(session, 'process.ready', 0, (data) => data.run_id === run)
  if (ready?.process_id === kept) return { ...known, given: ready.offset }
  const { exit } = (await live.process(hostName(session.id, kept))) ?? { exit: nobody }
  if (exit === null) return known
  // It has ended between two prompts, and nobody was there to write that down.
  await session.append(exitedEntry(kept, exit, known.out), { key: `${kept} exited` })
  return unknown(own)
}

const nobody = { code: null, signal: null } as const

/** Neither code nor signal: nobody saw how. */
export function exitedEntry(
  process: string,
  { code, signal }: { readonly code: number | null; readonly signal: string | null },
  bytes: number,
  run?: RunId,
): NewEntry {
  const data = {
    process_id: process,
    ...(run === undefined ? {} : { run_id: run }),
    ...(code === null ? {} : { exit_code: code }),
    ...(signal === null ? {} : { signal }),
    bytes,
  }
  return { kind: 'process.exited', data }
}

/** The newest of this program and driver that the log knows no end of; a fork takes none over. */
async function keptProcess({ session, program, driver }: Wanted): Promise<string | null> {
  const own = (await session.head()).base?.seq ?? 0
  const started = await newest(session, 'process.started', own, (data) => {
    return data.program === program && data.driver === driver
  })
  if (!started) return null
  const { process_id: id } = started
  return (await newest(session, 'process.exited', own, (data) => data.process_id === id)) ? null : id
}

function unknown(process: string): Place {
  return { process, started: false, given: null, out: 0, err: 0 }
}

async function knownOf(session: Session, process: string): Promise<Place> {
  const started = await newest(session, 'process.started', 0, (data) => data.process_id === process)
  if (!started) return unknown(process)
  const until = async (stream: 'out' | 'err'): Promise<number> => {
    const data = await newest(session, 'process.output', 0, (each) => {
      return each.process_id === process && each.stream === stream
    })
    return data ? data.offset + data.bytes : 0
  }
  return { process, started: true, given: null, out: await until('out'), err: await until('err') }
}
