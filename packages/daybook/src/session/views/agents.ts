// The view `agents`: who works now, and every hand-off that led there.

import { dataOf } from '../decode.ts'
import { activeEntries } from './active.ts'
import type { AgentsView, Handoff } from './contract.ts'
import type { Moment } from './views.ts'

export async function agentsView(moment: Moment): Promise<AgentsView> {
  const { head, cell } = moment
  return {
    currentAgent: head.currentAgent,
    history: await handoffsOf(moment),
    switches: head.switches,
    metadata: cell.agentData,
    createdAt: head.createdAt,
    lastSwitchAt: head.lastSwitchAt,
  }
}

/** Active hand-offs, oldest first. */
export async function handoffsOf({ store, head }: Moment): Promise<readonly Handoff[]> {
  if (head.switches === 0) return []
  const handoffs: Handoff[] = []
  for await (const entry of activeEntries(store, head.session, head.seq, { kinds: ['handoff'] })) {
    const data = dataOf(entry, 'handoff')
    if (data) handoffs.push({ ...data, at: entry.at, seq: entry.seq })
  }
  return handoffs
}
