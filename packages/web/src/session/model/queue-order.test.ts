// Moving in a queue: what the server is asked puts the run where it was let go.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { beforeWhich } from './queue-order.ts'

test('a run that is moved from anywhere to anywhere stands there, and one that stays is not asked for', () => {
  const ids = ['a', 'b', 'c', 'd']
  const runs = ids.map((run_id) => ({ run_id }))
  for (const from of ids.keys()) {
    for (const to of ids.keys()) {
      const before = beforeWhich(runs, from, to)
      if (from === to) {
        assert.equal(before, undefined)
        continue
      }
      const order = ids.filter((_, at) => at !== from)
      order.splice(before === null ? order.length : order.indexOf(before ?? ''), 0, ids[from] ?? '')
      assert.equal(order.indexOf(ids[from] ?? ''), to, `${from} to ${to}`)
    }
  }
  assert.equal(beforeWhich(runs, 0, -1), undefined)
  assert.equal(beforeWhich(runs, 3, 4), undefined)
  assert.equal(beforeWhich(runs, 9, 0), undefined)
})
