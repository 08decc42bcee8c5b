// Status: one word for every head there can be, and quiet is said of what runs without a sign of life.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type HeadOfState, quietMs, stateOf } from './status.ts'

const at = '2026-01-01T00:00:00.000Z'
const now = Date.parse(at)
const head = (over: Partial<HeadOfState>): HeadOfState => ({ place: 'open', status: 'idle', updated_at: at, ...over })

test('every place, status and request has its word', () => {
  const attention = (kind: 'approval' | 'question' | 'failed' | 'blocked') => ({ kind, since: at, summary: '' })
  const words: readonly (readonly [Partial<HeadOfState>, string])[] = [
    [{}, 'idle'],
    [{ status: 'running' }, 'running'],
    [{ status: 'queued' }, 'queued'],
    [{ status: 'waiting' }, 'waiting'],
    [{ status: 'failed' }, 'failed'],
    [{ status: 'blocked' }, 'stuck'],
    [{ status: 'waiting', attention: attention('approval') }, 'needs'],
    [{ status: 'waiting', attention: attention('question') }, 'needs'],
    [{ status: 'idle', attention: attention('failed') }, 'failed'],
    [{ status: 'blocked', attention: attention('blocked') }, 'stuck'],
    [{ place: 'archived', status: 'running' }, 'archived'],
    [{ place: 'trash', attention: attention('approval') }, 'trashed'],
    [{ place: 'deleted' }, 'deleted'],
  ]
  for (const [over, word] of words) assert.equal(stateOf(head(over), now), word, JSON.stringify(over))
})

test('what runs and says nothing is quiet, never idle, and runs again with the next entry', () => {
  const running = head({ status: 'running' })
  assert.equal(stateOf(running, now + quietMs - 1), 'running')
  assert.equal(stateOf(running, now + quietMs), 'quiet')
  assert.equal(stateOf(head({ status: 'idle' }), now + 10 * quietMs), 'idle')
})
