// The tour with real processes: it goes as it is told, by itself or by a key, fails where something is lost, and leaves nothing.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { openStore } from '../../main.ts'
import { bin, type Home, openHome } from '../bin.fixture.ts'
import { faultsOf, type TourStep, tour } from './tour.ts'

/** A home whose folder for temporary things is the tour's alone, with a repository of three commits. */
function prepared(t: TestContext): Home {
  const home = openHome()
  t.after(() => home.end())
  mkdirSync(home.path('tmp'))
  const git = (...args: string[]) => {
    const who = ['-c', 'user.name=anna', '-c', 'user.email=anna@example.org']
    execFileSync('git', [...who, ...args], { cwd: home.path('here'), env: { ...home.env } })
  }
  git('init', '-q', '-b', 'fix-auth')
  for (const name of ['one', 'two', 'three']) git('commit', '-q', '--allow-empty', '-m', name)
  return home
}

const settings = (home: Home) => ({ env: { TMPDIR: home.path('tmp') } })
const left = (home: Home): string[] => readdirSync(home.path('tmp'))

/** Processes of a tour: the server and the process host, whose command lines name its folder, and a bash that counts. */
function processes(home: Home, bash: string): string[] {
  const all = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).split('\n')
  return all.filter((line) => line.includes(home.path('tmp')) || line.trim().startsWith(`${bash} `))
}

const proved = [
  /^1 {2}a session bound to this branch, with its last 3 commits {3,}\w{4}$/m,
  /^2 {2}bash counts to 20,000 in it {3,}pid \d+$/m,
  /^3 {2}the server is killed \(kill -9, pid \d+\) {3,}at line [\d,]+$/m,
  /^ {3}dead\. bash is alive: pid \d+, still counting$/m,
  /^4 {2}server again after .* reconnected at entry \d+$/m,
  /^ {3}lines 1 … 20,000 {3,}in order, 0 missing, 0 twice · same pid · exit 0$/m,
  /^5 {2}fork at entry 12, in [\d.]+ ms, nothing copied {3,}\w{4}$/m,
  /^6 {2}daybook store verify {3,}\d+ sessions, \d+ entries, 0 blobs: log and heads agree$/m,
]

describe('the tour', { concurrency: true }, () => {
  test('it goes to its end by itself without a terminal, within 90 s, and nothing is left', async (t) => {
    const home = prepared(t)
    const begun = performance.now()
    const { exit, out } = await home.daybook(['tour'], settings(home))
    assert.equal(exit, 0, out)
    assert.ok(performance.now() - begun < 90_000)
    for (const line of proved) assert.match(out, line)
    const bash = /bash is alive: pid (\d+)/.exec(out)?.[1] ?? ''
    assert.deepEqual([left(home), processes(home, bash)], [[], []])
  })

  test('at a terminal it kills under the finger: not before K, and no other key does it', async (t) => {
    const home = prepared(t)
    const env = { ...home.env, ...settings(home).env, TERM: 'dumb' }
    const child = spawn('script', ['-qec', `'${process.execPath}' '${bin}' tour`, '/dev/null'], {
      cwd: home.path('here'),
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const told = { all: '', ended: false, wrongKeyAt: 0 }
    for await (const part of child.stdout.setEncoding('utf8')) {
      const asked = told.all.includes('press K')
      told.all += part
      if (!asked && told.all.includes('press K')) {
        child.stdin.write('x')
        told.wrongKeyAt = told.all.length
      }
      // It goes on counting after another key.
      const since = told.all.slice(told.wrongKeyAt).match(/line [\d,]+ …/g) ?? []
      if (asked && !told.ended && new Set(since).size > 5) {
        assert.doesNotMatch(told.all, /dead\./)
        told.ended = child.stdin.write('K')
      }
    }
    assert.doesNotMatch(told.all, /no key/)
    const plain = told.all.replaceAll('\r\n', '\n').replace(/\r[^\n]*\u001b\[K/g, '')
    assert.match(plain, /lines 1 … 20,000 .*0 missing, 0 twice/)
    assert.deepEqual(left(home), [])
  })

  test('what disappears from the log is found', async (t) => {
    const home = prepared(t)
    const steps: TourStep[] = []
    let folder = ''
    await tour({
      program: bin,
      env: { ...home.env },
      signal: new AbortController().signal,
      branch: null,
      parts: async () => ({
        openStore(url) {
          folder = url.slice('sqlite:'.length)
          execFileSync('sqlite3', [folder, 'DELETE FROM entries WHERE seq = 3'])
          return openStore(url)
        },
      }),
      press: async () => undefined,
      onStep: (step) => steps.push(step),
      onWord: () => undefined,
      onProgress: () => undefined,
    })
    assert.deepEqual(
      steps.filter(({ ok }) => !ok).map(({ step }) => step),
      [6],
    )
    assert.throws(() => readdirSync(join(folder, '..')), { code: 'ENOENT' })
  })

  test('Ctrl-C ends it with 130, and server, bash and folder go', async (t) => {
    const home = prepared(t)
    const running = home.start(['tour'], settings(home))
    const bash = /counts to .* pid (\d+)/.exec(await running.prints(/counts to .*\n/))?.[1] ?? ''
    assert.ok(processes(home, bash).length >= 3)
    running.process.kill('SIGINT')
    assert.equal((await running.ended).exit, 130)
    assert.deepEqual([left(home), processes(home, bash)], [[], []])
  })

  test('--json gives one object, also where there is no bash', async (t) => {
    const home = prepared(t)
    const { exit, out } = await home.daybook(['tour', '--json'], {
      env: { TMPDIR: home.path('tmp'), PATH: '/nowhere' },
    })
    const report = JSON.parse(out) as { ok: boolean; ms: number; steps: readonly TourStep[] }
    assert.deepEqual([exit, report.ok], [1, false])
    assert.deepEqual(
      report.steps.map(({ step, ok }) => [step, ok]),
      [
        [1, true],
        [2, false],
      ],
    )
    assert.deepEqual(left(home), [])
  })
})

test('a number that is missing, comes twice or stands elsewhere is counted', () => {
  const all = Array.from({ length: 20_000 }, (_, at) => at + 1)
  assert.equal(faultsOf(all).faults, 0)
  assert.match(faultsOf(all.slice(0, -1)).text, /^1 missing, 0 twice/)
  assert.match(faultsOf([...all, 7]).text, /^0 missing, 1 twice/)
  const [first = 0, second = 0, ...rest] = all
  assert.match(faultsOf([second, first, ...rest]).text, /2 out of order/)
  for (const wrong of [all.slice(1), [...all, 7], [second, first, ...rest]]) assert.ok(faultsOf(wrong).faults > 0)
})
