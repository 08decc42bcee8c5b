// No verb of a store walks over a whole table: every statement finds what it needs through an index.

import { deepStrictEqual, ok } from 'node:assert/strict'
import { join } from 'node:path'
import type { StatementSync } from 'node:sqlite'
import { test } from 'node:test'
import type { Head } from '../../schema/heads.ts'
import { after, deleting, forking, key, opening } from '../conformance/drafts.ts'
import { write } from '../conformance/suite.ts'
import type { Query } from '../store.ts'
import { sqliteAdmin } from './admin.ts'
import type { Connection } from './connection.ts'
import { due } from './due.ts'
import { feedPage, tip } from './feed.ts'
import { OpenFile } from './open.ts'
import { SqliteScope } from './scoped.ts'
import { inFolder } from './store.fixture.ts'

/** Rows that a statement met while it walked over a whole table; the runtime has it, its types do not yet. */
function walkedOver(statement: StatementSync): number {
  return (statement as unknown as { stat(counter: string): number }).stat('fullscanStep')
}

const queries: readonly Query[] = [
  {},
  { order: 'oldest', limit: 7 },
  { place: 'archived' },
  { where: { agent: 'coder' } },
  { where: { branch: 'b7', user: 'u1' } },
  { where: { agent: 'orchestrator' }, text: 'number 7' },
  { status: 'waiting' },
  { status: 'idle', text: 'nothing' },
  { attention: true },
  { tail: '042' },
  { base: 'one' },
  { pinned: 'user:anna' },
]

async function fill(scope: SqliteScope): Promise<Head> {
  const labels = (n: number): Partial<Head> => ({
    agent: n % 50 === 0 ? 'coder' : 'orchestrator',
    branch: `b${n % 40}`,
    user: `u${n % 3}`,
    title: `number ${n}`,
    ...(n % 100 === 0 && { status: 'waiting', due: n }),
  })
  await scope.append(Array.from({ length: 400 }, (_, n) => opening(`session-${n}`, { head: labels(n) })))
  const one = await write(scope, opening('one', { key: key('k'), refs: [{ type: 'run', value: 'r' }] }))
  const two = await write(scope, after(one, { kinds: ['message', 'note', 'run.queued'], key: key('k2') }))
  await write(scope, forking('fork', one, { seq: 1, hash: one.hash }))
  return two
}

async function everyVerb(file: OpenFile, scope: SqliteScope, own: SqliteScope): Promise<void> {
  const head = await fill(scope)
  for (const each of [scope, own]) {
    for (const query of queries) await each.list(query)
    await each.feed(null)
    await each.read('fork', { order: 'desc' })
    await each.read('one', { kinds: ['note', 'run.queued'] })
    await each.receipts('one', ['k', 'unknown'])
    await each.locate({ type: 'run', value: 'r' })
    await each.refs('one')
    await each.forks('one')
    await each.cell('one')
  }
  const hash = await scope.blobs.put(new Uint8Array([1]))
  await scope.blobs.get(hash, { start: 0, end: 1 })
  await scope.marks.put('one', 'user:anna', { version: 0, pinned: 1 })
  await scope.marks.pinnedBy('one')
  await scope.snapshots.put('one', { seq: 1, fold: 1, head, cell: { state: {}, metadata: {}, agentData: {} } })
  await scope.snapshots.latest('one', 9, 1)
  const lease = await scope.acquire('one', 'me', 1000)
  ok(lease)
  await sqliteAdmin(file).leases(9, 'm')
  await scope.release(lease)
  const erased = await write(scope, after(head, { kinds: ['entry.erased'], erase: [2], blobs: [hash], fence: 2 }))
  await scope.append([after(erased, { key: key('k') })])
  await scope.delete('one', deleting(erased))
  file.read((connection) => [feedPage(connection, null, 10), tip(connection), due(connection, 10_000, 10)])
}

function walking(connection: Connection): string[] {
  return connection
    .statements()
    .filter(([text, statement]) => walkedOver(statement) > 0 && !text.includes('sqlite_'))
    .map(([text]) => text)
}

test('No verb walks over a whole table', () =>
  inFolder(async (folder) => {
    const file = new OpenFile({ path: join(folder, 'daybook.db'), worker: false }, () => {})
    await file.open()
    const scope = new SqliteScope(file, { tenant: 'acme', subjects: 'all' })
    const own = new SqliteScope(file, { tenant: 'acme', subjects: ['user:anna', 'user:bob'] })
    await everyVerb(file, scope, own)
    deepStrictEqual(
      file.read((connection) => walking(connection)),
      [],
    )
    ok(file.read((connection) => connection.statements().length) > 40)
    await file.close()
  }))
