// The list: pages by their keys, at most five hundred heads, and no row that jumps under the reader.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SessionListShape, SessionShape } from 'daybook/client'
import {
  below,
  firstWindow,
  holds,
  mostPages,
  shown,
  withAbove,
  withBelow,
  withChanged,
  withNewer,
  without,
  withTotal,
} from './window.ts'

const head = (id: string, seq = 1, activity = '1'): SessionShape =>
  ({ session_id: id, tail: id, seq, last_activity: activity, created_at: activity }) as SessionShape
const list = (ids: readonly string[], cursor: string | null): SessionListShape => ({
  sessions: ids.map((id) => head(id)),
  total: 5000,
  total_is: 'exact',
  cursor,
})
const ids = (sessions: readonly SessionShape[]): string[] => sessions.map(({ session_id }) => session_id)

function long(pages: number) {
  let window = firstWindow(list(['p0'], 'c1'))
  for (let n = 1; n < pages; n += 1) window = withBelow(window, `c${n}`, list([`p${n}`], `c${n + 1}`))
  return window
}

test('going down lets the top go and remembers where it begins; going up brings it back', () => {
  let window = long(mostPages + 3)
  assert.equal(window.pages.length, mostPages)
  assert.deepEqual(ids(shown(window))[0], 'p3')
  assert.deepEqual(window.above, [undefined, 'c1', 'c2'])
  assert.equal(below(window), `c${mostPages + 3}`)
  window = withAbove(window, list(['p2'], 'c3'))
  assert.deepEqual([ids(shown(window))[0], window.pages.length, window.above.length], ['p2', mostPages, 2])
  assert.equal(below(window), `c${mostPages + 2}`)
})

test('a session that changed is drawn where it stands, and waits to stand at the top', () => {
  let window = firstWindow(list(['a', 'b', 'c'], null))
  window = withChanged(window, head('c', 2, '2'), true)
  assert.deepEqual(ids(shown(window)), ['a', 'b', 'c'])
  assert.equal(shown(window)[2]?.seq, 2)
  assert.deepEqual(ids(window.newer), ['c'])
  window = withChanged(window, head('d', 1, '3'), true)
  assert.deepEqual(ids(window.newer), ['d', 'c'])
  assert.equal(holds(window, 'd') && holds(window, 'a') && !holds(window, 'x'), true)
  assert.equal(withTotal(window, { ...list([], null), total: 5001 }).total, 5001)
  window = withNewer(window)
  assert.deepEqual(ids(shown(window)), ['d', 'c', 'a', 'b'])
  assert.deepEqual(window.newer, [])
})

test('a session that pages tell twice is shown once, and one that fits no more is gone', () => {
  let window = withBelow(firstWindow(list(['a', 'b'], 'x')), 'x', list(['b', 'c'], null))
  assert.deepEqual(ids(shown(window)), ['a', 'b', 'c'])
  window = without(window, 'b')
  assert.deepEqual(ids(shown(window)), ['a', 'c'])
  assert.deepEqual(withChanged(window, head('z', 7), false).newer, [])
})
