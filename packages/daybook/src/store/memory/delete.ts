// Deleting and sweeping: tombstones, entries that only forks still read, unreferenced blobs.

import type { Seq } from '../../schema/ids.ts'
import { limits } from '../../schema/json.ts'
import type { SweepReport } from '../admin.ts'
import type { Deletion, Outcome, RefusalCode, Scope } from '../store.ts'
import { keep, refusal, replay, setHead } from './append.ts'
import { dropClaims } from './blobs.ts'
import { dropMarks } from './marks.ts'
import { day, find, leaseLives, type Row, type State } from './state.ts'

export function deleteOne(state: State, scope: Scope, session: string, deletion: Deletion): Outcome {
  const row = find(state, scope, session)
  if (!row) return refusal('not_found', 0)
  const seen = replay(row, deletion.key)
  if (seen) return seen
  const code = refuse(state, row, deletion)
  if (code) return refusal(code, row.head.seq)
  const { entry } = deletion
  Object.freeze(entry)
  row.gone = { at: state.clock(), entry }
  state.gone.add(row)
  state.feedRows.push(row)
  state.feedSeqs.push(entry.seq)
  setHead(state, row, deletion.head, state.feedRows.length)
  keep(row, deletion.key, entry.seq, entry.seq)
  row.cell = null
  row.snapshots = []
  row.lease = null
  dropMarks(row)
  dropRefs(row, (type) => !type.startsWith('foreign'))
  row.reach = reachOf(row)
  cut(row)
  return { ok: true, first: entry.seq, last: entry.seq, replayed: false }
}

function refuse(state: State, row: Row, { expect, prev, entry, head }: Deletion): RefusalCode | null {
  if (row.gone) return 'gone'
  if (head.place !== 'deleted' || head.session !== row.id || entry.kind !== 'session.deleted') return 'invalid'
  if (entry.seq !== expect + 1 || head.seq !== entry.seq || head.hash !== entry.hash) return 'invalid'
  if (leaseLives(state, row)) return 'busy'
  return expect !== row.head.seq || prev !== row.head.hash ? 'conflict' : null
}

function dropRefs(row: Row, which: (type: string) => boolean): void {
  for (const [key, ref] of row.refs) {
    if (!which(ref.type)) continue
    row.refs.delete(key)
    row.tenant.refs.delete(key)
  }
}

/** The highest seq that living forks read through this row, directly or through deleted forks. */
function reachOf(row: Row): Seq {
  let reach = 0
  for (const fork of row.forks) {
    reach = Math.max(reach, fork.gone ? Math.min(fork.baseSeq, fork.reach) : fork.baseSeq)
  }
  return reach
}

/** Drops the own entries of a deleted row that no living fork reaches; returns how many. */
function cut(row: Row): number {
  const kept = Math.max(row.reach - row.baseSeq, 0)
  const dropped = row.entries.length - kept
  if (dropped <= 0) return 0
  row.entries = row.entries.slice(0, kept)
  row.rare = row.rare.filter((index) => index < kept)
  dropClaims(row, (claim) => claim.first > row.reach)
  return dropped
}

export function sweep(state: State): SweepReport {
  const now = state.clock()
  // A fork has a higher number than its base: from the newest down, each row finds its forks settled. A row that ends
  // before its forks stays, for theirs point to it.
  const gone = [...state.gone].sort((a, b) => b.sid - a.sid)
  let tombstones = 0
  let hiddenEntries = 0
  const dropped = new Set<Row>()
  for (const row of gone) {
    if (row.gone && row.gone.at + limits.keptMs <= now && row.tenant.rows.get(row.id) === row) {
      endTombstone(state, row)
      tombstones += 1
    }
    row.reach = reachOf(row)
    hiddenEntries += cut(row)
    if (row.forks.size > 0 || row.tenant.rows.get(row.id) === row) continue
    row.base?.forks.delete(row)
    state.gone.delete(row)
    dropped.add(row)
  }
  if (dropped.size > 0) state.rows = state.rows.filter((row) => !dropped.has(row))
  if (tombstones > 0) clearFeed(state)
  return { tombstones, hiddenEntries, blobs: sweepBlobs(state, now) }
}

function endTombstone(state: State, row: Row): void {
  row.tenant.rows.delete(row.id)
  dropRefs(row, () => true)
  row.keys = null
  // Above, not at: the last holder may still be writing when its id comes back.
  state.fenceFloor = Math.max(state.fenceFloor, row.fence + 1)
}

/** Positions stay taken; only what they held is let go. */
function clearFeed(state: State): void {
  for (const [index, row] of state.feedRows.entries()) {
    if (row?.gone && row.tenant.rows.get(row.id) !== row) state.feedRows[index] = undefined
  }
}

function sweepBlobs(state: State, now: number): number {
  let swept = 0
  for (const { blobs } of state.tenants.values()) {
    for (const [hash, blob] of blobs) {
      if (blob.claims > 0 || blob.at + day > now) continue
      blobs.delete(hash)
      swept += 1
    }
  }
  return swept
}
