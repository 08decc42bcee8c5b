// The process that a prompt goes to: one of its own, or the one that lives on from prompts before.

import type { LivePrograms } from '../../program/contract.ts'
import type { RunId } from '../../schema/ids.ts'
import type { DriverName } from '../../schema/states.ts'
import type { Session } from '../../session/contract.ts'
import { idIn } from '../begin.ts'
import { writeEnded } from './ended.ts'
import { knownOf, type Place, promptKey, unknown } from './known.ts'
import { newest, newestEntry } from './newest.ts'

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

export async function placeOf(wanted: Wanted, live: LivePrograms): Promise<Place> {
  const { session, run, driver, keeps, first } = wanted
  const own = idIn(run, 'prc', `prompt through ${wanted.driver}`)
  if (!keeps) return first ? unknown(own) : knownOf(session, own)
  const kept = await keptProcess(wanted)
  if (kept === null) return unknown(own)
  const known = await knownOf(session, kept)
  const ready = first ? null : await newest(session, 'process.ready', 0, (data) => data.run_id === run)
  if (ready?.process_id === kept) return { ...known, given: ready.offset }
  // It may have ended between two prompts, and nobody was there to write that down.
  if (await writeEnded(session, kept, live.processes, run)) return unknown(own)
  const last = await newestEntry(session, 'process.ready', 0, (data) => data.process_id === kept)
  if (!last?.data.run_id) return { ...known, before: null }
  const { run_id, offset } = last.data
  const cancelled = await newest(session, 'run.cancelled', last.entry.seq, (_, entry) => entry.run === run_id)
  return { ...known, before: { key: promptKey(run_id as RunId, driver), offset, cancelled: cancelled !== null } }
}

/** The newest of this program and driver that the log knows no end of; a fork takes none over. */
async function keptProcess({ session, program, driver }: Wanted): Promise<string | null> {
  const own = (await session.head()).base?.seq ?? 0
  const started = await newestEntry(session, 'process.started', own, (data) => {
    return data.program === program && data.driver === driver
  })
  if (!started) return null
  const { data, entry } = started
  const id = data.process_id
  return (await newest(session, 'process.exited', entry.seq, (each) => each.process_id === id)) ? null : id
}
