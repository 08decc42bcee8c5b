// The newest entry of a kind that fits, read from the end of a session.

import type { StoredEntry } from '../../schema/entries.ts'
import type { DataOf, Kind } from '../../schema/kinds.ts'
import type { Session } from '../../session/contract.ts'
import { dataOf } from '../../session/decode.ts'

type Fits<K extends Kind> = (data: DataOf<K>, entry: StoredEntry) => boolean

/** @param after only entries behind this number are looked at */
export async function newest<K extends Kind>(
  session: Session,
  kind: K,
  after: number,
  fits: Fits<K>,
): Promise<DataOf<K> | null> {
  return (await newestEntry(session, kind, after, fits))?.data ?? null
}

/** As {@link newest}, with the entry that the data stands in. */
export async function newestEntry<K extends Kind>(
  session: Session,
  kind: K,
  after: number,
  fits: Fits<K>,
): Promise<{ readonly data: DataOf<K>; readonly entry: StoredEntry } | null> {
  for (let until: number | undefined; ; ) {
    const page: readonly StoredEntry[] = await session.stored({
      after,
      order: 'desc',
      kinds: [kind],
      ...(until === undefined ? {} : { until }),
    })
    for (const entry of page) {
      const data = dataOf(entry, kind)
      if (data && fits(data, entry)) return { data, entry }
    }
    const last = page.at(-1)
    if (!last || last.seq <= after + 1) return null
    until = last.seq - 1
  }
}
