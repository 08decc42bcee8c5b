// What a run and all that it began have taken so far, as their messages in the log say.

import type { RunId } from '../../schema/ids.ts'
import { addUsage } from '../../schema/usage.ts'
import type { Session } from '../../session/contract.ts'
import { dataOf } from '../../session/decode.ts'

export interface Spent {
  readonly tokens: number
  /** US dollars. */
  readonly cost: number
}

/** Of a run that has not ended, and of all runs inside it. */
export function spentBy(session: Session, run: RunId): Promise<Spent> {
  return added(session, run, () => true)
}

/** Of the runs inside a run that has not ended, without its own. */
export function spentInside(session: Session, run: RunId): Promise<Spent> {
  return added(session, run, (one) => one !== run)
}

async function added(session: Session, run: RunId, counts: (run: RunId) => boolean): Promise<Spent> {
  const { openRuns } = await session.head()
  const from = openRuns.find((open) => open.run === run)?.seq ?? 1
  const family = new Set<string>([run])
  let spent: Spent = { tokens: 0, cost: 0 }
  for await (const entry of session.stream({ after: from, kinds: ['run.queued', 'run.finished', 'message'] })) {
    if (entry.kind === 'run.queued') {
      const data = dataOf(entry, 'run.queued')
      if (data?.parent !== undefined && family.has(data.parent)) family.add(data.run_id)
    } else if (entry.run !== undefined && family.has(entry.run) && counts(entry.run)) {
      const data = entry.kind === 'message' ? dataOf(entry, 'message') : dataOf(entry, 'run.finished')
      spent = addUsage(spent, data?.usage, data?.cost)
    }
  }
  return spent
}
