// Which items of a timeline are put together in one row.

import type { Item, Row } from './items.ts'

/** Lines of no interest to most readers are put together, as calls are. */
const quietRuns = new Set(['started', 'queued', 'waiting', 'changed'])
const quietProcesses = new Set(['ready', 'busy', 'idle', 'told'])

/** A longer line of calls is several groups: one that is opened is drawn whole. */
export const mostGrouped = 40

/** What an item is put together with; null: it stands alone. */
export function groupOf(item: Item): Row['group'] {
  if (item.type === 'tool') return 'tools'
  if (item.type === 'quiet') return 'quiet'
  if (item.type === 'run' && (quietRuns.has(item.state) || (item.state === 'done' && item.text === ''))) return 'quiet'
  return item.type === 'process' && quietProcesses.has(item.state) ? 'quiet' : null
}
