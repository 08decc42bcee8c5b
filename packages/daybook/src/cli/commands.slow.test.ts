// Every daily command, on a store and through a server alike: output, exit codes, JSON.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { type Ended, fill, type Home, openHome, sample } from './bin.fixture.ts'
import { width } from './format/width.ts'

const json = (text: string) => JSON.parse(text) as Record<string, unknown>
const lines = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map(json)

interface Given {
  readonly through: 'store' | 'server'
  readonly home: Home
  /** How commands find the store. */
  readonly where: readonly string[]
}

type Run = (...args: readonly string[]) => Promise<Ended>

const given = {} as Record<Given['through'], Given>

before(async () => {
  for (const through of ['store', 'server'] as const) {
    const home = openHome()
    await fill(home.path('a.db'), async (mine) => {
      await sample(mine)
      for (const id of ['old_1111_same', 'new_2222_same']) await mine.open({ id })
    })
    const store = ['--store', home.path('a.db')]
    const where = through === 'store' ? store : ['--server', (await home.serve(store)).url]
    given[through] = { through, home, where }
  }
})
after(() => Promise.all(Object.values(given).map(({ home }) => home.end())))

/** The same test through a store and through a server. */
function both(name: string, check: (run: Run, given: Given) => Promise<void>): void {
  for (const through of ['store', 'server'] as const) {
    test(`${name} (through a ${through})`, async () => {
      const { home, where } = given[through]
      await check((...args) => home.inside([...args, ...where]), given[through])
    })
  }
}

both('show prints a session by tail, name, id and address of its page', async (run) => {
  for (const typed of [
    'auth',
    'AUTH',
    'ple_auth',
    'fix auth',
    'Fix Auth',
    'ses_sample_auth',
    'http://x/sessions/ses_sample_auth',
  ]) {
    const { exit, out } = await run('show', typed)
    assert.equal(exit, 0, typed)
    assert.match(out, /^auth {2}fix auth .*coder · 7 entries · \$0\.31/)
    assert.match(out, /\n 2 {2}you .* make the token test pass\n/)
  }
})

both('stored text reaches the terminal without its control characters', async (run) => {
  const { out } = await run('show', 'auth@3')
  assert.ok(!out.includes('\u001b'))
  assert.match(out, /␛\[31m/)
  assert.match(out, /update src\/token\.ts \+12 −3/)
})

both('views are printed for people and as the shapes of the wire', async (run) => {
  const cases: readonly (readonly [string, RegExp, string])[] = [
    ['--files', /update +src\/token\.ts/, 'files'],
    ['--notes', /decision .* tokens live for an hour/, 'notes'],
    ['--runs', /done +coder .*4\.2 s +120 tokens/, 'runs'],
  ]
  for (const [option, pattern, field] of cases) {
    assert.match((await run('show', 'auth', option)).out, pattern)
    const view = json((await run('show', 'auth', option, '--json')).out)
    assert.equal(view.session_id, 'ses_sample_auth')
    assert.equal((view[field] as unknown[]).length, 1)
  }
  const history = json((await run('show', 'auth', '--json')).out)
  assert.deepEqual([history.message_count, history.current_agent], [2, 'coder'])
  const early = json((await run('show', 'auth', '--json', '--until', '2')).out)
  assert.equal((early.messages as unknown[]).length, 1)
})

both('entries are lines of JSON: all of them, the last, or those around one', async (run) => {
  const all = lines((await run('show', 'auth', '--raw')).out)
  assert.deepEqual(
    all.slice(0, 7).map(({ seq }) => seq),
    [1, 2, 3, 4, 5, 6, 7],
  )
  assert.deepEqual(
    lines((await run('show', 'auth', '--raw', '--limit', '1', '--until', '4')).out).map(({ kind }) => kind),
    ['note'],
  )
  assert.deepEqual(
    lines((await run('show', 'auth@4', '--json', '--limit', '3')).out).map(({ seq }) => seq),
    [3, 4, 5],
  )
  assert.deepEqual(
    lines((await run('show', 'auth@4', '--raw')).out).map(({ seq }) => seq),
    [4],
  )
})

both('what is not there ends with 3 and names what is near', async (run) => {
  const missing = await run('show', 'auht')
  assert.equal(missing.exit, 3)
  assert.equal(missing.out, '')
  assert.match(missing.err, /auth \(coder, fix auth\)/)
  assert.match(missing.err, /daybook show auth\n$/)
  assert.equal((await run('show', 'auth@99')).exit, 3)
  assert.equal((await run('follow', 'auth@99x')).exit, 2)
  const problem = json((await run('show', 'auht', '--json')).err)
  assert.deepEqual([problem.code, problem.exit], ['not_found', 3])
})

both('several matches are listed with longer tails and end with 2', async (run) => {
  const { exit, err } = await run('show', 'same')
  assert.equal(exit, 2)
  assert.match(err, /1_same/)
  assert.match(err, /2_same/)
  assert.equal((await run('show', '1_same')).exit, 0)
})

both('note stores a line of the worklog, from standard input too', async (run, { home, where }) => {
  const receipt = json((await run('note', '1_same', 'keep it simple', '--type', 'decision', '--json')).out)
  assert.deepEqual([receipt.first, receipt.last], [2, 2])
  const piped = await home.inside(['note', '1_same', '-', ...where], { input: 'from\na pipe\n' })
  assert.equal(piped.exit, 0)
  assert.match((await run('show', '1_same', '--notes')).out, /insight .* from a pipe/)
  assert.equal((await run('note', '1_same', 'x', '--type', 'decison')).exit, 2)
  assert.equal((await run('note', '1_same', ' ')).exit, 2)
})

both('pin keeps a session as a mark and a file as an entry', async (run) => {
  assert.equal(json((await run('pin', '2_same', '--json')).out).pinned, true)
  assert.match((await run()).out, /pinned\n.*2_same/)
  assert.equal(json((await run('pin', '2_same', '--off', '--json')).out).pinned, false)
  assert.equal((await run('pin', '2_same', 'docs/plan.md')).exit, 0)
  assert.deepEqual(json((await run('show', '2_same', '--files', '--json')).out).pinned, ['docs/plan.md'])
})

both('fork goes on from an entry, rewind ends the history at one', async (run) => {
  const fork = json((await run('fork', 'auth@3', '--name', 'other way', '--json')).out)
  assert.deepEqual(fork.parent, { session_id: 'ses_sample_auth', seq: 3 })
  assert.equal((await run('rewind', 'other way')).exit, 2)
  assert.equal(json((await run('rewind', 'other way@2', '--json')).out).message_count, 1)
  for (const command of ['fork', 'rewind', 'show']) {
    const { exit, err } = await run(command, 'auth@99')
    assert.deepEqual([exit, /daybook (\w+) \S+@\d+$/m.exec(err)?.[1]], [3, command])
  }
  assert.equal((await run('show', 'auth@first')).exit, 2)
})

both('archive, trash and their way back; forgetting needs a person', async (run) => {
  const fork = json((await run('fork', 'auth', '--name', 'gone soon', '--json')).out)
  const tail = String(fork.tail)
  for (const command of ['archive', 'trash']) assert.equal((await run(command, `${tail}@1`)).exit, 2)
  assert.equal(json((await run('archive', tail, '--json')).out).place, 'archived')
  assert.equal((await run('archive', tail)).exit, 4)
  assert.equal(json((await run('archive', tail, '--off', '--json')).out).place, 'open')
  assert.equal(json((await run('trash', tail, '--json')).out).place, 'trash')
  const thrown = await run('show', tail)
  assert.equal(thrown.exit, 3)
  assert.match(thrown.err, /is in the trash[\s\S]*--off\n$/)
  assert.equal(json((await run('trash', tail, '--off', '--json')).out).place, 'open')
  const refused = await run('trash', tail, '--now')
  assert.equal(refused.exit, 7)
  assert.equal((await run('trash', tail, '--now', '--yes')).exit, 0)
  assert.equal((await run('show', String(fork.session_id))).exit, 3)
  assert.equal((await run('trash', 'auth', '--now', '--off')).exit, 2)
})

both('home lists what there is, as lines of JSON too', async (run) => {
  const { exit, out } = await run()
  assert.equal(exit, 0)
  assert.match(out, /since you looked[\s\S]*more session/)
  assert.match((await run('--since', '1w')).out, /fix auth/)
  const sessions = lines((await run('--json')).out)
  assert.ok(sessions.some(({ session_id }) => session_id === 'ses_sample_auth'))
  assert.equal(lines((await run('--json', '--limit', '1')).out).length, 1)
  assert.equal(lines((await run('--json', '--since', '2000-01-01')).out).length, sessions.length)
  assert.equal((await run('--since', 'soon')).exit, 2)
})

both('follow catches up from a number and ends after so many', async (run) => {
  const caught = await run('follow', 'auth', '--after', '0', '--limit', '3', '--json')
  assert.equal(caught.exit, 0)
  assert.deepEqual(
    lines(caught.out).map(({ seq }) => seq),
    [1, 2, 3],
  )
  const from = await run('follow', 'auth@2', '--limit', '1')
  assert.match(from.out, /^\d\d:\d\d:\d\d {2}#2 +you +make the token test pass\n$/)
  const kinds = await run('follow', 'auth', '--after', '0', '--limit', '1', '--kinds', 'note', '--json')
  assert.deepEqual(
    lines(kinds.out).map(({ kind }) => kind),
    ['note'],
  )
  const beyond = await run('follow', 'auth', '--after', '900')
  assert.equal(beyond.exit, 2)
  assert.match(beyond.err, /ends at \d+[\s\S]*follow auth --after \d+/)
  assert.equal((await run('follow', '--after', '1')).exit, 2)
  assert.equal((await run('follow', 'auth', '--kinds', 'nothing')).exit, 2)
})

both('[B1] follow shows what others write, of one session and of all, until Ctrl-C', async (run, { home, where }) => {
  const one = home.start(['follow', 'auth', '--after', '6', ...where])
  const all = home.start(['follow', '--json', ...where])
  await one.prints(/#7/)
  // Nothing says that a stream of all sessions has begun, so somebody writes until it shows.
  const writing = new AbortController()
  const writes = (async () => {
    while (!writing.signal.aborted) await run('note', 'auth', 'seen live')
  })()
  await Promise.all([one.prints(/seen live/), all.prints(/seen live/)])
  writing.abort()
  await writes
  for (const each of [one, all]) each.process.kill('SIGINT')
  assert.equal((await one.ended).exit, 130)
  const { exit, out } = await all.ended
  assert.equal(exit, 130)
  const [item] = lines(out)
  assert.equal(item?.session_id, 'ses_sample_auth')
})

both('@ is the session bound to the branch of the folder', async (run, { home, where, through }) => {
  const repository = home.path(`${through}-repository`)
  mkdirSync(repository)
  const git = (...args: string[]) => execFileSync('git', ['-C', repository, ...args], { env: home.env })
  git('init', '-q', '-b', 'fix-auth')
  const none = await home.inside(['show', ...where], { cwd: repository })
  assert.equal(none.exit, 3)
  if (through === 'server') {
    const fields = { session_id: 'ses_of_branch', branch: 'fix-auth', repository }
    await fetch(`${where[1]}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fields),
    })
  } else {
    await fill(home.path('a.db'), async (mine) => {
      await mine.open({ id: 'ses_of_branch', refs: [{ type: 'branch', value: `${repository}:fix-auth` }] })
    })
  }
  writeFileSync(home.path(`${through}-repository`, 'a.txt'), '')
  assert.equal((await home.inside(['note', 'from the branch', ...where], { cwd: repository })).exit, 0)
  assert.equal((await home.inside(['pin', 'a.txt', ...where], { cwd: repository })).exit, 0)
  const shown = await home.inside(['show', '@3', '--json', '--limit', '1', ...where], { cwd: repository })
  assert.deepEqual(
    lines(shown.out).map(({ kind }) => kind),
    ['pin'],
  )
  assert.equal((await run('show')).exit, 2)
})

test('--as writes in another name on a store, and is refused through a server', async () => {
  const home = openHome()
  await fill(home.path('a.db'), (mine) => sample(mine))
  const store = ['--store', home.path('a.db')]
  const receipt = json((await home.inside(['note', 'auth', 'x', '--as', 'anna', '--json', ...store])).out)
  assert.equal((receipt.entries as { actor: string }[])[0]?.actor, 'user:anna')
  assert.equal((await home.inside(['note', 'auth', 'x', '--as', 'anna', '--server', '127.0.0.1:1'])).exit, 5)
  await home.end()
})

test('the real bin prints the same, and its exit code is that of the command', async () => {
  const home = openHome()
  await fill(home.path('a.db'), (mine) => sample(mine))
  for (const args of [
    ['show', 'auth'],
    ['show', 'auht'],
    ['shwo'],
    ['show', 'auth', '--runs', '--json'],
    ['trash', 'auth', '--now'],
  ]) {
    const line = [...args, '--store', home.path('a.db')]
    assert.deepEqual(await home.daybook(line), await home.inside(line))
  }
  await home.end()
})

test('a person chooses among several and is asked before anything is forgotten', async () => {
  const home = openHome()
  await fill(home.path('a.db'), async (mine) => {
    for (const id of ['old_1111_same', 'new_2222_same']) await mine.open({ id })
  })
  const run = (args: readonly string[], answers: readonly string[]) =>
    home.inside([...args, '--store', home.path('a.db')], { answers, columns: 80 })
  const chosen = await run(['show', 'same'], ['2'])
  assert.equal(chosen.exit, 0)
  assert.match(chosen.out, /1_same|2_same/)
  assert.equal((await run(['show', 'same'], ['x'])).exit, 2)
  assert.equal((await run(['trash', '1_same', '--now'], ['n'])).exit, 7)
  assert.equal((await run(['show', '1_same'], [])).exit, 0)
  assert.equal((await run(['trash', '1_same', '--now'], ['y'])).exit, 0)
  assert.equal((await run(['show', 'old_1111_same'], [])).exit, 3)
  await home.end()
})

test('home is bands of lines by an injected clock: pinned, changed since the last look, how many more', async () => {
  const home = openHome()
  await fill(home.path('a.db'), async (mine) => {
    await sample(mine)
    await mine.open({ id: 'ses_of_old_plan', name: 'Старый план' })
  })
  const born = Date.now()
  const run = (minutes: number, ...args: string[]) =>
    home.inside([...args, '--store', home.path('a.db')], { now: born + minutes * 60_000 })
  const text = ({ out }: Ended): string[] => out.trimEnd().split('\n')
  assert.deepEqual(text(await run(4)), [
    'newest',
    '  plan         Старый план                           4 m  daybook show plan',
    '  auth  coder  fix auth     tokens live for an hour  4 m  daybook show auth',
    '2 sessions',
  ])
  await run(5, 'pin', 'plan')
  assert.deepEqual(text(await run(6)), ['pinned', '  plan  Старый план  6 m', '1 more session'])
  const none = await run(6, '--json', '--since', '1s')
  assert.equal(none.out, '')
  await home.end()
})

test('a narrow terminal gets coloured lines that fit, a pipe and NO_COLOR plain ones', async () => {
  const home = openHome()
  await fill(home.path('a.db'), (mine) => sample(mine))
  const line = ['show', 'auth', '--store', home.path('a.db')]
  const wide = await home.inside(line, { columns: 44 })
  assert.ok(wide.out.includes('\u001b['))
  const plain = await home.inside(line, { columns: 44, env: { NO_COLOR: '1' } })
  assert.ok(!plain.out.includes('\u001b['))
  for (const each of plain.out.split('\n').slice(1)) assert.ok(width(each) <= 44, each)
  assert.ok(!(await home.inside(line)).out.includes('\u001b['))
  await home.end()
})

test('a reader that has enough ends the command quietly', async () => {
  const home = openHome()
  await fill(home.path('a.db'), async (mine) => {
    const session = await mine.open({ id: 'ses_many_entries' })
    const text = 'x'.repeat(2000)
    for (let n = 0; n < 10; n += 1) {
      await session.append(
        Array.from({ length: 100 }, () => ({ kind: 'note' as const, data: { type: 'idea' as const, text } })),
      )
    }
  })
  const running = home.start(['show', 'ses_many_entries', '--raw', '--store', home.path('a.db')])
  await running.prints(/"seq":1,/)
  running.process.stdout?.destroy()
  const { exit, err } = await running.ended
  assert.deepEqual([exit, err], [0, ''])
  await home.end()
})
