// Keeps what the estimates of tokens have learned: the state of a system session, so that a restart does not begin anew.

import type { Learned, Learning } from './model/estimate.ts'
import { isDaybookError } from './schema/errors.ts'
import type { SessionId, Tenant } from './schema/ids.ts'
import type { JsonObject } from './schema/json.ts'
import type { Session, Sessions } from './session/contract.ts'

const place: SessionId = '@estimates'
/** By so much it has to be another one before it is written again: an estimate that holds writes nothing. */
const telling = 0.02

export interface Estimates extends Learning {
  /** What was learned so far is written. */
  settled(): Promise<void>
}

/** Of several processes the last one to learn of a family counts. */
export async function openEstimates(
  sessions: Sessions,
  tenant: Tenant,
  onError: (error: unknown) => void,
): Promise<Estimates> {
  const scoped = sessions.within({ tenant, subjects: 'all' }, { actor: 'engine:models', writer: 'R' })
  const session = scoped.session(place, { opens: { owner: place } })
  const written = new Map<string, Learned>(await readFrom(session))
  const fresh = new Map<string, Learned>()
  let writing: Promise<void> | null = null
  const write = async (): Promise<void> => {
    while (fresh.size > 0) {
      const taken = [...fresh]
      fresh.clear()
      const patch = Object.fromEntries(taken.map(([family, learned]) => [family, { ...learned }]))
      try {
        await session.append({ kind: 'state.changed', data: { scope: 'session', patch } })
      } catch (error) {
        for (const [family, learned] of taken) if (!fresh.has(family)) fresh.set(family, learned)
        throw error // and it is tried again with whatever is learned next
      }
    }
  }
  return {
    known: (family) => written.get(family),
    learned(family, learned) {
      const before = written.get(family) ?? { ratio: 1, held: 0 }
      const same = Math.abs(learned.ratio / before.ratio - 1) < telling && learned.held === before.held
      if (same && fresh.size === 0) return
      written.set(family, learned)
      fresh.set(family, learned)
      writing ??= write()
        .catch(onError)
        .finally(() => {
          writing = null
        })
    },
    settled: async () => void (await writing),
  }
}

async function readFrom(session: Session): Promise<[string, Learned][]> {
  let state: JsonObject
  try {
    state = (await session.cell()).state
  } catch (error) {
    if (isDaybookError(error) && error.code === 'not_found') return []
    throw error
  }
  return Object.entries(state).flatMap(([family, value]): [string, Learned][] => {
    const { ratio, held } = (value ?? {}) as Partial<Learned>
    return typeof ratio === 'number' && typeof held === 'number' ? [[family, { ratio, held }]] : []
  })
}
