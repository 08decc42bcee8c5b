// Commands on the store itself: figures, verification, repair, copies, pruning, moving.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { type Ended, fill, type Home, openHome, sample } from './bin.fixture.ts'

let home: Home
let db: string
before(() => {
  home = openHome()
})
after(() => home.end())

const json = ({ out }: Ended) => JSON.parse(out) as Record<string, unknown>

async function fresh(name: string): Promise<(...args: readonly string[]) => Promise<Ended>> {
  db = home.path(`${name}.db`)
  await fill(db, async (mine) => {
    await sample(mine)
    await (await mine.get('ses_sample_auth')).fork({ at: 3, id: 'ses_sample_fork' })
  })
  const store = ['--store', db]
  return (...args) => home.inside([...args, ...store])
}

function damage(sql: string): void {
  const file = new DatabaseSync(db)
  file.exec(sql)
  file.close()
}

test('stats names the store and its size', async () => {
  const run = await fresh('stats')
  const stats = json(await run('store', 'stats', '--json'))
  assert.deepEqual([stats.sessions, stats.entries, stats.name, stats.durable], [2, 8, 'sqlite', 'power'])
  assert.ok((await run('store', 'stats')).out.includes(db))
})

test('[B9] verify proves a whole store, finds one changed byte, and repair says what it cannot mend', async () => {
  const run = await fresh('verify')
  const whole = await run('store', 'verify', '--json')
  assert.equal(whole.exit, 0)
  assert.deepEqual([json(whole).healthy, json(whole).sessions], [true, 2])
  assert.match((await run('store', 'verify')).out, /^2 sessions, 8 entries, 0 blobs: log and heads agree\n$/)
  damage("UPDATE entries SET body = replace(body, 'token', 'tokem') WHERE seq = 2")
  const damaged = await run('store', 'verify', '--json')
  assert.equal(damaged.exit, 1)
  const findings = json(damaged).findings as { what: string; session: string; seq: number }[]
  assert.ok(
    findings.some(({ what, session, seq }) => what === 'data_hash' && session === 'ses_sample_auth' && seq === 2),
  )
  assert.match((await run('store', 'verify')).out, /ses_sample_auth@2/)
  assert.equal((await run('store', 'repair')).exit, 1)
})

test('[B9] repair makes a head agree with its log again', async () => {
  const run = await fresh('repair')
  damage(`UPDATE sessions SET head = replace(head, '"messages":2', '"messages":9')`)
  assert.equal((await run('store', 'verify')).exit, 1)
  const repaired = await run('store', 'repair', '--json')
  assert.equal(repaired.exit, 0, repaired.err + repaired.out)
  assert.ok((json(repaired).repaired as unknown[]).length > 0)
  assert.equal((await run('store', 'verify')).exit, 0)
})

test('a backup is a whole store, and never replaces a file', async () => {
  const run = await fresh('backup')
  const to = home.path('backup-copy.db')
  const written = json(await run('store', 'backup', to, '--json'))
  assert.equal(written.file, to)
  assert.equal((await run('store', 'backup', to)).exit, 4)
  assert.equal((await home.inside(['store', 'verify', '--store', to])).exit, 0)
})

test('restore puts a verified backup in the place, keeps what was there, asks first', async () => {
  const run = await fresh('restore')
  const backup = home.path('restore-copy.db')
  await run('store', 'backup', backup)
  await run('note', 'auth', 'written later')
  assert.equal((await run('store', 'restore', backup)).exit, 7)
  assert.equal((await run('store', 'restore', home.path('none.db'), '--yes')).exit, 3)
  assert.equal((await run('store', 'restore', db, '--yes')).exit, 2)
  const restored = json(await run('store', 'restore', backup, '--yes', '--json'))
  assert.equal((await run('show', 'auth')).out.includes('written later'), false)
  const kept = await home.inside(['show', 'auth', '--store', String(restored.kept)])
  assert.ok(kept.out.includes('written later'))
  const elsewhere = home.path('deep', 'new.db')
  const made = json(await home.inside(['store', 'restore', backup, '--store', elsewhere, '--json']))
  assert.deepEqual([made.kept, made.sessions], [null, 2])
})

test('a damaged backup replaces nothing', async () => {
  const run = await fresh('broken')
  const backup = home.path('broken-copy.db')
  await run('store', 'backup', backup)
  const good = db
  db = backup
  damage("UPDATE entries SET body = replace(body, 'token', 'tokem') WHERE seq = 2")
  assert.equal((await run('store', 'restore', backup, '--yes')).exit, 1)
  truncateSync(backup, 8192)
  assert.notEqual((await run('store', 'restore', backup, '--yes')).exit, 0)
  assert.equal((await home.inside(['store', 'verify', '--store', good])).exit, 0)
  assert.equal(existsSync(`${good}.restoring`), false)
})

test('a store that a server works on is not restored or repaired under it', async () => {
  const run = await fresh('busy')
  const backup = home.path('busy-copy.db')
  await run('store', 'backup', backup)
  const server = await home.serve(['--store', db])
  assert.equal((await run('store', 'restore', backup, '--yes')).exit, 4)
  const repair = await run('store', 'repair')
  assert.deepEqual([repair.exit, repair.err.split('\n')[0]], [4, `a server works on ${db}`])
  assert.equal((await run('store', 'verify')).exit, 0)
  server.process.kill('SIGTERM')
  await server.ended
})

test('nor under a process that no address names', async () => {
  const run = await fresh('unnamed')
  const backup = home.path('unnamed-copy.db')
  await run('store', 'backup', backup)
  const server = await home.serve(['--store', db])
  const named = await home.serve(['--store', home.path('unnamed-other.db')])
  assert.equal((await run('store', 'restore', backup, '--yes')).exit, 4)
  assert.equal((await run('store', 'repair')).exit, 4)
  for (const { process, ended } of [server, named]) {
    process.kill('SIGTERM')
    await ended
  }
  assert.equal((await run('store', 'restore', backup, '--yes')).exit, 0)
})

test('prune deletes what a rule names: listed first, asked, then done', async () => {
  const run = await fresh('prune')
  await run('archive', 'fork')
  assert.equal((await run('store', 'prune')).exit, 2)
  assert.equal((await run('store', 'prune', '--older', 'old')).exit, 2)
  assert.equal((await run('store', 'prune', '--older', '1d', '--where', 'colour=red')).exit, 2)
  assert.equal((await run('store', 'prune', '--older', '1d')).out, '')
  const listed = await run('store', 'prune', '--older', '0s', '--dry-run')
  assert.deepEqual([listed.exit, listed.out], [0, 'ses_sample_fork\n'])
  assert.equal((await run('store', 'prune', '--older', '0s')).exit, 7)
  assert.deepEqual(json(await run('store', 'prune', '--older', '0s', '--yes', '--json')), {
    session_id: 'ses_sample_fork',
  })
  assert.equal((await run('show', 'ses_sample_fork')).exit, 3)
  assert.equal((await run('show', 'auth')).exit, 0)
})

test('[B9] sessions move to another store line by line, and the file verifies offline', async () => {
  const run = await fresh('export')
  const file = home.path('sessions.jsonl')
  const all = await run('export', '--to', file)
  assert.deepEqual([all.exit, all.out], [0, ''])
  assert.equal((await run('export')).out, readFileSync(file, 'utf8'))
  assert.equal((await run('export', '--to', file)).exit, 4)
  assert.equal((await run('export', 'nobody')).exit, 3)
  assert.ok((await run('export', 'auth')).out.length < readFileSync(file).length)

  assert.equal((await home.inside(['import', '--check', file])).exit, 0)
  const to = ['--store', home.path('imported.db')]
  const first = json(await home.inside(['import', file, '--json', ...to]))
  assert.equal((first.imported as unknown[]).length, 2)
  const again = json(await home.inside(['import', '-', '--json', ...to], { input: readFileSync(file, 'utf8') }))
  assert.deepEqual([again.imported, again.entries], [[], 0])
  assert.equal((await home.inside(['store', 'verify', ...to])).exit, 0)
  assert.equal((await home.inside(['show', 'auth', '--raw', ...to])).out, (await run('show', 'auth', '--raw')).out)

  writeFileSync(file, readFileSync(file, 'utf8').replace('make the token', 'fake the token'))
  assert.equal((await home.inside(['import', '--check', file])).exit, 1)
  const refused = await home.inside(['import', file, '--store', home.path('fake.db')])
  assert.equal(refused.exit, 2)
  assert.ok(refused.err.startsWith(`${file}: `) && refused.err.includes(`import --check ${file}`))
  assert.equal((await home.inside(['import', home.path('none.jsonl'), ...to])).exit, 3)
  assert.equal((await home.inside(['import', ...to])).exit, 2)
})

test('doctor says what is wrong and mends what can be mended', async () => {
  const run = await fresh('doctor')
  const good = await run('doctor', '--json')
  assert.deepEqual([good.exit, json(good).ok], [0, true])
  const server = await home.serve(['--store', home.path('doctor-other.db')])
  server.process.kill('SIGKILL')
  await server.ended
  assert.equal((await run('doctor')).exit, 1)
  assert.equal((await run('doctor', '--fix')).exit, 0)
  assert.equal((await run('doctor')).exit, 0)
  assert.equal((await home.inside(['doctor', '--store', home.path('none.db')])).exit, 0)
})

test('copy brings a store into another one, a second time only what is new, and refuses what went on by itself', async () => {
  const run = await fresh('copied')
  const to = home.path('copy.db')
  await fill(db, async (mine) => {
    await mine.session('ses_sample_auth').append({ kind: 'note', data: { type: 'idea', text: 'for the copy' } })
  })
  const first = json(await run('store', 'copy', '--to', to, '--json'))
  assert.deepEqual([first.sessions, first.entries, first.from, first.to], [2, 9, db, to])
  assert.deepEqual(first.written, { entries: 9, blobs: 0, marks: 0 })
  const lines = async (store: string) => {
    const { exit, out } = await home.inside(['export', '--store', store])
    assert.deepEqual([exit, out.length > 0], [0, true])
    return out
  }
  assert.equal(await lines(to), await lines(db))
  const again = await home.inside(['store', 'copy', '--from', db, '--to', to])
  assert.match(again.out, /2 sessions, 9 entries: what the source has\nwritten now: 0 entries, 0 blobs, 0 marks\n$/)
  for (const [store, note] of [
    [db, 'here'],
    [to, 'there'],
  ] as const) {
    await fill(store, async (mine) => {
      await mine.session('ses_sample_auth').append({ kind: 'note', data: { type: 'idea', text: note } })
    })
  }
  assert.equal((await run('store', 'copy', '--to', to)).exit, 4)
  assert.equal((await run('store', 'copy')).exit, 2)
  assert.equal((await run('store', 'copy', '--to', db)).exit, 2)
  assert.equal((await home.inside(['store', 'copy', '--from', home.path('none.db'), '--to', to])).exit, 6)
})
