// Proves what each key of the bar sends, in both ways in which programs take arrows.

import assert from 'node:assert/strict'
import test from 'node:test'
import { keyText, screenKeys } from './key-bytes.ts'

test('every key sends what the key of a keyboard sends', () => {
  const sent = (application: boolean): string[] => screenKeys.map((key) => keyText(key, application))
  assert.deepEqual(sent(false), ['\x1b', '\t', '\x03', '\x1b[D', '\x1b[A', '\x1b[B', '\x1b[C'])
  assert.deepEqual(sent(true), ['\x1b', '\t', '\x03', '\x1bOD', '\x1bOA', '\x1bOB', '\x1bOC'])
})
