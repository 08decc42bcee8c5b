// Telling a server's time from measurements, with both clocks moved by the test.

import { ok, rejects, strictEqual, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { isDaybookError } from '../schema/errors.ts'
import { ServerClock } from './server-clock.ts'

/** A server whose time is its own, and a way to it that takes as long as the test says. */
class Far {
  here = 5000
  there = Date.UTC(2026, 0, 1)
  way = { to: 0, back: 0 }
  down = false
  readonly clock = new ServerClock({
    monotonic: () => this.here,
    ask: async () => {
      if (this.down) throw new Error('it is away')
      this.pass(this.way.to)
      const said = this.there
      this.pass(this.way.back)
      return said
    },
  })

  pass(ms: number): void {
    this.here += ms
    this.there += ms
  }

  get error(): number {
    return this.clock.now() - this.there
  }
}

test('Between measurements time goes on with the monotonic clock, from half of the way there and back', async () => {
  const far = new Far()
  far.way = { to: 20, back: 20 }
  await far.clock.measure()
  strictEqual(far.error, 0)
  far.pass(3_600_000)
  strictEqual(far.error, 0)
})

test('However uneven the way, the error is half of it at most, and a better answer corrects it', async () => {
  const far = new Far()
  far.way = { to: 100, back: 0 }
  await far.clock.measure()
  strictEqual(Math.abs(far.error), 50)
  far.way = { to: 1, back: 1 }
  await far.clock.measure()
  far.pass(50)
  strictEqual(far.error, 0)
})

test('A slow answer takes nothing from a good one that it agrees with', async () => {
  const far = new Far()
  await far.clock.measure()
  far.way = { to: 900, back: 0 }
  await far.clock.measure()
  strictEqual(far.error, 0)
})

test('What drifted is found, and time is never taken back by a little', async () => {
  const far = new Far()
  far.way = { to: 1, back: 1 }
  await far.clock.measure()
  const before = far.clock.now()
  far.there -= 500
  await far.clock.measure()
  ok(far.clock.now() >= before)
  far.pass(500)
  strictEqual(far.error, 0)
})

test('A server whose clock was set, or another one in its place, is followed', async () => {
  const far = new Far()
  await far.clock.measure()
  for (const step of [-3_600_000, 7_200_000]) {
    far.there += step
    await far.clock.measure()
    strictEqual(far.error, 0)
  }
})

test('Before it was measured there is no time, and afterwards it goes on while the server is away', async () => {
  const far = new Far()
  throws(
    () => far.clock.now(),
    (error) => isDaybookError(error) && error.code === 'unreachable',
  )
  far.down = true
  await rejects(far.clock.start())
  far.down = false
  await far.clock.start()
  far.clock.stop()
  far.down = true
  await rejects(far.clock.measure())
  far.pass(1000)
  strictEqual(far.error, 0)
})
