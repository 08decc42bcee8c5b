// What a screen says of a program that tells nothing else of its state.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { programOf } from '../driving.fixture.ts'
import type { Look } from '../host/contract.ts'
import { dialogsOn, isAtRest, longQuietMs, quietMs, stateOf } from './sight.ts'

const blank: Look = {
  ...{ text: '\n\n', line: '', title: '', cols: 120, rows: 40, offset: 90, bracketedPaste: true },
  ...{ alternate: true, told: null, mark: null, reads: null },
}

test('what Codex may not do by itself is a dialog with all that it asks', () => {
  const text = `  Would you like to run the following command?\n\n  $ touch a\n\n› 1. Yes, proceed (y)\n\n  Press enter to confirm or esc to cancel\n`
  const codex = programOf('codex')
  const [dialog, ...others] = dialogsOn(codex, { ...blank, text: `said before\n${text}\n` })
  deepStrictEqual([dialog?.answer, dialog?.shown.trimEnd(), others], [null, text.trimEnd(), []])
  deepStrictEqual(dialogsOn(codex, { ...blank, text: 'Would you like to run it?' }), [])
})

test('what Qwen Code may not do by itself is a dialog from the call on that it asks for, and none where its words are quoted', () => {
  const text = '? Edit note.txt ←\n\n 1 - first\n 1 + the first\n\n Apply this change?\n › 1. Yes, allow once\n\n'
  const qwen = programOf('qwen')
  const asks = `${text}  ⠏ Waiting for user confirmation...`
  const [dialog, other] = dialogsOn(qwen, { ...blank, text: `✓ Read note.txt\n${asks}\n\n` })
  deepStrictEqual([dialog?.answer, dialog?.shown.trimEnd(), other?.answer], [null, asks, null])
  deepStrictEqual(dialogsOn(qwen, { ...blank, text: `${asks}\n\n> Type your message\n` }), [])
})

test('what tells its work in its title, in one sign or another, is at work for as long as it does, and then at rest', () => {
  const qwen = programOf('qwen')
  const state = (title: string, quiet: number) =>
    stateOf(qwen, { look: { ...blank, text: '> ', title }, quiet, aid: null, ticks: false, dialog: null })
  for (const title of ['◐︎ Qwen - app', '✳︎ my own name']) {
    deepStrictEqual(state(title, longQuietMs), { type: 'busy', by: 'signal' })
    strictEqual(isAtRest(qwen, state(title, quietMs), quietMs), false)
  }
  strictEqual(state('my own name', longQuietMs).type, 'ready')
  strictEqual(isAtRest(qwen, state('my own name', quietMs), quietMs), true)
  strictEqual(isAtRest(qwen, state('my own name', 0), 0), false)
  strictEqual(isAtRest(programOf('opencode'), { type: 'unknown' }, longQuietMs), false)
})

test('a screen on which nothing was drawn yet takes no prompt, however long it rests', () => {
  const state = (text: string, quiet: number, ticks = false) =>
    stateOf(programOf('opencode'), { look: { ...blank, text }, quiet, aid: null, ticks, dialog: null }).type
  strictEqual(state('\n \n', 10 * longQuietMs), 'unknown')
  strictEqual(state('\n Ask anything\n', longQuietMs), 'ready')
  strictEqual(state('\n Ask anything\n', longQuietMs - 1), 'unknown')
  strictEqual(state('\n Ask anything\n', longQuietMs, true), 'unknown')
})
