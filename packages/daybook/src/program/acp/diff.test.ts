// Diffs that apply: what is made of two texts is what a program that knows nothing of us takes.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { cases } from '../../cases.fixture.ts'
import { diffOf } from './diff.ts'

test('what did not change has no diff, also where only the end of the last line differs', () => {
  assert.equal(diffOf('a\nb\n', 'a\nb\n'), null)
  assert.equal(diffOf('a\nb', 'a\nb\n'), null)
  assert.equal(diffOf('', ''), null)
})

test('three lines stand around what changed, and those far from it are left out', () => {
  const lines = (changed: string): string => ['1', '2', '3', '4', changed, '6', '7', '8', '9', ''].join('\n')
  assert.equal(diffOf(lines('5'), lines('five')), '@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n')
})

test('git makes the second text of the first one with it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-diff-'))
  const text = fc.array(fc.constantFrom('a', 'b', 'c', 'é'), { maxLength: 12 }).map((lines) => {
    return lines.map((line) => `${line}\n`).join('')
  })
  try {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const diff = diffOf(before, after)
        if (diff === null) return assert.equal(before, after)
        const name = join(folder, 'text')
        writeFileSync(name, before)
        const input = `--- a/text\n+++ b/text\n${diff}`
        const { status, stderr } = spawnSync('git', ['apply', '--unidiff-zero', '-'], { cwd: folder, input })
        assert.equal(status, 0, `${stderr}${input}`)
        assert.equal(readFileSync(name, 'utf8'), after)
      }),
      cases(20),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})
