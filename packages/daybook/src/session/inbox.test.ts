// An inbox is bounded by what waits in it, counted and measured.
import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { Inbox } from './inbox.ts'

const open = () => new Inbox<string>(new AbortController().signal, ({ length }) => length)

test('an inbox drops everything beyond 1,024 items and says so once', () => {
  const inbox = open()
  for (let n = 0; n < 1024; n += 1) inbox.push('x')
  strictEqual(inbox.overflowed(), false)
  inbox.push('x')
  deepStrictEqual([inbox.take(), inbox.overflowed(), inbox.overflowed(), inbox.empty], [[], true, false, true])
})

test('an inbox drops everything beyond 8 Mi units, and takes again afterwards', () => {
  const inbox = open()
  const mebi = 'x'.repeat(1 << 20)
  for (let n = 0; n < 8; n += 1) inbox.push(mebi)
  strictEqual(inbox.overflowed(), false)
  inbox.push('x')
  deepStrictEqual([inbox.take(), inbox.overflowed()], [[], true])
  for (let n = 0; n < 8; n += 1) inbox.push(mebi)
  deepStrictEqual([inbox.take().length, inbox.overflowed()], [8, false])
})
