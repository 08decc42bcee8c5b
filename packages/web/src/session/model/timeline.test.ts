// Proves what a timeline makes of entries: calls with their results, waits with their decisions, and growing output.

import assert from 'node:assert/strict'
import test from 'node:test'
import { entryAt, messageAt } from './entries.fixture.ts'
import type { Item } from './items.ts'
import { mostOutput } from './items.ts'
import { Timeline } from './timeline.ts'

const itemsOf = (timeline: Timeline): Item[] => timeline.rows.flatMap((row) => row.items)

test('a call and its result are one item, though they stand in two entries', () => {
  const timeline = new Timeline()
  timeline.add([
    messageAt(1, 'user', 'look'),
    messageAt(2, 'assistant', '', { parts: [{ type: 'call', call_id: 'c1', name: 'read', input: { path: 'a' } }] }),
  ])
  const before = timeline.rows
  assert.equal(itemsOf(timeline).at(-1)?.type === 'tool' && itemsOf(timeline)[1]?.stamp, '2')
  timeline.add([messageAt(3, 'tool', 'text', { parts: [{ type: 'result', call_id: 'c1', output: 'text' }] })])
  const [, tool] = itemsOf(timeline)
  assert.ok(tool?.type === 'tool')
  assert.deepEqual([tool.state, tool.output, tool.ended?.seq, tool.key], ['done', 'text', 3, '2.0'])
  assert.equal(timeline.rows.length, 2)
  assert.equal(timeline.rows[0], before[0], 'a row that nothing happened to is the same object')
})

test('calls that follow each other are one group, and whatever stands between ends it', () => {
  const timeline = new Timeline()
  const call = (seq: number) =>
    messageAt(seq, 'assistant', '', { parts: [{ type: 'call', call_id: `c${seq}`, name: 'run' }] })
  timeline.add([call(1), call(2), call(3), messageAt(4, 'assistant', 'so'), call(5)])
  assert.deepEqual(
    timeline.rows.map((row) => [row.group, row.from, row.to, row.items.length]),
    [
      ['tools', 1, 3, 3],
      [null, 4, 4, 1],
      ['tools', 5, 5, 1],
    ],
  )
})

test('parts of a message stand in their order, and reasoning before a text that stands beside the parts', () => {
  const timeline = new Timeline()
  const reasoning = { type: 'reasoning', text: 'hm', duration_ms: 900 }
  const call = { type: 'call', call_id: 'c', name: 'n' }
  timeline.add([
    messageAt(1, 'assistant', 'said', { parts: [call, reasoning], usage: { input_tokens: 3, output_tokens: 4 } }),
    messageAt(2, 'assistant', 'ab', {
      parts: [{ type: 'text', text: 'a' }, call, { type: 'text', text: 'b' }],
      cost: 1,
    }),
  ])
  const told = itemsOf(timeline).map((item) =>
    item.type === 'message' ? `${item.text} ${item.tokens} ${item.cost}` : item.type,
  )
  assert.deepEqual(told, ['reasoning', 'said 7 undefined', 'tool', 'a undefined undefined', 'tool', 'b undefined 1'])
})

test('an approval, a question and an unknown outcome show at their place what became of them', () => {
  const timeline = new Timeline()
  timeline.add([
    entryAt(1, 'approval.requested', { run_id: 'r', approval_id: 'a', summary: 'push', digest: 'd' }),
    entryAt(2, 'question.asked', { run_id: 'r', question_id: 'q', summary: 'which?' }),
    entryAt(3, 'step.started', { run_id: 'r', step: 's', name: 'pay' }),
    entryAt(4, 'step.finished', { run_id: 'r', step: 's', unknown: true }),
  ])
  assert.deepEqual(
    itemsOf(timeline).map((item) => ('state' in item ? item.state : null)),
    ['open', 'open', 'unknown', 'open'],
  )
  timeline.add([
    entryAt(5, 'approval.decided', { run_id: 'r', approval_id: 'a', decision: 'denied', by: 'user:bo', digest: 'd' }),
    entryAt(6, 'question.answered', { run_id: 'r', question_id: 'q', answer: 'main' }),
    entryAt(7, 'step.resolved', { run_id: 'r', step: 's', resolution: 'done', reason: 'seen', by: 'user:bo' }),
  ])
  assert.deepEqual(
    itemsOf(timeline).map((item) => ('state' in item ? item.state : null)),
    ['denied', 'answered', 'unknown', 'done'],
  )
  const [approval] = itemsOf(timeline)
  assert.ok(approval?.type === 'approval' && approval.decided?.by === 'user:bo')
})

test('a call keeps what its result says, and took as long as its step', () => {
  const timeline = new Timeline()
  const call = { type: 'call', call_id: 'c', name: 'command__run', input: { command: 'npm test' } }
  const result = { type: 'result', call_id: 'c', output: { text: '1 failed', exit: 1 }, error: true }
  timeline.add([
    messageAt(1, 'assistant', 'I test it.', { parts: [call] }, 'r'),
    entryAt(60, 'step.started', { run_id: 'r', step: 's', name: 'command/run', input: { call_id: 'c' } }),
    messageAt(62, 'tool', '', { parts: [result] }, 'r'),
    entryAt(63, 'step.finished', { run_id: 'r', step: 's', output: { message_seq: 62 } }),
  ])
  const shown = itemsOf(timeline).find((item) => item.type === 'tool')
  assert.ok(shown?.type === 'tool')
  assert.equal(shown.state, 'failed')
  assert.deepEqual(shown.output, result.output)
  assert.equal(Date.parse(shown.ended?.at ?? '') - Date.parse(shown.began ?? ''), 2000)
})

test('output of a process grows in one item that keeps its newest part', () => {
  const timeline = new Timeline()
  const output = (seq: number, offset: number, text: string) =>
    entryAt(seq, 'process.output', { process_id: 'p', stream: 'out', offset, bytes: text.length, text })
  timeline.add([output(1, 0, 'a\n'), output(2, 2, 'b\n')])
  timeline.add([output(3, 4, 'x'.repeat(mostOutput))])
  const [item] = itemsOf(timeline)
  assert.ok(item?.type === 'output')
  assert.deepEqual([item.key, item.text.length, item.cut, item.lastSeq], ['1.0', mostOutput, 4, 3])
  timeline.add([messageAt(4, 'user', 'x'), output(5, mostOutput + 4, 'c')])
  assert.equal(timeline.rows.length, 3)
})

test('a result whose call is not read yet stands alone, and joins it when it is', () => {
  const result = messageAt(9, 'tool', '', { parts: [{ type: 'result', call_id: 'c', output: 1, error: true }] })
  const alone = new Timeline()
  alone.add([result])
  assert.equal(itemsOf(alone)[0]?.key, '9.0')
  const joined = new Timeline(alone)
  joined.add([messageAt(8, 'assistant', '', { parts: [{ type: 'call', call_id: 'c', name: 'read' }] }), result])
  const [tool, ...more] = itemsOf(joined)
  assert.ok(tool?.type === 'tool' && tool.state === 'failed' && tool.name === 'read')
  assert.equal(more.length, 0)
})

test('folding a larger window again gives the same objects for what did not change', () => {
  const entries = [messageAt(2, 'user', 'b'), entryAt(3, 'note', { type: 'todo', text: 'c' })]
  const first = new Timeline()
  first.add(entries)
  const second = new Timeline(first)
  second.add([messageAt(1, 'user', 'a'), ...entries])
  assert.equal(second.rows[1], first.rows[0])
  assert.equal(second.rows[2], first.rows[1])
})

test('every kind is shown, also one that is erased and one that is not known here', () => {
  const timeline = new Timeline()
  timeline.add([
    entryAt(1, 'session.opened', { owner: 'o', agent: 'a', base: { session_id: 'b', seq: 4, hash: 'h' } }),
    entryAt(2, 'message', null, { erased: true }),
    entryAt(3, 'future.thing', { x: 1 }),
    entryAt(4, 'handoff', { from: 'a', to: 'b', reason: 'r' }),
    entryAt(5, 'run.finished', { run_id: 'r', status: 'failed', reason: 'error', error: { code: 'x', message: 'm' } }),
    entryAt(6, 'process.exited', { process_id: 'p', bytes: 0 }),
  ])
  assert.deepEqual(
    itemsOf(timeline).map((item) => item.type),
    ['rule', 'erased', 'quiet', 'rule', 'run', 'process'],
  )
  const [fork, , , , run, process] = itemsOf(timeline)
  assert.ok(fork?.type === 'rule' && fork.link?.seq === 4)
  assert.ok(run?.type === 'run' && run.text === 'm')
  assert.ok(process?.type === 'process' && process.state === 'lost')
})
