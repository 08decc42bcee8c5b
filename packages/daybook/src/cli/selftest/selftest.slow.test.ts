// The selftest with real processes: it passes here, fails where a store loses something, and leaves nothing behind.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { openStore } from '../../main.ts'
import { until } from '../../until.fixture.ts'
import { bin, type Home, openHome } from '../bin.fixture.ts'
import { type Check, type SelftestSettings, selftest } from './selftest.ts'

let home: Home
before(() => {
  home = openHome()
  mkdirSync(home.path('tmp'))
})
after(() => home.end())

/** What the selftest left in the folder for temporary things; it is the only one that is given it. */
const left = (): string[] => readdirSync(home.path('tmp'))
const settings = () => ({ env: { TMPDIR: home.path('tmp') } })

async function checksOf(changes: Partial<SelftestSettings>): Promise<readonly Check[]> {
  const told: Check[] = []
  const checks = await selftest({
    program: bin,
    env: home.env,
    signal: new AbortController().signal,
    parts: async () => ({ openStore }),
    onCheck: (check) => told.push(check),
    ...changes,
  })
  assert.deepEqual(told, checks)
  return checks
}

const failed = (checks: readonly Check[]): string[] => checks.filter(({ ok }) => !ok).map(({ name }) => name)

/** Processes whose command line names the folder of a selftest. */
function processes(): string[] {
  const all = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n')
  return all.filter((line) => line.includes(home.path('tmp')))
}

test('[S2.11] anyone can check that sessions outlive a killed server', async () => {
  const { exit, out, err } = await home.daybook(['selftest'], settings())
  assert.deepEqual([exit, err], [0, ''])
  const lines = out.trimEnd().split('\n')
  assert.ok(lines.length > 12)
  for (const line of lines.slice(0, -1)) assert.match(line, /^ok {6}\S.{37,38} +\d+ ms {2}\S/)
  for (const word of ['created', 'three languages', 'handed over', 'killed', 'starts again', 'hash', 'gone']) {
    assert.ok(out.includes(word), word)
  }
  assert.deepEqual([left(), processes()], [[], []])
})

test('--json gives one object', async () => {
  const { exit, out } = await home.daybook(['selftest', '--json'], settings())
  assert.equal(exit, 0)
  const report = JSON.parse(out) as { ok: boolean; ms: number; checks: readonly Check[] }
  assert.equal(report.ok, true)
  assert.ok(report.ms > 0 && report.checks.every(({ ok, name, detail }) => ok && name !== '' && detail !== ''))
})

test('a store that keeps nothing over a restart fails, and nothing is left of the test', async () => {
  const checks = await checksOf({ storeIn: () => 'memory:' })
  assert.deepEqual(failed(checks).slice(0, 1), ['the session is there again'])
})

test('a message that is lost while the server is down fails in the history and in the chain', async () => {
  const lose = (folder: string): void => {
    execFileSync('sqlite3', [`${folder}/selftest.db`, 'DELETE FROM entries WHERE seq = 3'])
  }
  const names = failed(await checksOf({ whileDown: lose }))
  assert.ok(names.length >= 3, names.join())
  assert.ok(names.includes('every message, every letter'))
})

test('a server that does not start is told as a failed check', async () => {
  const checks = await checksOf({ storeIn: (folder) => `sqlite:${folder}` })
  assert.deepEqual([checks.length, failed(checks).length], [1, 1])
  const { exit } = await home.daybook(['selftest'], { env: { TMPDIR: home.path('no/such/folder') } })
  assert.equal(exit, 1)
})

test('Ctrl-C ends it with 130, twice at once, and folder and server go', async () => {
  for (const times of [1, 2]) {
    const running = home.start(['selftest'], settings())
    await running.prints(/own starts/)
    for (let sent = 0; sent < times; sent += 1) running.process.kill('SIGINT')
    assert.equal((await running.ended).exit, 130)
    assert.deepEqual(left(), [])
    await until(() => processes().length === 0, 'the end of its processes')
  }
})
