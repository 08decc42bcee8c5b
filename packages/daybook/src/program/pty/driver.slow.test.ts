// Programs in a terminal, against the suite of all drivers.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { driverSuite } from '../conformance.fixture.ts'
import { openProgram, programOf, settingOf, shellWords } from '../driving.fixture.ts'
import { openClient } from '../host/hosting.fixture.ts'
import { ptyDriver } from './driver.ts'

driverSuite('pty', openProgram('bash', shellWords, ptyDriver))

test('of many prompts behind each other each tells all of its own output, and nothing of the one before', async (t) => {
  const { host, folder } = openClient(t)
  const driver = ptyDriver(settingOf(programOf('bash'), host, folder))
  let from = 0
  for (let n = 1; n <= 40; n += 1) {
    const place = {
      process: 's/p',
      workdir: folder,
      session: 's',
      token: null,
      started: n > 1,
      given: null,
      before: null,
    }
    const prompt = { ...place, key: `run${n}`, text: `echo of "${n}."`, images: [], from, replies: [] }
    let printed = ''
    for await (const event of driver.prompt(prompt, AbortSignal.timeout(60_000))) {
      if (event.type !== 'output') continue
      assert.equal(event.offset, from)
      from += event.bytes.length
      printed += Buffer.from(event.bytes).toString()
    }
    assert.ok(printed.includes(`of ${n}.\r\n`) && !printed.includes(`of ${n - 1}.`), `${n}: ${JSON.stringify(printed)}`)
  }
  await host.signal('s/p', 'SIGKILL', 'tree')
})
