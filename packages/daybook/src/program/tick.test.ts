// Ticks of a screen: what counts as one, and for how long a program is taken for active after the last.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isActiveByTick, noTicks, output, seen, type TickState, tickValue, tickWindowMs } from './tick.ts'

const at = 1_800_000_000_000

test('what spins, counts seconds or tokens is a tick, what tells the time is none', () => {
  const value = (screen: string) => tickValue({ screen })
  assert.equal(value('⠹ Thinking... (esc to cancel, 12s)'), '⠹ 12s')
  assert.equal(value('■■⬝⬝ esc interrupt'), '■■⬝⬝')
  assert.equal(value('1.2k tokens'), '1.2k tokens')
  assert.equal(value('◐ 12:30:59'), '◐')
  for (const still of ['', '$ ', '12:30', '9:05:07 ready', 'v1.2s', 'file.7s']) {
    assert.equal(value(still), '', still)
  }
  assert.equal(tickValue({ screen: '', title: '⠋ app', told: 'working' }), '⠋')
})

test('the last eight lines of the screen are looked at', () => {
  const lines = ['1s', ...Array.from({ length: 7 }, (_, index) => `line ${index}`), '2s', '', '']
  assert.equal(tickValue({ screen: lines.join('\n') }), '2s')
})

test('an expression of the configuration takes the place of the known signs', () => {
  const screen = 'Working (7s • esc to interrupt)\n⠹ other 9s'
  assert.equal(tickValue({ screen }, 'Working \\((\\d+)s'), '7')
  assert.equal(tickValue({ screen }, 'Working'), 'Working')
  assert.equal(tickValue({ screen: '12:30 Working 12:31' }, '\\d+:\\d+'), '')
})

test('the first sight counts, the same again changes nothing, another value is the next tick', () => {
  const first = seen(noTicks, { screen: '1s' }, at)
  assert.deepEqual(first, { last_output_ts: null, last_tick_ts: at, last_tick_value: '1s', tick_seen: 1 })
  assert.equal(seen(first, { screen: '1s' }, at + 5), first)
  assert.equal(seen(first, { screen: 'quiet, 12:31' }, at + 5), first)
  assert.deepEqual(seen(first, { screen: '2s' }, at + 9), {
    ...first,
    last_tick_ts: at + 9,
    last_tick_value: '2s',
    tick_seen: 2,
  })
  assert.equal(output(first, at + 7).last_output_ts, at + 7)
})

test('a program is active up to three seconds after its last tick, both ends included', () => {
  const ticked: TickState = seen(noTicks, { screen: '1s' }, at)
  const active = (now: number) => isActiveByTick(ticked, now)
  assert.deepEqual([active(at), active(at + tickWindowMs), active(at + tickWindowMs + 1)], [true, true, false])
  assert.equal(active(at - 1), false)
  assert.equal(isActiveByTick(ticked, at + 10, 9), false)
  assert.equal(isActiveByTick(ticked, at + 9, 9), true)
  assert.equal(isActiveByTick(noTicks, at), false)
  assert.equal(isActiveByTick(output(noTicks, at), at), false)
})
