// Programs through the command line, with a real bash: sessions that begin with one, what is shown of it, and refusals.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { until } from '../session/testing.fixture.ts'
import { type Ended, fill, type Home, openHome, type Settings } from './bin.fixture.ts'

interface Given {
  readonly home: Home
  readonly where: readonly string[]
}

const given: Record<string, Given> = {}

/** A coding agent as far as daybook sees one: it goes on in a session of its own, and repeats what it is told. */
const repeat = ['-c', 'printf "%s\\n" "$@"', 'reviewer', '--', '{prompt}']
const reviewing = { start: repeat, resume: repeat }

before(async () => {
  for (const through of ['store', 'server']) {
    const home = openHome()
    writePrograms(home, {
      shell: { bin: 'bash', drivers: ['pty'], pty: { argv: ['--rcfile', '{rc}', '-i'], osc133: true } },
      reviewer: { bin: 'bash', headless: { format: 'text', token: 'session', ...reviewing } },
      odd: {
        bin: 'bash',
        version: ['-c', 'echo "GNU odd (Debian 13.1-3) 13.1"'],
        headless: { format: 'text', start: ['--', '{prompt}'] },
      },
      missing: { bin: 'daybook-missing', headless: { format: 'text', start: ['--', '{prompt}'] } },
    })
    execFileSync('git', ['init', '-q', '-b', 'fix-auth', home.path('here')], { env: home.env })
    const running = await home.serve()
    if (through === 'store') {
      running.process.kill('SIGTERM')
      await running.ended
    }
    given[through] = { home, where: through === 'store' ? [] : ['--server', running.url] }
  }
})
after(() => Promise.all(Object.values(given).map(({ home }) => home.end())))

function writePrograms({ path }: Home, programs: object): void {
  mkdirSync(path('.config', 'daybook'), { recursive: true })
  writeFileSync(path('.config', 'daybook', 'programs.json'), JSON.stringify({ programs }))
}

type Run = (args: readonly string[], settings?: Settings) => Promise<Ended>

type Check = (run: Run, given: Given) => Promise<void>

/** What is shown alike, whoever gives it. */
const atServer = (name: string, check: Check): void => through(['server'], name, check)
const both = (name: string, check: Check): void => through(['store', 'server'], name, check)

function through(ways: readonly string[], name: string, check: Check): void {
  for (const way of ways) {
    test(`${name} (through a ${way})`, async () => {
      const one = given[way]
      assert.ok(one)
      // What works in the command's own process takes the home of that process; the rest needs no process of its own.
      const isOwn = (args: readonly string[]): boolean => args[0] === 'agent' || (way === 'store' && args[0] !== 'show')
      const run: Run = (args, settings) =>
        one.home[isOwn(args) ? 'daybook' : 'inside']([...args, ...one.where], settings)
      await check(run, one)
    })
  }
}

const json = ({ out }: Ended) => JSON.parse(out) as Record<string, unknown>
const tailIn = (text: string): string => /^(\S+) {2}bash in /m.exec(text)?.[1] ?? ''

both('a session begins with a program, in this folder and on its branch, and stays with it', async (run, { home }) => {
  const { exit, out, err } = await run(['start', 'bash', 'echo one; pwd'])
  assert.deepEqual([exit, out], [0, `one\n${home.path('here')}\n`], err)
  assert.match(err, /^\S+ {2}bash in \S+\/here on fix-auth {3}stored #2$/m)
  const said = await run(['say', tailIn(err), 'echo two'])
  assert.deepEqual([said.exit, said.out], [0, 'two\n'], said.err)
  const bound = await run(['say', 'echo three', '--json'])
  assert.deepEqual([json(bound).status, json(bound).agent], ['done', 'bash'])
  const { out: plain, err: hint } = await run(['show', tailIn(err)])
  assert.match(
    plain,
    /^\S+ {2}echo one; pwd .*\n +1 +session .* opened\n +3 +you .* echo one; pwd\n +\d+ +bash .* one \S+here\n/,
  )
  assert.doesNotMatch(plain, /process|step|queued|exit/)
  assert.match(hint, /^\d+ more between them, of runs and processes: daybook show \S+ --all$/m)
  const { out: shown } = await run(['show', tailIn(err), '--all'])
  assert.match(shown, /program +\d\d:\d\d +bash \(headless\) in \S+\/here\n/)
  assert.match(shown, /process +\d\d:\d\d +started bash, process \d+ · GNU bash/)
  assert.match(shown, /process +\d\d:\d\d +one \S+here\n/)
  assert.match(shown, /process +\d\d:\d\d +exit 0 · printed \d+ B\n/)
  assert.doesNotMatch(shown, /\{/)
  const { out: processes } = await run(['show', tailIn(err), '--processes'])
  assert.equal(processes.split('\n').filter((line) => /exit 0 +bash .* \d+ B +-c/.test(line)).length, 3)
  assert.match(processes, /\n +7 +exit 0 +bash/)
  const view = json(await run(['show', tailIn(err), '--processes', '--json'])).processes
  assert.equal((view as readonly unknown[]).length, 3)
})

atServer('much that was printed does not push away what was said, and drives no terminal', async (run) => {
  const { err } = await run(['start', 'bash', 'seq 200000'])
  const { out } = await run(['show', tailIn(err)])
  assert.match(out, /^ +3 +you .* seq 200000\n +\d+ +bash .* 1 2 3 /m)
  assert.doesNotMatch(out, /^ *\d+ +process /m)
  const failed = await run(['start', 'bash', 'printf "\\e]133;D;0\\a\\e[7mcolour\\e[27m" >&2; exit 3'])
  assert.match((await run(['show', tailIn(failed.err)])).out, /process +\d\d:\d\d +error: colour\n/)
})

atServer('what a program printed before it failed is shown, and the command fails', async (run) => {
  const { exit, out, err } = await run(['start', 'bash', 'echo before; echo why >&2; exit 3'])
  assert.deepEqual([exit, out], [1, 'before\n'], err)
  assert.match(err, /bash ended with 3/)
  const { out: processes } = await run(['show', tailIn(err), '--processes'])
  assert.match(processes, /exit 3 +bash/)
  assert.match((await run(['show', tailIn(err)])).out, /process +\d\d:\d\d +error: why\n/)
  const told = await run(['start', 'bash', 'exit 3', '--json'])
  assert.deepEqual([told.exit, json(told).status], [1, 'failed'])
})

both('without a text a session is opened and nothing is started', async (run) => {
  const { exit, out, err } = await run(['start', 'bash'])
  assert.deepEqual([exit, /^\S+ {2}bash in \S+\/here on fix-auth {3}stored #1\n$/.test(out)], [0, true], out)
  assert.match(err, /^daybook say \S+ "…"$/m)
  const { seq, current_agent, branch, metadata } = json(await run(['start', 'bash', '--json']))
  assert.deepEqual([seq, current_agent, branch], [1, 'bash', 'fix-auth'])
  assert.match((metadata as { cwd: string }).cwd, /here$/)
})

both('with --no-wait the work is stored and goes on; standard input is a text', async (run) => {
  const stored = await run(['start', 'bash', 'echo later', '--no-wait'])
  assert.equal(stored.exit, 0, stored.err)
  assert.match(stored.out, /stored #2 · running\n$/)
  const tail = tailIn(stored.out)
  assert.equal((await run(['say', tail, '-'], { input: 'echo behind\n' })).exit, 0)
  const ended = async () => (await run(['show', tail, '--processes'])).out.match(/ exit 0 /g)?.length === 2
  await until(ended)
  const { out } = await run(['show', tail])
  assert.match(out, /bash .* later\n[\s\S]*bash .* behind\n/)
  assert.equal((await run(['start', 'bash', '-'], { input: 'echo from input' })).out, 'from input\n')
  assert.equal((await run(['start', 'bash', ' '])).exit, 2)
})

both('a new session of say has the folder that a program works in', async (run, { home }) => {
  const folder = home.path('elsewhere')
  mkdirSync(folder, { recursive: true })
  const { exit, out, err } = await run(['say', '--agent', 'bash', 'pwd'], { cwd: folder })
  assert.deepEqual([exit, out], [0, `${folder}\n`], err)
})

both('names that are no agent, and programs that are not here, are refused with what to do', async (run) => {
  const near = await run(['start', 'bsh', 'x'])
  assert.equal(near.exit, 3)
  assert.match(near.err, /There are: .*\bbash\b.*\ndaybook start bash\n/)
  const missing = await run(['start', 'missing', 'x'])
  assert.equal(missing.exit, 3)
  assert.match(missing.err, /^missing is not on this machine\n.*daybook-missing.*\ninstall it, or name its path/)
})

both('a program may not work outside of its folders', async (run) => {
  const { exit, err } = await run(['start', 'bash', 'pwd'], { cwd: '/' })
  assert.equal(exit, 1)
  assert.match(err, /programs may not work in \/\n.*\ndaybook agent show bash\n/)
})

both('agents are listed with what is here, and shown with what drives them', async (run, { home }) => {
  const plain = (await run(['agent', 'list'])).out
  assert.match(plain, /^bash +program +/m)
  const all = (await run(['agent', 'list', '--all'])).out
  assert.match(all, /^bash +program .* \d+\.\d+\S*$/m)
  assert.match(all, /^odd +program .* 13\.1-3$/m)
  assert.match(all, /^missing +program .* not on this machine$/m)
  assert.doesNotMatch(plain, /not on this machine/)
  const { out } = await run(['agent', 'show', 'bash'])
  assert.match(out, /^path +\S+\/bash\nversion +GNU bash.*\ndrivers +.*headless.*\nlimits +30 m/m)
  assert.match(out, /^file +~\/\.config\/daybook\/programs\.json$/m)
  const shown = json(await run(['agent', 'show', 'bash', '--json']))
  assert.deepEqual([shown.kind, shown.fault, shown.workdirs], ['program', null, [home.folder]])
})

test('a fault of the programs file is told by check, doctor, start and agent show', async () => {
  const home = openHome()
  try {
    const store = ['--store', home.path('a.db')]
    await fill(home.path('a.db'), async (mine) => void (await mine.open()))
    const none = await home.daybook(['agent', 'show', 'bash', ...store])
    assert.match(none.out, /^file +~\/\.config\/daybook\/programs\.json +not there/m, none.err)
    writePrograms(home, { bash: { bni: 'bash' } })
    const place = /line 1, column \d+: "programs\.bash\.bni" /
    const check = await home.daybook(['config', 'check'])
    assert.equal(check.exit, 2)
    assert.match(check.out, /programs\.json: 1 fault\n {2}line/)
    assert.match(check.out, place)
    const named = await home.daybook(['config', 'check', home.path('.config/daybook/programs.json'), '--json'])
    const { ok, file, programs } = json(named)
    assert.deepEqual([named.exit, ok, file], [2, false, null])
    assert.equal((programs as { faults: { field: string }[] }).faults[0]?.field, 'programs.bash.bni')
    for (const args of [['doctor'], ['start', 'bash', 'x'], ['agent', 'show', 'bash']]) {
      const { exit, out, err } = await home.daybook([...args, ...store])
      assert.equal(exit, args[0] === 'doctor' ? 1 : 3)
      assert.match(out + err, place)
      assert.match(out + err, /daybook config check/)
    }
  } finally {
    await home.end()
  }
})

test('without faults, doctor counts the programs and check the entries of their file', async () => {
  const { home } = given.store as Given
  assert.match((await home.daybook(['doctor'])).out, /ok +programs +\d+ of \d+ known programs found: .*\bbash \d+\.\d/)
  assert.match((await home.daybook(['config', 'check'])).out, /programs\.json: \d+ programs, no fault\n/)
})

both(
  'another agent of this machine goes on in a fork, told what was said, and takes what is said there later',
  async (run) => {
    const first = await run(['start', 'bash', 'echo the token expires early'])
    const tail = tailIn(first.err)
    const on = await run(['continue', tail, 'review this as an attacker', '--with', 'reviewer'])
    assert.equal(on.exit, 0, on.err)
    const [, fork = ''] =
      /^(\S+) {2}fork of \S+ at #\d+ · reviewer · preamble of about \d+ tokens · stored #\d+$/m.exec(on.err) ?? []
    assert.match(
      on.out,
      /^--\n# Going on from: .*the token expires early.*\n## Asked now\nreview this as an attacker\n$/s,
    )
    const later = await run(['say', fork, 'and as a user'])
    assert.deepEqual([later.exit, later.out], [0, '--\nand as a user\n'], later.err)
    const shell = await run(['say', tail, 'echo still here'])
    assert.deepEqual([shell.exit, shell.out], [0, 'still here\n'], shell.err)
    const silent = json(await run(['continue', tail, '--with', 'reviewer', '--json']))
    assert.deepEqual([typeof silent.preamble, silent.file], ['object', null])
  },
)

both(
  'a command that fails in a shell that lives on is told by its exit code, and a fork leaves that shell alone',
  async (run, { where }) => {
    const { exit, err } = await run(['start', 'shell', '(exit 3)'])
    assert.equal(exit, 1, err)
    assert.match(err, /^exit 3$/m)
    const tail = /^(\S+) {2}shell in /m.exec(err)?.[1] ?? ''
    assert.match((await run(['show', tail])).out, / run +\S+ +done with exit 3\n/)
    assert.deepEqual(
      [(await run(['say', tail, 'kept=1'])).exit, (await run(['say', tail, 'false', '--json'])).exit],
      [0, 1],
    )
    const fork = String(json(await run(['fork', tail, '--json'])).tail)
    // What lives is closed by a server.
    assert.equal((await run(['stop', fork, '--close', '--yes'])).exit, where.length === 0 ? 6 : 0)
    const { out } = await run(['say', tail, 'echo $kept'])
    assert.equal(out, '1\n')
  },
)
