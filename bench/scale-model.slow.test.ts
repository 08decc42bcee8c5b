// The simulation against what can be said without it: an idle store, a full one, more servers, and the order of limits.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { capacity, ceiling, constants, type Inputs, limits, rateOf, simulate } from './scale-model.ts'

const inputs: Inputs = {
  hold: { each: 1, more: 0.01 },
  outside: { each: 1, more: 0.02 },
  bytesPerEntry: 1000,
  searchBytesPerEntry: 1000,
  bytesPerSession: 2000,
  indexBytesPerSession: 500,
  walBytes: 1500,
  deadRows: 2,
  vacuumMs: 0.01,
  notifyMs: 0.1,
  serverCpuMs: 0.1,
}

test('a store with next to nothing to do answers in the time of one commit', () => {
  const { p50, perCommit, rate } = simulate(inputs, { servers: 3, perSecond: 20, seconds: 20 })
  assert.ok(Math.abs(p50 - 2.03) < 0.1, String(p50))
  assert.ok(perCommit < 1.1)
  assert.ok(Math.abs(rate - 20) < 3)
})

test('a store that is asked for more than it can gives what its lock lets through, in full commits', () => {
  const most = ceiling(inputs)
  assert.ok(Math.abs(most - 512 / 0.00612) < 1)
  const { rate, perCommit, lockBusy } = simulate(inputs, { servers: 4, perSecond: most * 1.5, seconds: 3 })
  assert.ok(Math.abs(rate / most - 1) < 0.05, `${rate} of ${most}`)
  assert.ok(perCommit > constants.mostPerCommit * 0.9)
  assert.ok(lockBusy > 0.95)
})

test('more servers do not move the ceiling', () => {
  for (const servers of [3, 30]) assert.ok(capacity(inputs, servers, 100).rate <= ceiling(inputs) * 1.02)
})

test('callers who wait get one answer per commit alone, and fewer the more servers they are spread over', () => {
  assert.ok(Math.abs(rateOf(inputs, { servers: 3, callers: 1 }) - 1000 / 2.03) < 1)
  const rates = [1, 2, 8, 64].map((servers) => rateOf(inputs, { servers, callers: 256 }))
  assert.deepEqual(
    rates,
    rates.toSorted((a, b) => b - a),
  )
  assert.ok(rateOf(inputs, { servers: 1, callers: 100_000 }) <= ceiling(inputs) * 1.001)
})

test('the same seed gives the same answer, another one another', () => {
  const of = { servers: 3, perSecond: 5000, seconds: 2 }
  assert.deepEqual(simulate(inputs, of), simulate(inputs, of))
  assert.notDeepEqual(simulate(inputs, { ...of, seed: 2 }), simulate(inputs, of))
})

test('what breaks first stands first, and follows its input', () => {
  const goal = { sessions: 1e9, perSecond: 1e5, entriesPerSession: 50 }
  const hardware = { memory: 64e9, disk: 10e12, maxConnections: 500, cpusPerServer: 4 }
  const taken = { servers: 10, rate: 5_000 }
  const first = (changed: Partial<Inputs>) => limits({ ...inputs, ...changed }, goal, hardware, taken)[0]?.what
  assert.match(first({}) ?? '', /10 servers/)
  assert.match(first({ vacuumMs: 10 }) ?? '', /vacuum/)
  assert.match(first({ bytesPerEntry: 1e8 }) ?? '', /disk/)
  const found = limits(inputs, goal, hardware, taken).find(({ what }) => what.endsWith('full commits'))
  assert.equal(found?.databases, Math.ceil(1e5 / ceiling(inputs)))
})
