// Tests of what a talk prints of a session's entries and unfinished output.

import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import type { Message } from '../../schema/parts.ts'
import type { EntryShape } from '../../schema/wire-shapes.ts'
import { openOutput } from '../output.ts'
import { Telling } from './telling.ts'

function telling(): Telling {
  const sink = new PassThrough()
  const output = openOutput(sink, sink, false, { json: false, quiet: false, env: {} })
  return new Telling({ output, columns: () => 80, now: () => 0, isTyped: () => false })
}

function entry(kind: string, data: object): EntryShape {
  return {
    seq: 1,
    v: 1,
    kind,
    at: '2026-03-02T08:44:00.000Z',
    actor: 'agent:coder',
    run_id: 'run_1',
    data,
  } as EntryShape
}

function said(message: Partial<Message>): EntryShape {
  return entry('message', { role: 'assistant', content: '', agent: 'coder', ...message })
}

test('what a run was doing is not shown any more when it has failed', () => {
  const shown = telling()
  shown.item({ delta: { run_id: 'run_1', progress: 'openai/x: overloaded, again in 1 s' } })
  assert.match(shown.tail, /again in 1 s/)
  shown.item(entry('run.finished', { run_id: 'run_1', status: 'failed', reason: 'error', error: { message: 'no' } }))
  assert.equal(shown.tail, '')
  assert.deepEqual(shown.take(), ['failed (error): no'])
})

test('a call is told by the name of its skill and its text, and a failure with its reason', () => {
  const shown = telling()
  const call = { type: 'call', call_id: 'c1', name: 'command__run', input: { command: 'ls -l' } } as const
  shown.item(said({ parts: [call] }))
  assert.equal(shown.tail, '⋯ command/run ls -l')
  const result = { type: 'result', call_id: 'c1', output: 'forbidden: not in\n/tmp', error: true } as const
  shown.item(said({ role: 'tool', parts: [result] }))
  assert.deepEqual(shown.take(), ['coder', '· command/run ls -l  failed 0 ms', '  forbidden: not in /tmp'])
})
