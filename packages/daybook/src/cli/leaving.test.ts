// Leaving a process by keys: what leaves, and what goes on to the program.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Leaving } from './leaving.ts'

const press = (leaving: Leaving, text: string) => {
  const { keys, left } = leaving.take(Buffer.from(text, 'latin1'))
  return `${JSON.stringify(keys.toString('latin1'))}${left ? ' left' : ''}`
}

test('Ctrl-\\ and then d leaves, together or one after the other, and what was typed before still goes on', () => {
  assert.equal(press(new Leaving(), 'ls\x1cd rest'), '"ls" left')
  const leaving = new Leaving()
  assert.equal(press(leaving, 'a\x1c'), '"a"')
  assert.equal(press(leaving, 'd'), '"" left')
  assert.equal(press(new Leaving(), '\x1b[92;5ud'), '"" left')
})

test('everything else goes on as it was typed, Ctrl-\\ twice as one', () => {
  assert.equal(press(new Leaving(), 'plain d \x03\x1b[A'), JSON.stringify('plain d \x03\x1b[A'))
  assert.equal(press(new Leaving(), 'a\x1cb'), JSON.stringify('a\x1cb'))
  assert.equal(press(new Leaving(), '\x1c\x1cd'), JSON.stringify('\x1cd'))
})
