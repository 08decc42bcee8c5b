// Erasing entries: their data goes for ever, everything folded from it is folded again, the chain still verifies.

import { DaybookError } from '../schema/errors.ts'
import type { Seq, SessionId } from '../schema/ids.ts'
import type { Kind } from '../schema/kinds.ts'
import type { Usage } from '../schema/parts.ts'
import { totalTokens } from '../schema/usage.ts'
import type { ScopedStore } from '../store/store.ts'
import type { Receipt, WriteOptions } from './contract.ts'
import { dataOf } from './decode.ts'
import { foldAt } from './refold.ts'
import type { SessionHandle } from './session.ts'

const maxRaces = 50
/** What people say and models answer. Entries that carry the structure of a log (openings, rewinds, runs) stay. */
const erasable: ReadonlySet<Kind> = new Set(['message', 'note', 'foreign.recorded', 'state.changed', 'summary', 'pin'])

/** Only own entries of the kinds above; `invalid` for others. Erasing again changes nothing more. */
export async function eraseEntries(
  session: SessionHandle,
  seqs: readonly Seq[],
  options: WriteOptions = {},
): Promise<Receipt> {
  const chosen = [...new Set(seqs)].sort((a, b) => a - b)
  for (let race = 0; race < maxRaces; race += 1) {
    const head = await session.head()
    // In the loop: whoever was faster may have erased, and counted, the same entries.
    const usage = await usageOf(session, chosen)
    const whole = session.engine.writer.whole(session.scope.tenant)
    const instead = await foldAt(whole, session.id, head.seq, { without: new Set(chosen) })
    const entry = session.draft({ kind: 'entry.erased', data: { seqs: chosen, ...usage } })
    const make = () => ({ drafts: [entry], instead, erase: chosen })
    try {
      const write = { operation: 'erase', request: chosen, make }
      const receipt = await session.submit(write, { ...options, expect: options.expect ?? head.seq })
      await refoldForks(session, whole, session.id, chosen[0] ?? 0)
      return receipt
    } catch (error) {
      const raced = error instanceof DaybookError && error.code === 'conflict' && options.expect === undefined
      if (!raced) throw error
    }
  }
  throw new DaybookError('store_busy', `other writers were faster ${maxRaces} times`)
}

async function usageOf(session: SessionHandle, seqs: readonly Seq[]): Promise<{ tokens?: number[]; cost?: number[] }> {
  const { base } = await session.head()
  const tokens: number[] = []
  const cost: number[] = []
  for (const seq of seqs) {
    const [entry] = await session.store.read(session.id, { after: seq - 1, until: seq })
    if (!entry || seq <= (base?.seq ?? 0))
      throw new DaybookError('invalid', `${seq} is not an own entry`, { field: 'seqs' })
    if (!erasable.has(entry.kind)) throw new DaybookError('invalid', `${entry.kind} is not erased`, { field: 'seqs' })
    const data = dataOf(entry) as { usage?: Usage; cost?: number } | null
    tokens.push(totalTokens(data?.usage))
    cost.push(data?.cost ?? 0)
  }
  return tokens.some((n) => n > 0) || cost.some((n) => n > 0) ? { tokens, cost } : {}
}

/** Forks that reach an erased entry are folded again, and theirs. */
async function refoldForks(session: SessionHandle, whole: ScopedStore, base: SessionId, from: Seq): Promise<void> {
  for (const id of await whole.forks(base)) {
    for (let race = 0; race < maxRaces; race += 1) {
      const head = await whole.head(id)
      if (!head?.base || head.base.seq < from || head.place === 'deleted') break
      const folded = await foldAt(whole, id, head.seq)
      const done = await whole.refold(id, head, folded.head, folded.cell)
      session.engine.writer.reload(session.scope.tenant, id)
      if (!done) continue
      await refoldForks(session, whole, id, from)
      break
    }
  }
}
