// A server that is killed while a run waits for a person, and while one works: both come to their end after its restart.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { until } from '../until.fixture.ts'
import { type Home, openHome } from './bin.fixture.ts'
import { type Traces, writeSkills } from './skills.fixture.ts'

let home: Home
let store: readonly string[]
let traces: Traces
before(() => {
  home = openHome()
  traces = writeSkills(home.path('data/a.db'))
  store = ['--store', home.path('data/a.db')]
})
after(() => home.end())

const tailOf = (err: string): string => /^(\S+) {2}stored #/m.exec(err)?.[1] ?? ''

test('a killed server loses neither the approval that is waited for nor the run under way', async () => {
  const first = await home.serve(store)
  const asked = await home.daybook(['say', '--skill', 'push', 'main'])
  assert.equal(asked.exit, 7, asked.err)
  const waiting = tailOf(asked.err)
  const saying = home.start(['say', '--skill', 'hold', 'on', '--server', first.url])
  const working = tailOf(await saying.prints(/stored #\d+\n/, 'err'))
  await until(() => existsSync(traces.holding))
  first.process.kill('SIGKILL')
  await first.ended

  // On the same port: who waits for the answer finds the server again by itself.
  const second = await home.serve([...store, '--port', new URL(first.url).port])
  const approved = await home.daybook(['approve', waiting, '--yes'])
  assert.equal(approved.exit, 0, approved.err)
  await until(async () => / done .*pushed main/.test((await home.inside(['show', waiting, '--runs'])).out))
  assert.equal(readFileSync(traces.pushed, 'utf8'), 'main\n')

  writeFileSync(traces.letGo, '')
  const { exit, out, err } = await saying.ended
  assert.deepEqual([exit, out], [0, 'held on\n'], err)
  assert.match(err, /nothing missed/)
  assert.match((await home.inside(['show', working, '--runs'])).out, / done .*held on/)
  assert.equal((await home.daybook(['store', 'verify', ...store])).exit, 0)
  second.process.kill('SIGTERM')
  assert.equal((await second.ended).exit, 0)
})
