// The bands: who is in which, in which order, and that an old answer never undoes what the feed told.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SessionShape } from 'daybook/client'
import { bandsOf, noBands, withHead, withPin } from './board.ts'

function session(id: string, over: Partial<SessionShape> = {}): SessionShape {
  const at = '2026-01-01T00:00:00.000Z'
  return {
    session_id: id,
    tail: id,
    name: null,
    title: id,
    place: 'open',
    status: 'idle',
    last: null,
    owner: 'me',
    agent_id: null,
    user_id: null,
    team_id: null,
    workflow_id: null,
    branch: null,
    repository: null,
    current_agent: 'orchestrator',
    message_count: 0,
    run_count: 0,
    switch_count: 0,
    total_tokens: 0,
    cost: 0,
    seq: 1,
    last_activity: at,
    created_at: at,
    updated_at: at,
    ...over,
  }
}
const asking = (since: string) => ({ attention: { kind: 'approval' as const, since, summary: 'push' } })
const ids = (band: readonly SessionShape[]): string[] => band.map(({ session_id }) => session_id)

test('whoever needs a person stands there alone, the longest waiting first', () => {
  const a = session('a', { status: 'running', ...asking('2026-01-01T00:00:02.000Z') })
  const b = session('b', asking('2026-01-01T00:00:01.000Z'))
  const c = session('c', { status: 'running' })
  const bands = bandsOf({ needs: [a, b], running: [a, c], pinned: [] })
  assert.deepEqual([ids(bands.needs), ids(bands.running)], [['b', 'a'], ['c']])
})

test('a head that changed moves from band to band, and others keep their order', () => {
  let bands = bandsOf({
    needs: [],
    running: [session('a', { status: 'running' }), session('b', { status: 'running' })],
    pinned: [],
  })
  bands = withHead(bands, session('a', { seq: 2, status: 'waiting', ...asking('2026-01-01T00:00:03.000Z') }))
  assert.deepEqual([ids(bands.needs), ids(bands.running)], [['a'], ['b']])
  bands = withHead(bands, session('c', { seq: 1, status: 'queued', last_activity: '2026-01-02T00:00:00.000Z' }))
  assert.deepEqual(ids(bands.running), ['c', 'b'])
  bands = withHead(bands, session('b', { seq: 2, status: 'running', last_activity: '2026-01-03T00:00:00.000Z' }))
  assert.deepEqual(ids(bands.running), ['c', 'b'])
  bands = withHead(bands, session('c', { seq: 3, status: 'idle' }))
  assert.deepEqual(ids(bands.running), ['b'])
})

test('an answer that comes late changes nothing that the feed told meanwhile', () => {
  const now = session('a', { seq: 5, status: 'idle' })
  const late = session('a', { seq: 4, status: 'running' })
  assert.deepEqual(ids(bandsOf({ needs: [], running: [late], pinned: [] }, [now]).running), [])
  const bands = bandsOf({ needs: [], running: [session('a', { seq: 5, status: 'running' })], pinned: [] })
  assert.equal(withHead(bands, session('a', { seq: 4, status: 'idle' })).running.length, 1)
})

test('what was pinned first stays first, whatever happens in it', () => {
  let bands = withPin(withPin(noBands, session('a'), true), session('b'), true)
  bands = withHead(bands, session('b', { seq: 9, last_activity: '2026-02-01T00:00:00.000Z' }))
  assert.deepEqual(ids(bands.pinned), ['a', 'b'])
  assert.deepEqual(ids(withPin(bands, session('a'), false).pinned), ['b'])
})
