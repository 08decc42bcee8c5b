// `daybook store stats`: where the store is and how large.

import type { StoreStats } from '../../store/admin.ts'
import { bytes, count } from '../format/time.ts'
import type { Perform } from '../grammar.ts'
import { placeText } from '../where.ts'

export const perform: Perform = async (context) => {
  const { store, place } = await context.store()
  const stats = await store.admin.stats()
  const { output } = context
  const system = stats.systemSessions
  if (output.json) output.object({ ...shape(stats), name: store.name, ...store.supports })
  else {
    output.table(
      [
        ['store', `${store.name} ${placeText(place)}`],
        ['format', String(stats.format)],
        ['sessions', `${count(stats.sessions)}${system > 0 ? `, and ${count(system)} of the system` : ''}`],
        ['entries', count(stats.entries)],
        ['blobs', `${count(stats.blobs)}   ${bytes(stats.blobBytes)}`],
        ['size', `${bytes(stats.bytes)}${stats.freeBytes > 0 ? `, of which ${bytes(stats.freeBytes)} free` : ''}`],
      ],
      { styles: ['dim'] },
    )
  }
  return undefined
}

export function shape(stats: StoreStats) {
  return {
    location: stats.location,
    format: stats.format,
    sessions: stats.sessions,
    system_sessions: stats.systemSessions,
    entries: stats.entries,
    blobs: stats.blobs,
    bytes: stats.bytes,
    blob_bytes: stats.blobBytes,
    free_bytes: stats.freeBytes,
  }
}
