// Snapshots of folds, beside the log: kept sorted by seq, dropped from the first erased entry on.

import type { Seq, SessionId } from '../../schema/ids.ts'
import type { Snapshots } from '../snapshots.ts'
import type { Scope, Snapshot } from '../store.ts'
import { findLiving, freeze, type Row, type State } from './state.ts'

export function memorySnapshots(state: State, scope: Scope, guard: () => void): Snapshots {
  return {
    async put(session: SessionId, snapshot: Snapshot) {
      guard()
      const row = findLiving(state, scope, session)
      // Folded before a text was erased: it may hold it.
      if (!row || (snapshot.head.refolds ?? 0) !== (row.head.refolds ?? 0)) return
      const at = row.snapshots.findIndex((kept) => kept.seq > snapshot.seq || isSame(kept, snapshot))
      const replaced = at >= 0 && isSame(row.snapshots[at], snapshot) ? 1 : 0
      row.snapshots.splice(at < 0 ? row.snapshots.length : at, replaced, freeze(snapshot))
    },
    async latest(session: SessionId, seq: Seq, fold: number) {
      guard()
      const row = findLiving(state, scope, session)
      return row?.snapshots.findLast((kept) => kept.seq <= seq && kept.fold === fold) ?? null
    },
    async drop(session: SessionId) {
      guard()
      const row = findLiving(state, scope, session)
      if (row) row.snapshots = []
    },
  }
}

function isSame(one: Snapshot | undefined, other: Snapshot): boolean {
  return one?.seq === other.seq && one.fold === other.fold
}

/** Drops every snapshot that folded the entry `seq` of this row, in its forks as well, and marks the forks' heads. */
export function outdate(row: Row, seq: Seq): void {
  const rows = [row]
  for (let next = rows.pop(); next; next = rows.pop()) {
    next.snapshots = next.snapshots.filter((kept) => kept.seq < seq)
    if (next !== row && !next.gone) next.head = freeze({ ...next.head, fold: 0, refolds: (next.head.refolds ?? 0) + 1 })
    for (const fork of next.forks) if (fork.baseSeq >= seq) rows.push(fork)
  }
}
