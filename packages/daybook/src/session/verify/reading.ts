// Reading a log that may be damaged: an entry that cannot be read is named, and the others are read around it.

import { setImmediate } from 'node:timers/promises'
import type { StoredEntry } from '../../schema/entries.ts'
import type { Seq, SessionId } from '../../schema/ids.ts'
import { limits } from '../../schema/json.ts'
import type { ScopedStore } from '../../store/store.ts'

export interface Unreadable {
  readonly seq: Seq
  readonly error: unknown
}

export interface LogPage {
  readonly entries: readonly StoredEntry[]
  readonly unreadable: readonly Unreadable[]
}

/** All entries after a seq, page by page up to the end; between pages others get their turn. */
export async function* readTolerantly(store: ScopedStore, session: SessionId, after: Seq): AsyncGenerator<LogPage> {
  for (let from = after; ; ) {
    const page = await onePage(store, session, from)
    yield page
    const last = Math.max(page.entries.at(-1)?.seq ?? 0, page.unreadable.at(-1)?.seq ?? 0)
    if (last <= from) return
    from = last
    await setImmediate()
  }
}

async function onePage(store: ScopedStore, session: SessionId, after: Seq): Promise<LogPage> {
  try {
    return { entries: await store.read(session, { after, limit: limits.pageItems }), unreadable: [] }
  } catch {
    return oneByOne(store, session, after)
  }
}

/** The same page entry by entry: what fails alone is what made the page fail. */
async function oneByOne(store: ScopedStore, session: SessionId, after: Seq): Promise<LogPage> {
  const entries: StoredEntry[] = []
  const unreadable: Unreadable[] = []
  for (let seq = after + 1; seq <= after + limits.pageItems; seq += 1) {
    try {
      entries.push(...(await store.read(session, { after: seq - 1, until: seq })))
    } catch (error) {
      unreadable.push({ seq, error })
    }
  }
  return { entries, unreadable }
}
