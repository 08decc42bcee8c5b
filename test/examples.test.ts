// Runs every example as its readers would and looks at what it prints.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../examples/', import.meta.url))

function run(name: string, ...args: string[]): string {
  return execFileSync(process.execPath, [join(folder, name), ...args], { encoding: 'utf8' })
}

const expected: Readonly<Record<string, (scratch: string) => void>> = {
  'embed.ts': (scratch) => {
    const path = join(scratch, 'embed.db')
    run('embed.ts', path)
    assert.deepEqual(run('embed.ts', path).trim().split('\n').slice(-2), [
      '4  user: What is left before the release?',
      '5  assistant: Noted as entry 4.',
    ])
  },
  'fork.ts': () => {
    assert.equal(run('fork.ts'), 'Trip: By train or by plane?\nTrip by train: By train or by plane? By train.\n')
  },
  'durable-run.ts': (scratch) => {
    const path = join(scratch, 'deploys.db')
    assert.equal(run('durable-run.ts', path), 'building 1.4.0\nwaiting: ship app:1.4.0\n')
    assert.equal(run('durable-run.ts', path, 'yes'), 'waiting: ship app:1.4.0\nshipped app:1.4.0\n')
  },
  'team-route.ts': () => {
    const said = 'The Rhine flows into the North Sea.'
    assert.equal(run('team-route.ts'), `${said}\npeaks failed: lost in the fog\n${said}\n`)
  },
  'team-broadcast.ts': () => {
    assert.equal(run('team-broadcast.ts'), 'dates: 2026-03-02\nsums: $12\nnames: On, Anna, Bob\n')
  },
  'team-lead.ts': () => {
    assert.equal(run('team-lead.ts'), 'width says 90, height says 210\nhouse\n  lead\n  width\n  height\n  lead\n')
  },
  'team-hand-round.ts': () => {
    assert.equal(run('team-hand-round.ts'), 'The log comes first.\n6 parts in two rounds\n')
  },
  'exactly-once.ts': () => {
    assert.equal(run('exactly-once.ts'), 'entry 2, again 2, replayed: true\nkey_reused\n')
  },
}

test('every example is run', () => {
  assert.deepEqual(readdirSync(folder).sort(), Object.keys(expected).sort())
})

for (const [name, check] of Object.entries(expected)) {
  test(`the example ${name} prints what it says`, () => {
    const scratch = mkdtempSync(join(tmpdir(), 'daybook-'))
    try {
      check(scratch)
    } finally {
      rmSync(scratch, { recursive: true })
    }
  })
}
