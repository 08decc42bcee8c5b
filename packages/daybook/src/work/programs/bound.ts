// What a session's log says of a program: the folder it works in, and the token by which it finds its own session again.

import type { StoredEntry } from '../../schema/entries.ts'
import type { RunId } from '../../schema/ids.ts'
import type { DataOf, Kind } from '../../schema/kinds.ts'
import type { Usage } from '../../schema/parts.ts'
import type { Session } from '../../session/contract.ts'
import { dataOf } from '../../session/decode.ts'
import { RunFailure } from '../failure.ts'

export interface Bound {
  /** Null before the first prompt. */
  readonly binding: DataOf<'program.bound'> | null
  /** Absolute, as it was given. */
  readonly workdir: string
  readonly token: string | null
}

/** A fork takes no token over: two sessions would go on in one session of the program. */
export async function boundTo(session: Session, program: string, driver: string): Promise<Bound> {
  const head = await session.head()
  const own = head.base?.seq ?? 0
  const binding = await newest(session, 'program.bound', 0, (data) => data.program === program)
  const found = await newest(session, 'process.token_found', own, (data) => {
    return data.program === program && data.driver === driver
  })
  const { cwd } = (await session.cell()).metadata
  const workdir = binding?.workdir ?? cwd
  if (typeof workdir !== 'string') {
    throw new RunFailure(
      'refused',
      `nothing says in which folder ${program} is to work: set cwd in the metadata`,
      'invalid',
    )
  }
  return { binding, workdir, token: found?.value ?? null }
}

/** What the program had told as the sum of its session before this run; null where it had not. */
export async function totalBefore(session: Session, program: string, run: RunId): Promise<Usage | null> {
  const own = (await session.head()).base?.seq ?? 0
  const told = await newest(session, 'message', own, ({ agent, metadata }, entry) => {
    return agent === program && entry.run !== run && metadata?.usage_total !== undefined
  })
  return (told?.metadata?.usage_total as Usage | undefined) ?? null
}

async function newest<K extends Kind>(
  session: Session,
  kind: K,
  after: number,
  fits: (data: DataOf<K>, entry: StoredEntry) => boolean,
): Promise<DataOf<K> | null> {
  for (let until: number | undefined; ; ) {
    const page: readonly StoredEntry[] = await session.stored({
      after,
      order: 'desc',
      kinds: [kind],
      ...(until === undefined ? {} : { until }),
    })
    for (const entry of page) {
      const data = dataOf(entry, kind)
      if (data && fits(data, entry)) return data
    }
    const last = page.at(-1)
    if (!last || last.seq <= after + 1) return null
    until = last.seq - 1
  }
}
