// Proves that marks of one session are written one change at a time, and that nothing of another tab is lost.

import assert from 'node:assert/strict'
import test from 'node:test'
import { DaybookError } from 'daybook/client'
import { Marks, type MarksShape } from './marks.ts'

function server() {
  let stored: MarksShape = { version: 0, seen: null, draft: null, pinned: false }
  let writes = 0
  return {
    get stored() {
      return stored
    },
    get writes() {
      return writes
    },
    elsewhere(change: Partial<MarksShape>) {
      stored = { ...stored, ...change, version: stored.version + 1 }
    },
    remote: {
      read: async () => stored,
      async write({
        version,
        seen,
        draft,
        pinned,
      }: {
        version: number
        seen?: number
        draft?: string
        pinned?: boolean
      }) {
        writes += 1
        if (version !== stored.version) throw new DaybookError('conflict', 'another write came first')
        stored = { version: version + 1, seen: seen ?? null, draft: draft ?? null, pinned: pinned ?? false }
        return stored
      },
    },
  }
}

test('changes that come while one is written go together, and the newest of each stays', async () => {
  const there = server()
  const marks = new Marks(there.remote)
  await marks.read()
  const all = [
    marks.change({ draft: 'a' }),
    marks.change({ draft: 'ab' }),
    marks.change({ seen: 4 }),
    marks.change({ draft: 'abc' }),
  ]
  assert.equal(marks.now?.draft, 'abc')
  await Promise.all(all)
  assert.deepEqual([there.stored.draft, there.stored.seen], ['abc', 4])
  assert.ok(there.writes <= 2)
})

test('what another tab changed meanwhile stays', async () => {
  const there = server()
  const marks = new Marks(there.remote)
  await marks.read()
  there.elsewhere({ pinned: true, seen: 9 })
  await marks.change({ draft: 'mine' })
  assert.deepEqual([there.stored.draft, there.stored.pinned, there.stored.seen], ['mine', true, 9])
  await marks.change({ draft: null })
  assert.deepEqual([there.stored.draft, there.stored.pinned], [null, true])
})
