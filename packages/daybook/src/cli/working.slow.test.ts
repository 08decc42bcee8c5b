// Turns, decisions, stopping and undoing through the program, on a store without a server and on a running server.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { until } from '../session/testing.fixture.ts'
import { type Ended, fill, type Home, type InsideSettings, openHome } from './bin.fixture.ts'
import { type Traces, writeSkills } from './skills.fixture.ts'

interface Given {
  readonly home: Home
  readonly where: readonly string[]
  readonly traces: Traces
}

const given: Record<string, Given> = {}

before(async () => {
  for (const through of ['store', 'server']) {
    const home = openHome()
    const store = home.path('data', 'a.db')
    const traces = writeSkills(store)
    await fill(store, async (mine) => {
      for (const name of ['asks', 'both', 'hold', 'undo', 'idle', 'name']) await mine.open({ id: `ses_work_${name}` })
    })
    const flags = ['--store', store]
    const where = through === 'store' ? flags : ['--server', (await home.serve(flags)).url]
    given[through] = { home, where, traces }
  }
})
after(() => Promise.all(Object.values(given).map(({ home }) => home.end())))

type Run = (args: readonly string[], settings?: InsideSettings) => Promise<Ended>

function both(name: string, check: (run: Run, given: Given) => Promise<void>): void {
  for (const through of ['store', 'server']) {
    test(`${name} (through a ${through})`, async () => {
      const one = given[through]
      assert.ok(one)
      await check((args, settings) => one.home.inside([...args, ...one.where], settings), one)
    })
  }
}

/** What ran, as JSON. */
const json = ({ out }: Ended) => JSON.parse(out) as Record<string, unknown>

both('a text is calculated in a new session, the answer alone on standard output', async (run) => {
  const { exit, out, err } = await run(['say', 'calculate 12 * (3 + 4)'])
  assert.deepEqual([exit, out], [0, '12 * (3 + 4) = 84\n'])
  const tail = /^(\S+) {2}stored #2$/m.exec(err)?.[1] ?? ''
  assert.match((await run(['show', tail])).out, /you .*calculate 12 \* \(3 \+ 4\)/)
  const again = json(await run(['say', tail, 'calculate 2 + 2', '--json']))
  assert.deepEqual([again.status, again.skill], ['done', 'calculate'])
  assert.match((await run(['show', tail, '--runs'])).out, /done +calculate .*1 step .*calculate 2 \+ 2 → 2 \+ 2 = 4/)
})

both('standard input is said; a text for which nothing fits is refused with honest words', async (run) => {
  assert.equal((await run(['say', '-'], { input: 'calculate 1 + 1\n' })).out, '1 + 1 = 2\n')
  const { exit, out, err } = await run(['say', 'xyzzy plugh frobnicate'])
  assert.deepEqual([exit, out], [1, ''])
  assert.match(err, /No skill fits/)
  const told = await run(['say', 'xyzzy plugh frobnicate', '--json'])
  assert.equal(told.exit, 1)
  assert.deepEqual([json(told).status, json(told).reason], ['failed', 'refused'])
  assert.equal((await run(['say', '--skill', 'nope', 'x'])).exit, 3)
  const nowhere = await run(['say', 'a-garden', 'calculate 1 + 1'])
  assert.equal(nowhere.exit, 3)
  assert.match(nowhere.err, /say "…" +begins a new one/)
  assert.equal((await run(['say', ' '])).exit, 2)
  assert.equal((await run(['say', 'x', '--steer', '--reject'])).exit, 2)
})

both(
  'a message is said differently in its place, and the last one once more; what was there stays in the log',
  async (run) => {
    const first = json(await run(['say', 'calculate 2 + 3', '--json']))
    const session = String(first.session_id)
    const { messages } = json(await run(['show', session, '--json'])) as { messages: { seq: number }[] }
    const seq = messages[0]?.seq ?? 0
    await run(['say', session, 'calculate 5 + 5'])
    const instead = await run(['say', session, 'calculate 2 + 4', '--at', String(seq)])
    assert.deepEqual([instead.exit, instead.out], [0, '2 + 4 = 6\n'], instead.err)
    const again = await run(['say', session, '--again'])
    assert.deepEqual([again.exit, again.out], [0, '2 + 4 = 6\n'], again.err)
    const after = json(await run(['show', session, '--json'])) as { messages: { role: string; content: string }[] }
    const asked = after.messages.filter(({ role }) => role === 'user').map(({ content }) => content)
    assert.deepEqual(asked, ['calculate 2 + 4'])
    assert.match((await run(['show', session])).out, /calculate 2 \+ 3.*calculate 5 \+ 5.*calculate 2 \+ 4/s)
    assert.equal((await run(['say', session, 'x', '--at', String(seq)])).exit, 2)
    for (const wrong of [
      ['x', '--again'],
      ['--again', '--at', '3'],
      ['--again', '--steer'],
      ['--at', '0', 'x'],
    ]) {
      assert.equal((await run(['say', session, ...wrong])).exit, 2, wrong.join(' '))
    }
    assert.equal((await run(['say', '--at', '3'])).exit, 2)
  },
)

both(
  'a skill of high risk waits for a person, and another process lets it go on',
  async (run, { home, where, traces }) => {
    const asked = await run(['say', 'asks', '--skill', 'push', 'main'])
    assert.deepEqual([asked.exit, asked.out], [7, ''])
    assert.match(asked.err, /Push: main/)
    assert.match(asked.err, /daybook approve asks/)
    assert.equal(existsSync(traces.pushed), false)
    assert.match((await run([])).out, /needs you\n +asks .*wants: Push: main .*daybook approve asks/)
    const queued = await run(['say', 'asks', 'calculate 1 + 2'])
    assert.equal(queued.exit, 0)
    assert.match(queued.out, /^stored #\d+ · 2nd in the queue \(.*waiting for an approval\)$/m)
    assert.match((await run(['show', 'asks', '--queue'])).out, /2 +#\d+ .*calculate 1 \+ 2/)
    const looked = await run(['approve', 'asks'], { answers: ['show', 'n'] })
    assert.equal(looked.exit, 7)
    assert.match(
      looked.out,
      /^Push: main {3}asked by \S+ at #\d+ {3}digest \S{4}… {3}until .*\ndigest {2}\S{20,}\n"main"\n$/,
    )
    assert.equal((await run(['approve', 'asks'])).exit, 7)
    assert.equal((await run(['approve', '--yes'])).exit, 2)
    const other = await home.daybook(['approve', 'asks', '--yes', ...where])
    assert.equal(other.exit, 0, other.err)
    assert.match(other.out, /decided #\d+/)
    await until(
      async () => /done .*calculate 1 \+ 2/.test((await run(['show', 'asks', '--runs'])).out) || next(run, where),
    )
    assert.equal(readFileSync(traces.pushed, 'utf8'), 'main\n')
    rmSync(traces.pushed)
    const late = await run(['approve', 'asks', '--yes'])
    assert.equal(late.exit, 4)
    assert.match(late.err, /was approved by local at #\d+/)
    assert.equal((await run(['approve', 'idle', '--yes'])).exit, 3)
  },
)

/** Without a server somebody has to come by for what is queued. */
async function next(run: Run, where: readonly string[]): Promise<boolean> {
  if (where[0] === '--store') await run(['say', 'asks', 'calculate 3 + 3'])
  return false
}

both('what is denied is not done, and the reason is kept; several are listed', async (run, { traces }) => {
  for (const tail of ['asks', 'both']) assert.equal((await run(['say', tail, '--skill', 'push', tail])).exit, 7)
  const several = await run(['deny', '--yes'])
  assert.equal(several.exit, 2)
  assert.match(several.err, /asks .*Push: asks/)
  const picked = await run(['deny', '--comment', 'not today'], { answers: ['2', 'y'], columns: 100 })
  assert.equal(picked.exit, 0, picked.err)
  const left = (await run([])).out.includes('approve asks') ? 'asks' : 'both'
  assert.equal((await run(['deny', left, '--yes', '--comment', 'not today'])).exit, 0)
  for (const tail of ['asks', 'both']) {
    // A server tells the run of the decision behind the answer.
    await until(async () => /failed \(denied\) .*not today/.test((await run(['show', tail, '--runs'])).out))
  }
  assert.equal(existsSync(traces.pushed), false)
  assert.equal((await run(['deny'])).exit, 3)
})

both('a question is answered by what is said next', async (run) => {
  const asked = await run(['say', 'name', '--skill', 'greet', 'x'])
  assert.equal(asked.exit, 7)
  assert.match(asked.err, /asks: what is your name\?\n.*daybook say name "…"/)
  const answered = await run(['say', 'name', 'Anna'])
  assert.deepEqual([answered.exit, answered.out], [0, 'hello Anna\n'], answered.err)
})

both('a run under way is stopped, and what is queued behind it is taken out', async (run, { home, where, traces }) => {
  const saying = home.start(['say', 'hold', '--skill', 'hold', 'on', ...where])
  await until(async () => existsSync(traces.holding))
  assert.equal((await run(['say', 'hold', '--skill', 'jot', 'later', '--no-wait'])).exit, 0)
  assert.equal((await run(['say', 'hold', '--skill', 'jot', 'x', '--reject'])).exit, 4)
  const { exit, out } = await run(['stop', 'hold', '--all'])
  assert.deepEqual([exit, out], [0, 'stopped hold: on\ntook 1 queued run out\n'])
  const ended = await saying.ended
  assert.equal(ended.exit, 1)
  assert.match(ended.err, /was stopped/)
  await until(async () => !existsSync(traces.holding))
  assert.equal((await run(['stop', 'hold'])).out, 'nothing is under way in hold\n')
  assert.equal(existsSync(traces.jotted), false)
})

both('Ctrl-C leaves a run as it is, and says how to go on', async (run, { home, where, traces }) => {
  const saying = home.start(['say', 'hold', '--skill', 'hold', 'fast', ...where])
  await until(async () => existsSync(traces.holding))
  saying.process.kill('SIGINT')
  await saying.prints(/goes on/, 'err')
  writeFileSync(traces.letGo, '')
  assert.equal((await saying.ended).exit, 130)
  // Without a server it is taken up by the next command that works in this session.
  if (where[0] === '--store') assert.equal((await run(['say', 'hold', 'calculate 1 + 1'])).out, '1 + 1 = 2\n')
  await until(async () => /done .*hold .*fast → held fast/.test((await run(['show', 'hold', '--runs'])).out))
  rmSync(traces.letGo)
})

both('on a terminal the answer is shown as it comes, and stands there once', async (run, { traces }) => {
  writeFileSync(traces.letGo, '')
  const { exit, out } = await run(['say', 'hold', '--skill', 'hold', 'on'], { columns: 80 })
  rmSync(traces.letGo)
  assert.equal(exit, 0)
  // A follower may come behind the first words; then the whole answer stands on the last line.
  assert.match(out, /^(held on|(on)?\nheld on|held on)\n$/)
})

both('the last run that can be taken back is undone, after a person said so', async (run, { traces }) => {
  assert.equal((await run(['undo', 'undo', '--yes'])).exit, 4)
  assert.equal((await run(['say', 'undo', '--skill', 'jot', 'word'])).out, 'jotted word\n')
  assert.equal((await run(['undo', 'undo'])).exit, 7)
  assert.ok(existsSync(traces.jotted))
  const undone = await run(['undo', 'undo'], { answers: ['y'] })
  assert.deepEqual([undone.exit, undone.out], [0, 'undone: jot: word\n'], undone.err)
  assert.equal(existsSync(traces.jotted), false)
  assert.equal((await run(['undo', 'undo', '--yes'])).exit, 4)
})
