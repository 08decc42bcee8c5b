// Writes down what a process did when no prompt was with it, what it printed and how it ended: once, whoever finds out.

import type { LiveProcesses } from '../../program/live.ts'
import type { NewEntry } from '../../schema/entries.ts'
import { isDaybookError } from '../../schema/errors.ts'
import type { RunId } from '../../schema/ids.ts'
import type { DataOf } from '../../schema/kinds.ts'
import type { Session } from '../../session/contract.ts'
import { exitedEntry, hostName, knownOf } from './known.ts'
import { newest } from './newest.ts'
import { OutputLog } from './output.ts'

/** Bytes at most of what was printed behind the last prompt: a quarter from its beginning, the rest from its end. */
const mostWritten = 262_144
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
  return (await write(session, process, processes, { run, living: false, most: mostWritten })) !== null
}

/**
 * Writes down what it printed so far behind the last prompt, in whole lines; gives its bytes. Null where that is for others to
 * tell: while a run is at work in the session, and once the process has ended and the log says so.
 *
 * @param most bytes of each stream, a quarter from the beginning of what is new, the rest from its end
 */
export async function writeSoFar(
  session: Session,
  process: string,
  processes: LiveProcesses,
  most: number,
): Promise<number | null> {
  const written = await write(session, process, processes, { living: true, most })
  if (written === null || written.some(({ kind }) => kind === 'process.exited')) return null
  return written.reduce((sum, { data }) => sum + (data as DataOf<'process.output'>).bytes, 0)
}

interface Writing {
  readonly run?: RunId | undefined
  /** Also what one printed that lives on. */
  readonly living: boolean
  readonly most: number
}

/** What was written, the end where that stands in the log already; null where nothing is to be written. */
async function write(
  session: Session,
  process: string,
  processes: LiveProcesses,
  { run, ...what }: Writing,
): Promise<readonly NewEntry[] | null> {
  for (;;) {
    const head = await session.head()
    if (run === undefined && head.openRuns.length > 0) return null
    const own = head.base?.seq ?? 0
    const exited = await newest(session, 'process.exited', own, (data) => data.process_id === process)
    if (exited) return [{ kind: 'process.exited', data: exited }]
    const entries = await rest(session, process, processes, what)
    if (entries === null || entries.length === 0) return entries
    try {
      // On the very head that was looked at, so that of several servers one writes.
      await session.append(entries, { expect: head.seq })
      return entries
    } catch (error) {
      if (!isDaybookError(error) || error.code !== 'conflict') throw error
    }
  }
}

/** Null while it lives, unless that is asked for. */
async function rest(
  session: Session,
  process: string,
  processes: LiveProcesses,
  { living, most }: Omit<Writing, 'run'>,
): Promise<readonly NewEntry[] | null> {
  const name = hostName(session.id, process)
  const { out: from, err } = await knownOf(session, process)
  const known = await processes.get(name)
  if (known === null) return [exitedEntry(process, nobody, from)]
  const lives = known.exit === null
  if (lives && !living) return null
  if (lives && known.offset <= from && known.errorOffset <= err) return []
  const log = (at: number): OutputLog =>
    new OutputLog({ first: at + Math.floor(most / 4), last: Math.ceil((most * 3) / 4) }, at)
  const output = { out: log(from), err: log(err) }
  const pieces = (all: boolean): NewEntry[] =>
    (['out', 'err'] as const).flatMap((stream) =>
      output[stream].end(all).map((piece): NewEntry => {
        return { kind: 'process.output', data: { process_id: process, stream, ...piece } }
      }),
    )
  for await (const event of processes.follow(name, { out: from, err }, AbortSignal.timeout(patienceMs))) {
    if (event.type === 'output') output[event.stream].add(event.offset, event.bytes)
    if (event.type === 'exit')
      return [...pieces(true), exitedEntry(process, event.exit, Math.max(output.out.seen, known.offset))]
    if (lives && output.out.seen >= known.offset && output.err.seen >= known.errorOffset) return pieces(false)
  }
  return null
}
