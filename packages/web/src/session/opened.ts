// The sessions that this page has open: their windows stay for a while, so that going back to one shows it at once.

import { isDaybookError } from 'daybook/client'
import { client } from '../live/client.ts'
import { errorText } from '../parts/errors.ts'
import { LogWindow } from './model/log-window.ts'
import { Marks } from './model/marks.ts'
import { say } from './saying.ts'

export interface Opened {
  readonly id: string
  readonly log: LogWindow
  readonly marks: Marks
  /** Where the reader was when another session was opened; null: not here yet. */
  place: { readonly following: boolean; readonly seq: number } | null
}

/** As many as somebody goes between. */
const mostOpen = 4
const opened = new Map<string, Opened>()

/** `until`: the moment of an entry, which is not kept. */
export function openSession(id: string, until: number | null): Opened {
  if (until !== null) return make(id, until)
  const known = opened.get(id)
  if (known) {
    opened.delete(id)
    opened.set(id, known)
    return known
  }
  const made = make(id, Number.POSITIVE_INFINITY)
  opened.set(id, made)
  for (const [name, old] of opened) {
    if (opened.size <= mostOpen) break
    old.log.close()
    opened.delete(name)
  }
  return made
}

function make(id: string, until: number): Opened {
  const session = client.session(id)
  const source = {
    entries: async (
      range: { after?: number; until?: number; limit: number; order: 'asc' | 'desc' },
      signal: AbortSignal,
    ) => (await session.entries(range, { signal })).entries,
  }
  return { id, log: new LogWindow(source, sayProblem, until), marks: new Marks(session), place: null }
}

/** What the server refuses is said; anything else is a fault of this page, and not hidden. */
export function sayProblem(error: unknown): void {
  if (!isDaybookError(error)) throw error
  say(errorText(error), 'failure')
}
