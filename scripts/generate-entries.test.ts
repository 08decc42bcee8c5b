// The page about entries says what the tables of the schema say.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { kindNames } from '../packages/daybook/src/schema/kinds.ts'
import { entriesPage, entriesText } from './generate-entries.ts'

test('docs/reference/entries.md is what the kinds and their shapes give', () => {
  assert.equal(readFileSync(entriesPage, 'utf8'), entriesText())
})

test('every kind has a row and a section of its own', () => {
  const page = entriesText()
  for (const name of kindNames) {
    assert.equal(page.split(`| [\`${name}\`]`).length, 2, name)
    assert.equal(page.split(`\n## ${name}\n`).length, 2, name)
  }
})
