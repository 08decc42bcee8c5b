// What a session's log says of a program: the folder it works in, and the token by which it finds its own session again.

import type { RunId } from '../../schema/ids.ts'
import type { DataOf } from '../../schema/kinds.ts'
import type { Usage } from '../../schema/parts.ts'
import type { DriverName } from '../../schema/states.ts'
import type { Session } from '../../session/contract.ts'
import { RunFailure } from '../failure.ts'
import { newest, newestEntry } from './newest.ts'

export interface Bound {
  /** Null before the first prompt. */
  readonly binding: DataOf<'program.bound'> | null
  /** Absolute, as it was given. */
  readonly workdir: string
}

export async function boundTo(session: Session, program: string): Promise<Bound> {
  const binding = await newest(session, 'program.bound', 0, (data) => data.program === program)
  const { cwd } = (await session.cell()).metadata
  const workdir = binding?.workdir ?? cwd
  if (typeof workdir === 'string') return { binding, workdir }
  throw new RunFailure(
    'refused',
    `nothing says in which folder ${program} is to work: set cwd in the metadata`,
    'invalid',
  )
}

/** By which the program finds its own session again. A fork takes none over: two sessions would go on in one of the program. */
export async function tokenOf(session: Session, program: string, driver: DriverName): Promise<string | null> {
  return (await tokenEntry(session, program, driver))?.value ?? null
}

/** As {@link tokenOf}, with all that the log says of it. */
export async function tokenEntry(
  session: Session,
  program: string,
  driver: DriverName,
): Promise<DataOf<'process.token_found'> | null> {
  const own = (await session.head()).base?.seq ?? 0
  const fits = (data: { readonly program: string; readonly driver: DriverName }): boolean => {
    return data.program === program && data.driver === driver
  }
  const found = await newestEntry(session, 'process.token_found', own, fits)
  if (!found) return null
  const refused = await newestEntry(session, 'process.token_refused', found.entry.seq, fits)
  return refused ? null : found.data
}

/** What the program had told as the sum of its session before this run; null where it had not. */
export async function totalBefore(session: Session, program: string, run: RunId): Promise<Usage | null> {
  const own = (await session.head()).base?.seq ?? 0
  const told = await newest(session, 'message', own, ({ agent, metadata }, entry) => {
    return agent === program && entry.run !== run && metadata?.usage_total !== undefined
  })
  return (told?.metadata?.usage_total as Usage | undefined) ?? null
}
