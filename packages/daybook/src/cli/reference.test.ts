// The reference page, help and the table of commands say the same.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { errorCodes, errorTable } from '../schema/errors.ts'
import { exitMeanings } from './exits.ts'
import { exitsOf, explain, overview } from './help.ts'
import { reference } from './reference.ts'
import { commands } from './table.ts'

test('docs/reference/cli.md is what the table of commands prints', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/reference/cli.md'), 'utf8')
  assert.equal(page, reference(), 'print it again: node packages/daybook/src/cli/reference.ts > docs/reference/cli.md')
})

test('every exit code of the error table and of a command has its meaning', () => {
  for (const code of errorCodes) assert.ok(errorTable[code].exit in exitMeanings, code)
  for (const command of commands) for (const exit of exitsOf(command)) assert.ok(exit in exitMeanings)
})

test('help names every command and explains each', () => {
  for (const command of commands) {
    assert.ok(overview().includes(`daybook ${command.name}`.trim()), command.name)
    for (const { name } of command.options ?? []) assert.ok(explain(command).includes(`--${name}`), name)
  }
})
