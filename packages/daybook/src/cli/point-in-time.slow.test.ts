// Going back to a moment as the guide says: dump, base backup, archive and recovery of Debian's PostgreSQL 15, then `store verify`.

import assert from 'node:assert/strict'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { localScope, openStore } from '../main.ts'
import { openSessions } from '../session/sessions.ts'
import { debian, Server, withClient } from '../store/postgres/server.fixture.ts'
import { until } from '../until.fixture.ts'
import { type Home, openHome, sample } from './bin.fixture.ts'
import { blocksOf, freePort, scalePage, type Typing, typed } from './guide.fixture.ts'

const programs = debian(15)
const skip = programs === null ? 'PostgreSQL 15 of Debian is not installed here' : false
const blocks = blocksOf(scalePage)
const under = (heading: string, language: string) =>
  blocks.filter((each) => each.under === heading && each.language === language).map(({ text }) => text)

/** The database refuses to run as root. */
const identity = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

/** `name = 'value'` lines as the page has them, for the command line of the server. */
function settingsOf(text: string, names: Typing['names']): string[] {
  const real = names.reduce((before, [made, one]) => before.replaceAll(made, one), text)
  return [...real.matchAll(/^(\w+) = '?(.*?)'?$/gm)].map(([, name, value]) => `${name}=${value}`)
}

describe('on PostgreSQL 15 of Debian', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-moment-'))
  const restored = join(folder, 'restored')
  let home: Home
  let database: Server
  let port: number
  let names: [string, string][]

  before(async () => {
    home = openHome()
    chmodSync(folder, 0o755)
    for (const each of ['backups', 'backups/wal']) mkdirSync(join(folder, each))
    if (identity.uid !== undefined)
      for (const each of ['', 'backups', 'backups/wal']) chownSync(join(folder, each), identity.uid, identity.gid)
    names = [
      ['/backups', join(folder, 'backups')],
      ['/var/lib/restored', restored],
    ]
    port = await freePort()
    database = await Server.start(programs ?? '', settingsOf(under('Back to a moment', 'conf')[0] ?? '', names))
    const { href } = new URL('/restored', database.url)
    names = [
      ['postgres://daybook@db.internal:5433/daybook', database.url.replace(/:\d+\//, `:${port}/`)],
      ['postgres://daybook@db.internal/restored', href.replace('/restored', '/again')],
      ['postgres://daybook@db.internal/daybook', database.url],
      [' restored\n', ' again\n'],
      ['-p 5433', `-p ${port} -c unix_socket_directories=`],
      ...names,
    ]
  })
  after(async () => {
    if (existsSync(restored)) await asDatabase(`pg_ctl --pgdata='${restored}' --mode=immediate stop`)
    await database.dispose()
    await home.end()
    rmSync(folder, { recursive: true, force: true })
  })

  async function asDatabase(text: string): Promise<string> {
    const { exit, said } = await typed(home, text, { names, programs: [programs ?? ''], identity })
    assert.equal(exit, 0, said)
    return said
  }

  async function asMyself(text: string): Promise<string> {
    const { exit, said } = await typed(home, text, { names })
    assert.equal(exit, 0, said)
    return said
  }

  async function lines(url: string): Promise<string> {
    const { exit, out } = await home.inside(['export', '--store', url])
    assert.deepEqual([exit, out.length > 0], [0, true])
    return out
  }
  const firstOf = async (statement: string) =>
    withClient(database.url, async (client) => Object.values((await client.unsafe(statement))[0] ?? {})[0])

  async function write(work: (mine: Parameters<typeof sample>[0]) => Promise<unknown>): Promise<void> {
    await using store = await openStore(database.url)
    await using sessions = await openSessions({ store })
    await work(sessions.within(localScope))
  }

  test('a dump of the schema comes back in another database, whole', async () => {
    await write((mine) => sample(mine))
    const [, dump = '', verify = ''] = under('Backup', 'sh')
    await asDatabase(dump)
    assert.match(await asMyself(verify), /log and heads agree/)
    assert.equal(await lines(names[1]?.[1] ?? ''), await lines(database.url))
  })

  test('what stood at a moment stands again, though the schema was dropped after it', async () => {
    const [base = '', archive = '', recover = '', verify = ''] = under('Back to a moment', 'sh')
    await asDatabase(base)
    await write((mine) =>
      mine.session('ses_sample_auth').append({ kind: 'note', data: { type: 'insight', text: 'before the moment' } }),
    )
    const good = await lines(database.url)
    assert.match(good, /before the moment/)
    const moment = await firstOf(
      "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00'",
    )
    await write((mine) =>
      mine.session('ses_sample_auth').append({ kind: 'note', data: { type: 'insight', text: 'behind the moment' } }),
    )
    await withClient(database.url, (client) => client.unsafe('DROP SCHEMA daybook CASCADE'))
    const last = await firstOf('SELECT pg_walfile_name(pg_current_wal_lsn())')
    await asDatabase(archive)
    await until(() => existsSync(join(folder, 'backups/wal', String(last))), 'the last of the log in the archive')
    const said = "'2026-11-21 14:00:00+00'"
    assert.ok(recover.includes(said))
    await asDatabase(recover.replace(said, `'${String(moment)}'`))
    assert.match(await asMyself(verify), /log and heads agree/)
    const back = names[0]?.[1] ?? ''
    assert.equal(await lines(back), good)
    // And it goes on from there.
    assert.equal((await home.inside(['note', 'ses_sample_auth', 'again', '--store', back])).exit, 0)
    assert.equal((await home.inside(['store', 'verify', '--store', back])).exit, 0)
  })
})
