// Reading a real write-ahead log: commits are seen as they are made, also when the log begins anew.

import { notStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { Random } from './random.ts'
import { synced, tearLog, WalReader } from './wal.ts'

test('The end of the last commit is found, in a log that begins anew as well; what is torn lies behind it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-wal-'))
  const path = join(folder, 'a.db')
  const db = new DatabaseSync(path)
  try {
    db.exec('PRAGMA journal_mode = WAL; CREATE TABLE t(a)')
    const reader = new WalReader(`${path}-wal`)
    const first = reader.mark()
    strictEqual(first.end, statSync(`${path}-wal`).size)
    db.exec('INSERT INTO t VALUES (zeroblob(9000))')
    const second = reader.mark()
    ok(second.end > first.end)
    strictEqual(second.end, statSync(`${path}-wal`).size)
    strictEqual(synced(`${path}-wal`, `${path}-none`, first), first.end)
    db.exec('PRAGMA wal_checkpoint(RESTART); INSERT INTO t VALUES (1)')
    const third = reader.mark()
    notStrictEqual(third.salt, second.salt)
    ok(third.end < second.end)
    strictEqual(synced(`${path}-wal`, `${path}-none`, second), 0)
    const before = readFileSync(`${path}-wal`)
    strictEqual(tearLog(`${path}-wal`, third.end, 'garbage', new Random(1)), before.length - third.end)
    ok(readFileSync(`${path}-wal`).subarray(0, third.end).equals(before.subarray(0, third.end)))
  } finally {
    db.close()
    rmSync(folder, { recursive: true })
  }
})
