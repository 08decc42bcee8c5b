// Runs that a budget leaves no room for: how they are put aside, and letting them go on once it was raised.

import { DaybookError, isDaybookError } from '../../schema/errors.ts'
import type { DataOf } from '../../schema/kinds.ts'
import type { ScopedSessions, Session } from '../../session/contract.ts'
import { dataOf } from '../../session/decode.ts'
import { entryOf } from '../entry.ts'
import { NoRoom } from '../failure.ts'
import { dayOfAccount, endOfDay } from './accounts.ts'
import type { Account, Budgets, Limit } from './contract.ts'
import type { Amount } from './page.ts'
import { usedUp } from './words.ts'

type Paused = NonNullable<DataOf<'run.waiting'>['budget']>

export function noRoom(account: Account, limit: Limit, spent: Amount, now: number): NoRoom {
  const { tokens = null, cost = null } = limit
  const most = { ...(tokens === null ? undefined : { tokens }), ...(cost === null ? undefined : { cost }) }
  const until = dayOfAccount(account, now) === null ? null : endOfDay(now)
  return new NoRoom(usedUp(account, limit, spent), { ...account, ...most }, until)
}

/**
 * Lets the runs go on whose budget has a higher limit by now than the one that left them no room; gives how many. What is gone only
 * grows, so one whose limit is the same has no room either.
 */
export async function resumeRaised(
  sessions: ScopedSessions,
  limitOf: (account: Account) => Promise<Limit>,
): Promise<number> {
  let resumed = 0
  for (let cursor: string | null = null; ; ) {
    const page = await sessions.list({ attention: true, limit: 200, ...(cursor === null ? undefined : { cursor }) })
    for (const { session, attention } of page.items) {
      for (const { kind, run } of attention) {
        if (kind !== 'budget' || run === undefined) continue
        const handle = sessions.session(session)
        const paused = await budgetOf(handle, run)
        if (paused === null || !isRaised(paused, await limitOf(paused))) continue
        if (await goOn(handle, run)) resumed += 1
      }
    }
    if (page.cursor === null) return resumed
    cursor = page.cursor
  }
}

/** Milliseconds between two looks at runs that wait for a budget. */
const lookMs = 15_000

/** Its last waits are among so many of its session. */
const mostWaits = 256

async function budgetOf(session: Session, run: string): Promise<Paused | null> {
  const waits = await session.stored({ kinds: ['run.waiting'], order: 'desc', limit: mostWaits })
  const last = waits.find((entry) => entry.run === run)
  return (last && dataOf(last, 'run.waiting')?.budget) ?? null
}

function isRaised(was: Paused, { tokens = null, cost = null }: Limit): boolean {
  const higher = (before: number | undefined, now: number | null) =>
    before !== undefined && (now === null || now > before)
  return higher(was.tokens, tokens) || higher(was.cost, cost)
}

/** False where it goes on already, or is over. */
async function goOn(session: Session, run: string): Promise<boolean> {
  try {
    await session.appendOn(
      ({ attention }) => {
        const waits = attention.some((one) => one.kind === 'budget' && one.run === run)
        if (!waits) throw new DaybookError('invalid_state', `${run} does not wait for a budget`)
        return [entryOf('run.resumed', run, {})]
      },
      ['resume', run],
    )
    return true
  } catch (error) {
    if (isDaybookError(error) && ['invalid_state', 'trashed', 'gone', 'not_found'].includes(error.code)) return false
    throw error
  }
}

/** Looks for them by and by: another process may have raised a budget, or daybook.json says more since the last start. */
export function keepResuming(budgets: Pick<Budgets, 'resume'>, onError: (error: unknown) => void): AsyncDisposable {
  let looking: Promise<unknown> | null = null
  const look = (): void => {
    looking ??= budgets
      .resume()
      .catch(onError)
      .finally(() => {
        looking = null
      })
  }
  look()
  const timer = setInterval(look, lookMs).unref()
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await looking
    },
  }
}
