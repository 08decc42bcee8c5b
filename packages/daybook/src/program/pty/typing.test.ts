// What is typed for a prompt: pasted or line by line, without keys, and no longer than a terminal hands over.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { programOf } from '../driving.fixture.ts'
import { refused } from '../host/hosting.fixture.ts'
import { checkTyped, plainText, retyped, typedFor } from './typing.ts'

const [bash, python, gdb] = [programOf('bash'), programOf('python'), programOf('gdb')]

test('of a text its lines and tabs are typed, and no other key', () => {
  assert.equal(plainText('a\tb\r\nc\rd\ne'), 'a\tb\nc\nd\ne')
  assert.equal(plainText('x\u001b[201~\u001b[200~y\u0003\u007f\u009b\u0000z'), 'xyz')
  assert.equal(plainText('\u001b[A é 漢 👍'), '[A é 漢 👍')
})

test('a program that asks for pastes gets one, any other each line by itself, and Enter is none of them', () => {
  const text = 'one\n\n two\n\n'
  assert.deepEqual(typedFor(bash, text, true).pieces, ['\u001b[200~one\r\r two\u001b[201~'])
  assert.deepEqual(typedFor(python, text, false).pieces, ['one', '', ' two'])
  assert.deepEqual(typedFor(gdb, text, true).pieces, ['\u001b[200~one\u001b[201~', '\u001b[200~ two\u001b[201~'])
  assert.deepEqual(typedFor(gdb, text, false).pieces, ['one', ' two'])
})

test('typed again it has as many pieces as the first time', () => {
  const text = 'one\ntwo\n'
  for (const program of [bash, python, gdb]) {
    for (const bracketed of [true, false]) {
      const first = typedFor(program, text, bracketed)
      assert.equal(retyped(program, text, first.pasted).pieces.length, first.pieces.length)
    }
  }
})

test('a line that would be cut is refused by its bytes, unless it is pasted or its program reads keys', () => {
  const long = 'é'.repeat(2048)
  assert.throws(() => typedFor(bash, `short\n${long}`, false), refused('too_large', 'prompt'))
  assert.equal(typedFor(bash, long.slice(1), false).pieces.length, 1)
  assert.equal(typedFor(bash, long, true).pieces.length, 1)
  assert.equal(typedFor(python, long, false).pieces.length, 1)
})

test('images, commands of the program and texts of nothing but keys are refused', () => {
  assert.throws(() => checkTyped(bash, 'x', ['/a.png']), refused('invalid', 'images'))
  assert.throws(() => checkTyped(programOf('sqlite3'), ' .quit', []), refused('invalid', 'prompt'))
  assert.throws(() => checkTyped(bash, '\u0003\u0004\n', []), refused('invalid', 'prompt'))
})
