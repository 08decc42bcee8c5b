// Finding programs: where the PATH has them, as they were called, and their version once for each state of the file.

import assert from 'node:assert/strict'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { isDaybookError } from '../schema/errors.ts'
import { findProgram, locate } from './find.ts'
import { readPrograms } from './programs-file.ts'
import type { Program } from './resolve.ts'

suite('finding a program', () => {
  let folder = ''
  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'daybook-find-')))
    for (const name of ['a', 'b', 'b/mine', 'c']) mkdirSync(join(folder, name))
  })
  after(() => rmSync(folder, { recursive: true }))

  const path = (...names: string[]) => ({ PATH: names.map((one) => join(folder, one)).join(':') })

  function program(name: string, script: string, mode = 0o700): string {
    const file = join(folder, name)
    writeFileSync(file, `#!/bin/sh\n${script}\n`)
    chmodSync(file, mode)
    return file
  }

  function configured(bin: string, version = ['--version']): Program {
    const mine = { bin, version, headless: { format: 'text', start: ['--', '{prompt}'] } }
    const read = readPrograms(JSON.stringify({ programs: { mine } }), folder)
    assert.ok(read.ok)
    const found = read.set.get('mine')
    assert.ok(found)
    return found
  }

  test('the first file on the PATH that may be run is it; folders, other files and relative entries are not', () => {
    const [first, second] = [program('a/tool', 'exit', 0o600), program('c/tool', 'exit')]
    assert.equal(locate('tool', path('a', 'b', 'c')), second)
    chmodSync(first, 0o700)
    assert.equal(locate('tool', path('a', 'b', 'c')), first)
    assert.equal(locate('mine', path('b')), null)
    assert.equal(locate('tool', { PATH: relative(process.cwd(), join(folder, 'a')) }), null)
    assert.equal(locate('tool', {}), null)
    assert.equal(locate('a/tool', path('a')), null)
    assert.equal(locate(first, {}), first)
    assert.notEqual(locate(`~/${relative(homedir(), first)}`, {}), null)
  })

  test('it is run under the name that it was found by, and tells its version in its first line', async () => {
    program('c/real', 'echo "${0##*/} 1.2.3"; echo more')
    symlinkSync(join(folder, 'c/real'), join(folder, 'c/called'))
    const found = await findProgram(configured('called'), path('c'))
    assert.deepEqual(found, { path: join(folder, 'c/called'), version: 'called 1.2.3' })
  })

  test('the version is asked for again only when the file has changed', async () => {
    const count = join(folder, 'count')
    const file = program('c/counted', `echo x >> ${count}; echo v1`)
    const version = async () => (await findProgram(configured('counted'), path('c'))).version
    assert.deepEqual(await Promise.all([version(), version()]), ['v1', 'v1'])
    assert.equal(readFileSync(count, 'utf8'), 'x\n')
    program('c/counted', 'echo v2')
    utimesSync(file, 1_000_000_000, 1_000_000_000)
    assert.equal(await version(), 'v2')
  })

  test('one that tells no version is found all the same', async () => {
    program('c/fails', 'echo 1.0; exit 1')
    program('c/silent', 'cat')
    for (const name of ['fails', 'silent']) {
      assert.deepEqual(await findProgram(configured(name), path('c')), { path: join(folder, 'c', name) })
    }
    program('c/unasked', `echo x >> ${join(folder, 'never')}`)
    assert.deepEqual(await findProgram(configured('unasked', []), path('c')), { path: join(folder, 'c/unasked') })
    assert.throws(() => readFileSync(join(folder, 'never')))
  })

  test('one that tells it late is ended with its children, and asked again', { timeout: 20_000 }, async () => {
    const ready = join(folder, 'ready')
    // Its child holds what is read open, as that of a program which begins itself anew.
    program('c/late', `test -e ${ready} && { echo v3; exit; }; /bin/sleep 60 & wait`)
    const version = (ms?: number) => findProgram(configured('late'), path('c'), ms)
    assert.deepEqual(await version(200), { path: join(folder, 'c/late') })
    writeFileSync(ready, '')
    assert.equal((await version()).version, 'v3')
  })

  test('one that is not there is refused by its code', async () => {
    await assert.rejects(
      findProgram(configured('nowhere'), path('c')),
      (error) => isDaybookError(error) && error.code === 'invalid',
    )
  })
})
