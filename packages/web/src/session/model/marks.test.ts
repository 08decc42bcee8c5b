// Proves that marks of one session are written one change at a time, and that none is lost.

import assert from 'node:assert/strict'
import test from 'node:test'
import { Marks, type MarksShape } from './marks.ts'

function server() {
  let stored: MarksShape = { seen: null, draft: null, attachments: [], pinned: false }
  let fails = 0
  const writes: Partial<MarksShape>[] = []
  return {
    writes,
    stored: () => stored,
    failNext: () => {
      fails += 1
    },
    remote: {
      marks: async () => stored,
      async changeMarks(change: () => Partial<MarksShape>) {
        if (fails > 0) {
          fails -= 1
          throw new Error('no connection')
        }
        writes.push(change())
        stored = { ...stored, ...change() }
        return stored
      },
    },
  }
}

test('changes that come while one is written go together, and the newest of each stays', async () => {
  const there = server()
  const marks = new Marks(there.remote)
  await marks.read()
  const drafts = ['a', 'ab', 'abc'].map((draft) => marks.change({ draft }))
  await Promise.all([...drafts, marks.change({ seen: 4 })])
  assert.deepEqual(there.stored(), { seen: 4, draft: 'abc', attachments: [], pinned: false })
  assert.ok(there.writes.length <= 2)
  assert.equal(marks.now?.draft, 'abc')
})

test('a change that could not be written goes with the next one', async () => {
  const there = server()
  const marks = new Marks(there.remote)
  await marks.read()
  there.failNext()
  await assert.rejects(marks.change({ draft: 'kept' }))
  assert.equal(marks.now?.draft, 'kept')
  await marks.change({ seen: 2 })
  assert.deepEqual(there.stored(), { seen: 2, draft: 'kept', attachments: [], pinned: false })
})
