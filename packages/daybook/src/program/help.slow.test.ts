// Help texts of programs: from real ones, and a sentence where there is none, whatever the program does.

import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { helpOf } from './help.ts'

const env = { PATH: process.env.PATH ?? '' }

suite('help', () => {
  let folder = ''
  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'daybook-help-')))
  })
  after(() => rmSync(folder, { recursive: true }))

  function program(name: string, script: string, mode = 0o700): string {
    const path = join(folder, name)
    writeFileSync(path, `#!/bin/sh\n${script}\n`)
    chmodSync(path, mode)
    return path
  }

  const ask = (path: string | undefined, more: { timeoutMs?: number; workdir?: string; help?: string[] } = {}) => {
    const { help = ['--help'], ...others } = more
    return helpOf({ program: { name: 'mine', help }, path, workdir: folder, env, ...others })
  }

  test('what a real program prints is given', async () => {
    const help = await ask(process.execPath)
    assert.match(help, /^Usage: node \[options\]/)
  })

  test('standard error counts where standard output is empty, also of one that ends with an error', async () => {
    assert.equal(await ask(program('err', 'echo "asked $1" >&2; exit 1')), 'asked --help')
    assert.equal(await ask(program('both', 'echo noise >&2; echo help')), 'help')
  })

  test('it is asked without a terminal and at the end of its input, and colours are taken out', async () => {
    const path = program('colours', 'cat; test -t 0 && echo tty; printf "\\033[1;31m%s\\033[0m %s" "$TERM" "$PWD"')
    assert.equal(await ask(path), `dumb ${folder}`)
  })

  test('whatever goes wrong is told in a sentence, never thrown', async () => {
    const none = /^no help available: ./
    assert.match(await ask(undefined), none)
    assert.match(await ask(join(folder, 'nowhere')), none)
    assert.match(await ask(program('silent', 'exit 3')), none)
    assert.match(await ask(program('killed', 'kill -9 $$')), none)
    assert.match(await ask(program('locked', 'echo help', 0o600)), none)
    assert.match(await ask(program('homeless', 'echo help'), { workdir: join(folder, 'nowhere') }), none)
    assert.match(await ask(program('nul', 'echo help'), { help: ['a\0b'] }), none)
  })

  test('one that does not end is ended with all its children, in time', { timeout: 20_000 }, async () => {
    const pids = join(folder, 'pids')
    const path = program('hangs', `echo begun; sleep 60 & echo $! $$ > ${pids}; wait`)
    assert.match(await ask(path, { timeoutMs: 500 }), /^no help available: /)
    for (const pid of readFileSync(pids, 'utf8').trim().split(' ')) while (!hasEnded(Number(pid))) await setImmediate()
  })

  test('one that prints without an end is cut', async () => {
    const help = await ask(program('floods', 'while :; do echo 0123456789abcdef0123456789abcdef; done'))
    assert.ok(help.length > 200_000 && help.length <= 256 * 1024, String(help.length))
  })

  test('the text is kept until the binary changes, the lack of one is not', async () => {
    const count = join(folder, 'count')
    const script = (say: string) => `echo x >> ${count}; ${say}`
    const asked = () => readFileSync(count, 'utf8').length / 2
    const path = program('kept', script('echo one'))
    assert.deepEqual([await ask(path), await ask(path), asked()], ['one', 'one', 1])
    program('kept', script('echo two'))
    utimesSync(path, 1_000_000_000, 1_000_000_000)
    assert.deepEqual([await ask(path), asked()], ['two', 2])
    assert.equal(await ask(path, { help: ['help'] }), 'two')
    assert.equal(asked(), 3)
    program('kept', script('exit 1'))
    await ask(path)
    await ask(path)
    assert.equal(asked(), 5)
  })
})

/** A child whose parent has ended may remain as a name until somebody takes note of it. */
function hasEnded(pid: number): boolean {
  try {
    return /^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch (error) {
    return ['ENOENT', 'ESRCH'].includes(String((error as NodeJS.ErrnoException).code))
  }
}
