// What a call took whose process ended before it was settled: as the journal of its run says, else all that was put aside.

import { isDaybookError } from '../../schema/errors.ts'
import type { RunId, Seq } from '../../schema/ids.ts'
import { totalTokens } from '../../schema/usage.ts'
import type { ScopedSessions, Session } from '../../session/contract.ts'
import { dataOf } from '../../session/decode.ts'
import { hasEnded } from '../holder.ts'
import { type Amount, type Page, plus, type Reserved } from './page.ts'

const nothing: Amount = { tokens: 0, cost: 0 }

/** What the run's messages behind this seq report, one by one. */
export async function* reported(session: Session, run: RunId, after: Seq): AsyncGenerator<Amount> {
  for await (const entry of session.stream({ after, kinds: ['message'] })) {
    if (entry.run !== run) continue
    const data = dataOf(entry, 'message')
    if (data?.usage || data?.cost) yield { tokens: totalTokens(data.usage), cost: data.cost ?? 0 }
  }
}

export async function allReported(session: Session, run: RunId, after: Seq): Promise<Amount> {
  let sum = nothing
  for await (const amount of reported(session, run, after)) sum = plus(sum, amount)
  return sum
}

/** Those of a page that nobody settles any more, with what each took. */
export async function leftBehind(
  page: Page,
  isMine: (id: string) => boolean,
  sessions: ScopedSessions,
  now: number,
): Promise<ReadonlyMap<string, Amount>> {
  const found = new Map<string, Amount>()
  for (const [id, reserved] of Object.entries(page.open)) {
    if (isMine(id) || !(hasEnded(reserved.holder) || reserved.until <= now)) continue
    const spent = await spentOf(reserved, sessions)
    if (spent) found.set(id, spent)
  }
  return found
}

/** Null for the prompt of a program that still is under way: whoever takes the run over settles it. */
async function spentOf(reserved: Reserved, sessions: ScopedSessions): Promise<Amount | null> {
  const { run, seq, tokens, cost } = reserved
  const session = sessions.session(reserved.session)
  try {
    if (tokens > 0 || cost > 0) {
      const { value } = await reported(session, run, seq).next()
      return value ?? { tokens, cost }
    }
    const { openRuns } = await session.head()
    return openRuns.some((open) => open.run === run) ? null : await allReported(session, run, seq)
  } catch (error) {
    // A session that is gone says nothing any more.
    if (isDaybookError(error) && (error.code === 'gone' || error.code === 'not_found')) return { tokens, cost }
    throw error
  }
}
