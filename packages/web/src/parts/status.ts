// What a session is doing, in one word: read from its head alone, the same in lists, titles and badges.

import type { SessionShape } from 'daybook/client'

export const states = [
  'needs',
  'stuck',
  'failed',
  'running',
  'quiet',
  'queued',
  'waiting',
  'idle',
  'archived',
  'trashed',
  'deleted',
] as const
export type State = (typeof states)[number]

/** Milliseconds without any entry after which what runs is called quiet. */
export const quietMs = 120_000

type Attention = NonNullable<SessionShape['attention']>

const byAttention: Readonly<Record<Attention['kind'], State>> = {
  approval: 'needs',
  question: 'needs',
  failed: 'failed',
  blocked: 'stuck',
  budget: 'stuck',
}
const byPlace: Readonly<Record<SessionShape['place'], State | null>> = {
  open: null,
  archived: 'archived',
  trash: 'trashed',
  deleted: 'deleted',
}
const byStatus: Readonly<Record<SessionShape['status'], State>> = {
  idle: 'idle',
  queued: 'queued',
  running: 'running',
  waiting: 'waiting',
  failed: 'failed',
  blocked: 'stuck',
}

export type HeadOfState = Pick<SessionShape, 'place' | 'status' | 'attention' | 'updated_at'>

/** `now`: milliseconds since 1970. */
export function stateOf({ place, status, attention, updated_at }: HeadOfState, now: number): State {
  const kept = byPlace[place]
  if (kept !== null) return kept
  if (attention) return byAttention[attention.kind]
  const state = byStatus[status]
  return state === 'running' && now - Date.parse(updated_at) >= quietMs ? 'quiet' : state
}
