// What happened since the reader looked, counted from entries.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EntryShape } from 'daybook/client'
import { newsIn } from './news.ts'

const entry = (kind: string, data: unknown): EntryShape => ({ kind, data }) as EntryShape

test('turns, files and money are counted once, and the last run says whether it failed', () => {
  const edit = (path: string) => ({ type: 'edit', path })
  const entries = [
    entry('run.finished', { status: 'failed', cost: 0.4 }),
    entry('message', { role: 'assistant', parts: [edit('a.ts'), edit('b.ts')], cost: 0.3 }),
    entry('message', { role: 'tool', parts: [edit('a.ts')] }),
    entry('message', { role: 'user', content: 'go on' }),
    entry('run.finished', { status: 'done' }),
    entry('note', null),
  ]
  assert.deepEqual(newsIn(entries), { turns: 2, files: 2, failed: true, cost: 0.3 })
  assert.deepEqual(newsIn(entries.slice(3)), { turns: 1, files: 0, failed: false, cost: 0 })
})
