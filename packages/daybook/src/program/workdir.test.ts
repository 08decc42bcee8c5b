// Folders of work: those that are allowed and what is below them, as they really are.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { isDaybookError } from '../schema/errors.ts'
import { checkWorkdir } from './workdir.ts'

suite('folders of work', () => {
  let root = ''
  before(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'daybook-workdir-')))
    for (const name of ['work', 'work/app', 'work/..odd', 'work2', 'secret']) mkdirSync(join(root, name))
    writeFileSync(join(root, 'work/file'), '')
    symlinkSync(join(root, 'secret'), join(root, 'work/out'))
    symlinkSync('../secret', join(root, 'work/up'))
    symlinkSync(join(root, 'work'), join(root, 'way'))
    symlinkSync('nowhere', join(root, 'work/lost'))
  })
  after(() => rmSync(root, { recursive: true }))

  async function checked(path: string, allowed: readonly string[] = ['work']): Promise<string> {
    const absolute = (one: string) => (one.startsWith('./') ? one : join(root, one))
    try {
      const found = await checkWorkdir(absolute(path), allowed.map(absolute))
      return found.slice(root.length + 1)
    } catch (error) {
      return isDaybookError(error) ? error.code : String(error)
    }
  }

  test('an allowed folder and what is below it are given as they really are', async () => {
    assert.equal(await checked('work'), 'work')
    assert.equal(await checked('work/app'), 'work/app')
    assert.equal(await checked('way/app'), 'work/app')
    assert.equal(await checked('work/app', ['way']), 'work/app')
    assert.equal(await checked('work/app', ['nowhere', 'work/app']), 'work/app')
    assert.equal(await checked('work/..odd'), 'work/..odd')
  })

  test('no link and no dots lead out of it', async () => {
    for (const path of ['work/out', 'work/up', 'work/../secret', 'work2', 'secret', '.']) {
      assert.equal(await checked(path), 'forbidden', path)
    }
    assert.equal(await checked('work', []), 'forbidden')
    assert.equal(await checked('work', ['work/app']), 'forbidden')
  })

  test('what is no folder is refused before it is asked whether it is allowed', async () => {
    for (const path of ['work/nowhere', 'work/lost', 'work/file', 'work/file/x', './work']) {
      assert.equal(await checked(path), 'invalid', path)
    }
  })
})
