// Entries as a server tells them, made by hand, for tests of what the page makes of them.

import type { EntryShape } from 'daybook/client'

const hash = 'k1bHpGpVw9S8vVZ0m1xk4Jq2i0p3n5s7t9u1w3y5A7c'

/** An entry of a kind with its data; its run is the one that the data names. */
export function entryAt(seq: number, kind: string, data: unknown, more: Partial<EntryShape> = {}): EntryShape {
  const run = (data as { run_id?: string } | null)?.run_id
  return {
    seq,
    kind: kind as EntryShape['kind'],
    v: 1,
    at: new Date(Date.UTC(2026, 0, 1) + seq * 1000).toISOString(),
    actor: 'user:anna',
    ...(run === undefined ? {} : { run_id: run }),
    data,
    data_hash: hash,
    hash,
    ...more,
  }
}

export function messageAt(seq: number, role: string, content: string, more: object = {}, run?: string): EntryShape {
  return entryAt(seq, 'message', { role, content, ...more }, run === undefined ? {} : { run_id: run })
}
