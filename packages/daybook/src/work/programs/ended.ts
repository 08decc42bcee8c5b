// Writes down that a process ended when no prompt was with it, together with the rest of what it printed: once, whoever finds out.

import type { LiveProcesses } from '../../program/live.ts'
import type { NewEntry } from '../../schema/entries.ts'
import { isDaybookError } from '../../schema/errors.ts'
import type { RunId } from '../../schema/ids.ts'
import type { Session } from '../../session/contract.ts'
import { exitedEntry, hostName, knownOf } from './known.ts'
import { newest } from './newest.ts'
import { OutputLog } from './output.ts'

/** Of what was printed behind the last prompt, in bytes. */
const bounds = { first: 65_536, last: 196_608 } as const
/** Milliseconds in which the host gives what it has. */
const patienceMs = 30_000

const nobody = { code: null, signal: null } as const

/**
 * True when the log has it. False while it lives, and while a run is at work in the session, for that run may be the one
 * that tells it.
 *
 * @param run under which the caller holds the session; nobody else writes then
 */
export async function writeEnded(
  session: Session,
  process: string,
  processes: LiveProcesses,
  run?: RunId,
): Promise<boolean> {
  for (;;) {
    const head = await session.head()
    if (run === undefined && head.openRuns.length > 0) return false
    const own = head.base?.seq ?? 0
    if (await newest(session, 'process.exited', own, (data) => data.process_id === process)) return true
    const entries = await rest(session, process, processes)
    if (entries === null) return false
    try {
      // On the very head that was looked at, so that of several servers one writes.
      await session.append(entries, { expect: head.seq })
      return true
    } catch (error) {
      if (!isDaybookError(error) || error.code !== 'conflict') throw error
    }
  }
}

/** Null while it lives. */
async function rest(session: Session, process: string, processes: LiveProcesses): Promise<readonly NewEntry[] | null> {
  const name = hostName(session.id, process)
  const { out: from, err } = await knownOf(session, process)
  const known = await processes.get(name)
  if (known === null) return [exitedEntry(process, nobody, from)]
  if (known.exit === null) return null
  const output = {
    out: new OutputLog({ ...bounds, first: from + bounds.first }, from),
    err: new OutputLog({ ...bounds, first: err + bounds.first }, err),
  }
  for await (const event of processes.follow(name, { out: from, err }, AbortSignal.timeout(patienceMs))) {
    if (event.type === 'output') output[event.stream].add(event.offset, event.bytes)
    if (event.type !== 'exit') continue
    const pieces = (['out', 'err'] as const).flatMap((stream) =>
      output[stream].end().map((piece): NewEntry => {
        return { kind: 'process.output', data: { process_id: process, stream, ...piece } }
      }),
    )
    return [...pieces, exitedEntry(process, event.exit, Math.max(output.out.seen, known.offset))]
  }
  return null
}
