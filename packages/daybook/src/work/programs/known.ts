// What the log knows of a process: where it is found, how much of its output is written down, and the entry that says how it ended.

import type { Prompt } from '../../program/contract.ts'
import type { NewEntry } from '../../schema/entries.ts'
import type { RunId } from '../../schema/ids.ts'
import type { DriverName } from '../../schema/states.ts'
import type { Session } from '../../session/contract.ts'
import { newest, newestEntry } from './newest.ts'

export interface Place {
  /** Id of the process. */
  readonly process: string
  /** The log says that it was started. */
  readonly started: boolean
  /** Of a kept process: where it was ready for this prompt, as the log has it. */
  readonly given: number | null
  /** What it was given before that; null: nothing. */
  readonly before: Prompt['before']
  /** The first bytes of output that the log does not have. */
  readonly out: number
  readonly err: number
}

/** Under which the host has a process of a session. */
export function hostName(session: string, process: string): string {
  return `${session}/${process}`
}

/** By which a driver knows a prompt. */
export function promptKey(run: RunId, driver: DriverName): string {
  return `${run} ${driver}`
}

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

export function unknown(process: string): Place {
  return { process, started: false, given: null, before: null, out: 0, err: 0 }
}

export async function knownOf(session: Session, process: string): Promise<Place> {
  const started = await newestEntry(session, 'process.started', 0, (data) => data.process_id === process)
  if (!started) return unknown(process)
  const until = async (stream: 'out' | 'err'): Promise<number> => {
    const data = await newest(session, 'process.output', started.entry.seq, (each) => {
      return each.process_id === process && each.stream === stream
    })
    return data ? data.offset + data.bytes : 0
  }
  return { process, started: true, given: null, before: null, out: await until('out'), err: await until('err') }
}
