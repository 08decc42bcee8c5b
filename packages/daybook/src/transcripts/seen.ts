// Files that hold many sessions: what they were like when all of it was in the log, remembered in the person's own state.

import type { JsonObject } from '../schema/json.ts'
import type { ScopedSessions } from '../session/contract.ts'
import { sha256 } from '../store/hash.ts'
import type { FoundFile } from './contract.ts'
import { countOf, fieldsOf } from './fields.ts'

/** How many sessions the file holds, all of which are here; null when it changed since, or was never read to its end. */
export async function countWhenSeen(sessions: ScopedSessions, file: FoundFile): Promise<number | null> {
  const { seen } = fieldsOf((await sessions.state('user')).adopting)
  const { mark, sessions: count } = fieldsOf(fieldsOf(seen)[nameOf(file)])
  return mark === file.mark ? (countOf(count) ?? null) : null
}

export async function rememberSeen(sessions: ScopedSessions, file: FoundFile, count: number): Promise<void> {
  const seen: JsonObject = { [nameOf(file)]: { mark: file.mark, sessions: count } }
  await sessions.setState('user', { adopting: { seen } })
}

/** Tells nobody where the file is. */
function nameOf({ agent, path }: FoundFile): string {
  return `${agent} ${sha256(path).slice(0, 22)}`
}
