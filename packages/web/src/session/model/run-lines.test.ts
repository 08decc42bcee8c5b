// Proves which runs say how they went, for every state there is, and that what is folded away keeps its place.

import assert from 'node:assert/strict'
import test from 'node:test'
import { entryAt, messageAt } from './entries.fixture.ts'
import { type RunFacts, saysHowItWent } from './run-lines.ts'
import { Timeline } from './timeline.ts'

const both = [false, true]

test('a run that began at once, left something and failed at nothing says nothing; all others do', () => {
  const silent: string[] = []
  for (const state of ['queued', 'under way', 'done', 'failed', 'cancelled'] as const satisfies RunFacts['state'][]) {
    for (const waited of both) {
      for (const left of both) {
        if (!saysHowItWent({ state, waited, left })) silent.push(`${state} ${waited} ${left}`)
      }
    }
  }
  assert.deepEqual(silent, ['under way false false', 'under way false true', 'done false true'])
})

const queued = (seq: number, run: string) => entryAt(seq, 'run.queued', { run_id: run })
const started = (seq: number, run: string, more: object = {}) => entryAt(seq, 'run.started', { run_id: run }, more)
const finished = (seq: number, run: string, status = 'done') => entryAt(seq, 'run.finished', { run_id: run, status })
const turn = (begin = {}) => [
  messageAt(1, 'user', 'look'),
  queued(2, 'r'),
  started(3, 'r', begin),
  messageAt(4, 'assistant', 'seen', {}, 'r'),
]
const spansOf = (timeline: Timeline) => timeline.rows.map(({ from, to }) => [from, to])

test('a turn that just works is what was said, and every entry has its place in a row', () => {
  const timeline = new Timeline()
  timeline.add(turn())
  timeline.add([finished(5, 'r')])
  assert.deepEqual(spansOf(timeline), [
    [1, 3],
    [4, 5],
  ])
  timeline.add([messageAt(6, 'user', 'more')])
  assert.deepEqual(spansOf(timeline), [
    [1, 3],
    [4, 5],
    [6, 6],
  ])
})

test('a run that waits is seen in the queue until it begins, and for ever where that took longer than a second', () => {
  const timeline = new Timeline()
  timeline.add(turn().slice(0, 2))
  assert.deepEqual(spansOf(timeline), [
    [1, 1],
    [2, 2],
  ])
  timeline.add(turn().slice(2))
  assert.deepEqual(spansOf(timeline), [
    [1, 3],
    [4, 4],
  ])
  const waited = new Timeline()
  waited.add(turn({ at: new Date(Date.UTC(2026, 0, 1) + 3001).toISOString() }))
  assert.deepEqual(spansOf(waited), [
    [1, 1],
    [2, 3],
    [4, 4],
  ])
})

test('a run that fails says so with all its lines, and one that left nothing says that it was done', () => {
  const failed = new Timeline()
  failed.add([...turn(), finished(5, 'r', 'failed')])
  assert.deepEqual(spansOf(failed), [
    [1, 1],
    [2, 3],
    [4, 4],
    [5, 5],
  ])
  const silent = new Timeline()
  silent.add([queued(1, 's'), started(2, 's')])
  assert.deepEqual(spansOf(silent), [])
  silent.add([finished(3, 's')])
  assert.deepEqual(spansOf(silent), [[1, 3]])
})

test('the entry that an address names is shown, and folded away again with the next address', () => {
  const timeline = new Timeline()
  timeline.add([...turn(), finished(5, 'r')])
  const before = timeline.rows
  timeline.look({ named: 3 })
  assert.deepEqual(spansOf(timeline), [
    [1, 2],
    [3, 3],
    [4, 5],
  ])
  assert.equal(timeline.rows[2], before[1], 'a row that nothing happened to is the same object')
  const again = new Timeline(timeline)
  again.add([...turn(), finished(5, 'r')])
  assert.deepEqual(again.rows, timeline.rows)
  again.look({ named: null })
  assert.deepEqual(spansOf(again), [
    [1, 3],
    [4, 5],
  ])
})
