// The limits that count: what was set for one name, else what the configuration says for all of its scope.

import { DaybookError, isDaybookError } from '../../schema/errors.ts'
import type { Actor } from '../../schema/ids.ts'
import type { JsonObject } from '../../schema/json.ts'
import { type BudgetScope, budgetScopes } from '../../schema/states.ts'
import type { ScopedSessions } from '../../session/contract.ts'
import { settingsSession } from './accounts.ts'
import type { Account, BudgetConfig, Limit } from './contract.ts'

/** Milliseconds for which what was read is believed: another server may have set something else. */
const believedMs = 1000

type Named = Readonly<Partial<Record<BudgetScope, Readonly<Record<string, Limit>>>>>

export interface Limits {
  of(account: Account): Promise<{ readonly limit: Limit; readonly from: 'set' | 'config' | 'none' }>
  /** What was set, by scope and name. */
  named(): Promise<Named>
  set(account: Account, limit: Limit | null, by: Actor, key?: string): Promise<void>
}

export function openLimits(
  sessions: (actor: Actor) => ScopedSessions,
  config: BudgetConfig,
  clock: () => number,
): Limits {
  let read: { readonly at: number; readonly named: Promise<Named> } | null = null
  const named = (): Promise<Named> => {
    const at = clock()
    if (read === null || at - read.at >= believedMs || at < read.at) read = { at, named: readNamed(sessions) }
    return read.named
  }
  return {
    named,
    async of({ scope, name }) {
      const set = Object.entries((await named())[scope] ?? {}).find(([key]) => key === name)?.[1]
      if (set !== undefined) return { limit: set, from: 'set' }
      const all = config[scope]
      return all === undefined ? { limit: {}, from: 'none' } : { limit: all, from: 'config' }
    },
    async set({ scope, name }, limit, by, key) {
      const session = sessions(by).session(settingsSession, { opens: { owner: settingsSession } })
      const value = limit === null ? null : { tokens: limit.tokens ?? null, cost: limit.cost ?? null }
      // What the merge would keep of an older limit goes first: a patch takes null for "remove".
      const patch = { [scope]: { [name]: value && withoutNulls(value) } }
      const before = { [scope]: { [name]: null } }
      await session.append(
        [before, ...(value === null ? [] : [patch])].map((each) => ({
          kind: 'state.changed' as const,
          data: { scope: 'session' as const, patch: each },
        })),
        key === undefined ? {} : { key: `budget ${key}` },
      )
      read = null
    },
  }
}

function withoutNulls(limit: { readonly tokens: number | null; readonly cost: number | null }): JsonObject {
  return Object.fromEntries(Object.entries(limit).filter(([, value]) => value !== null))
}

async function readNamed(sessions: (actor: Actor) => ScopedSessions): Promise<Named> {
  try {
    return (await sessions('engine:budgets').session(settingsSession).cell()).state as Named
  } catch (error) {
    if (isDaybookError(error) && error.code === 'not_found') return {}
    throw error
  }
}

/** @throws DaybookError `invalid` for a scope or an amount that there is not */
export function checkAccount({ scope, name }: Account, limit: Limit | null): void {
  const bad = (field: string, what: string): never => {
    throw new DaybookError('invalid', what, { field })
  }
  if (!budgetScopes.includes(scope)) bad('scope', `a budget is of ${budgetScopes.join(', ')}`)
  if (name === '' || name.length > 256 || name === '__proto__') bad('name', 'a name has 1 to 256 characters')
  if (limit === null) return
  const { tokens = null, cost = null } = limit
  if (tokens !== null && !(Number.isSafeInteger(tokens) && tokens >= 0)) bad('tokens', 'tokens are a whole number')
  if (cost !== null && !(Number.isFinite(cost) && cost >= 0)) bad('cost', 'cost is an amount of US dollars')
}
