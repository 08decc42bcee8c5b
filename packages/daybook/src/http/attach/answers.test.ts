// Keys go through, and what terminals answer by themselves does not, wherever it is cut.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Answers } from './answers.ts'

const keys = (answers: Answers, text: string): string => answers.take(Buffer.from(text)).toString()

test('answers of a terminal are dropped, and keys between them go through', () => {
  for (const answer of [
    '\x1b[12;40R',
    '\x1b[?12;40R',
    '\x1b[?62;22c',
    '\x1b[>41;354;0c',
    '\x1b[0n',
    '\x1b[?2026;2$y',
    '\x1b[?1u',
    '\x1b[8;24;80t',
    '\x1b]11;rgb:0000/0000/0000\x07',
    '\x1b]10;rgb:ffff/ffff/ffff\x1b\\',
    '\x1bP>|xterm(390)\x1b\\',
    '\x1b_Gi=1;OK\x1b\\',
  ]) {
    const answers = new Answers()
    assert.equal(keys(answers, `a${answer}b`), 'ab', JSON.stringify(answer))
    for (let cut = 2; cut < answer.length; cut += 1) {
      const split = new Answers()
      assert.equal(keys(split, `a${answer.slice(0, cut)}`) + keys(split, `${answer.slice(cut)}b`), 'ab')
      assert.equal(split.holds, false)
    }
  }
})

test('keys are no answers: arrows, functions, mouse, paste, focus and Alt', () => {
  for (const typed of [
    'ls -la\r',
    '\x1b',
    '\x1b[A\x1bOA\x1b[1;5C',
    '\x1b[15~\x1b[3;2~',
    '\x1b[<0;10;20M\x1b[<0;10;20m',
    '\x1b[200~two\nlines\x1b[201~',
    '\x1b[I\x1b[O',
    '\x1bx\x7f\x03\x04',
    '\x1b[97;5u',
    'é漢字🙂',
  ]) {
    assert.equal(keys(new Answers(), typed), typed, JSON.stringify(typed))
  }
})

test('a key that begins like an answer comes a moment later', () => {
  const answers = new Answers()
  assert.equal(keys(answers, 'a\x1b['), 'a')
  assert.ok(answers.holds)
  assert.equal(answers.flush().toString(), '\x1b[')
  assert.equal(answers.holds, false)
  assert.equal(keys(answers, '\x1b]'), '')
  assert.equal(answers.flush().toString(), '\x1b]')
})

test('what both a key and an answer send is an answer only where it was asked for lately', () => {
  let now = 0
  const answers = new Answers(() => now)
  assert.equal(keys(answers, '\x1b[1;2R'), '\x1b[1;2R')
  answers.shown(Buffer.from('text \x1b[6'))
  answers.shown(Buffer.from('n'))
  assert.equal(keys(answers, '\x1b[1;2R'), '')
  now = 2001
  assert.equal(keys(answers, '\x1b[1;2R'), '\x1b[1;2R')
})
