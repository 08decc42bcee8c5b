// A system without the packages for terminals: everything else works, and a terminal is refused by name.

import assert from 'node:assert/strict'
import { registerHooks } from 'node:module'
import { test } from 'node:test'
import { isDaybookError } from '../../schema/errors.ts'
import { openInline, output, script } from './hosting.fixture.ts'

for (const name of ['@lydell/node-pty', '@xterm/headless', '@xterm/addon-serialize']) {
  test(`without ${name} terminals are refused with what to install, and other modes work`, async (t) => {
    const hooks = registerHooks({
      resolve(specifier, context, next) {
        if (specifier !== name) return next(specifier, context)
        throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
      },
    })
    t.after(() => hooks.deregister())
    const { host } = openInline(t)
    const terminal = script('a', 'exit 2', { mode: 'pty' })
    await assert.rejects(host.spawn(terminal), (error) => {
      return isDaybookError(error) && error.code === 'invalid_state' && (error.hint ?? '').includes(name)
    })
    assert.deepEqual(await host.list(), [])
    for (const mode of ['files', 'pipes'] as const) {
      await host.spawn(script(mode, 'exit 2', { mode }))
      assert.equal((await output(host, mode)).exit?.code, 2)
    }
    hooks.deregister()
    await host.spawn(terminal)
    assert.equal((await output(host, 'a')).exit?.code, 2, 'once it is there it is used')
  })
}
