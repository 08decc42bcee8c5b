// The readers of formats, over what the real programs printed: a plain answer, work with calls, a resumed turn, a failure.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { cases } from '../../cases.fixture.ts'
import { compile, type Schema } from '../../schema/check.ts'
import { isDaybookError } from '../../schema/errors.ts'
import { Message } from '../../schema/parts.ts'
import { type FormatName, formatNames, type ProgramEvent } from '../contract.ts'
import { readerOf } from './reader.ts'

const recorded = {
  'codex-jsonl': 'codex-0.169.0',
  'gemini-stream-json': 'gemini-0.61.0',
  'opencode-json': 'opencode-1.18.33',
  'qwen-stream-json': 'qwen-0.24.4',
} as const
type Recorded = keyof typeof recorded
const formats = Object.keys(recorded) as Recorded[]

function linesOf(format: Recorded, name: string): string[] {
  const file = new URL(`recordings/${recorded[format]}/${name}.jsonl`, import.meta.url)
  return readFileSync(file, 'utf8').trimEnd().split('\n')
}

function read(format: FormatName, lines: readonly string[]): ProgramEvent[] {
  const reader = readerOf(format)
  return [...lines.flatMap((line) => reader.push(line)), ...reader.end()]
}

/** Short forms, to be compared. */
function short(event: ProgramEvent): string {
  if (event.type === 'token') return `token ${event.token.slice(0, 8)}`
  if (event.type === 'delta') return `delta ${event.text}`
  if (event.type === 'usage')
    return `usage ${event.usage.input_tokens}/${event.usage.output_tokens}${event.total ? ' in all' : ''}`
  if (event.type === 'done')
    return event.ok ? 'done' : `failed: ${/[a-z ]*does not want to/.exec(event.error ?? '')?.[0].trim()}`
  if (event.type === 'foreign') return `foreign ${event.kind}`
  const parts = (event.parts ?? []).map((part) => {
    if (part.type === 'reasoning') return `(${part.text.replaceAll('\n', ' ')})`
    if (part.type === 'call') return `call ${part.name}`
    if (part.type === 'result') return part.error ? 'failed' : 'result'
    return part.type === 'edit' ? `${part.operation} ${part.path}` : part.type
  })
  const name = event.final ? 'answer' : event.role
  return [name, ...(event.content === '' ? [] : [JSON.stringify(event.content)]), ...parts].join(' ')
}

const read_ = (format: Recorded, name: string): string[] => read(format, linesOf(format, name)).map(short)
const isNew = '/home/anna/app/new file é.txt'
const isOld = '/home/anna/app/note.txt'

test('Codex: every item of its turns is told in order, the last text as the answer', () => {
  const thought = 'assistant (**Looking around**  I have to look first.)'
  assert.deepEqual(read_('codex-jsonl', 'plain'), [
    ...['token 01a20066', 'foreign error', thought, 'usage 120/30 in all', 'answer "Hello from the model."', 'done'],
  ])
  assert.deepEqual(read_('codex-jsonl', 'work'), [
    ...['token 01a20067', 'foreign error', thought, 'assistant "I look at the file first."'],
    ...['assistant call command', 'tool result', thought],
    ...['assistant call file_change', `tool result create ${isNew}`, thought],
    ...['assistant call file_change', `tool result update ${isOld}`, thought],
    ...['assistant call command', 'tool failed', thought],
    ...['usage 600/150 in all', 'answer "All four steps are done."', 'done'],
  ])
  assert.deepEqual(read_('codex-jsonl', 'resumed').slice(-3), [
    'usage 720/180 in all',
    'answer "The second answer."',
    'done',
  ])
  assert.deepEqual(read_('codex-jsonl', 'failed').slice(-2), ['foreign error', 'failed: the model does not want to'])
})

test('Gemini: pieces are shown as they come and told as one, calls with their results', () => {
  assert.deepEqual(read_('gemini-stream-json', 'plain'), [
    ...[
      'token 11111111',
      'delta Hello fr',
      'delta om the model.',
      'usage 120/25',
      'answer "Hello from the model."',
      'done',
    ],
  ])
  assert.deepEqual(read_('gemini-stream-json', 'work'), [
    ...['token 11111111', 'delta I look at the file first.', 'assistant "I look at the file first."'],
    ...['assistant call run_shell_command', 'tool result'],
    ...['assistant call write_file', `tool result update ${isNew}`],
    ...['assistant call replace', `tool result update ${isOld}`],
    ...['assistant call run_shell_command', 'tool result'],
    ...['delta All four', 'delta  steps are done.', 'usage 600/125', 'answer "All four steps are done."', 'done'],
  ])
  assert.deepEqual(read_('gemini-stream-json', 'resumed').slice(-2), ['answer "The second answer."', 'done'])
  assert.deepEqual(read_('gemini-stream-json', 'failed'), ['token e9b4883a', 'failed: the model does not want to'])
})

test('OpenCode: the parts of its steps, done with the step that stops', () => {
  const thought = 'assistant (I have to look first.)'
  assert.deepEqual(read_('opencode-json', 'plain'), [
    ...['token ses_dff9', thought, 'usage 120/30', 'answer "Hello from the model."', 'done'],
  ])
  assert.deepEqual(read_('opencode-json', 'work'), [
    ...[
      'token ses_dff9',
      'assistant "I look at the file first."',
      'assistant call read',
      'tool result',
      'usage 120/30',
    ],
    ...['assistant call write', `tool result create ${isNew}`, 'usage 120/30'],
    ...['assistant call edit', `tool result update ${isOld}`, 'usage 120/30'],
    ...['assistant call bash', 'tool failed', 'usage 120/30'],
    ...['usage 120/30', 'answer "All four steps are done."', 'done'],
  ])
  assert.deepEqual(read_('opencode-json', 'resumed').slice(-2), ['answer "The second answer."', 'done'])
  assert.deepEqual(read_('opencode-json', 'failed'), [
    'token ses_dff9',
    'foreign error',
    'failed: the model does not want to',
  ])
})

test('Qwen: pieces are shown, parts are told when they are complete, and what it says of a failure is its reason', () => {
  const thought = 'assistant (I have to look first.)'
  assert.deepEqual(read_('qwen-stream-json', 'plain'), [
    ...['token 11111111', thought, 'delta Hello fr', 'delta om the model.'],
    ...['usage 240/60 in all', 'answer "Hello from the model."', 'done'],
  ])
  assert.deepEqual(read_('qwen-stream-json', 'work'), [
    ...['token 11111111', thought, 'delta I look at the file first.', 'assistant "I look at the file first."'],
    ...['assistant call read_file', 'tool result'],
    ...['assistant call write_file', `tool result create ${isNew}`],
    ...['assistant call edit', `tool result update ${isOld}`],
    ...['assistant call run_shell_command', 'tool failed'],
    ...[
      'delta All four',
      'delta  steps are done.',
      'usage 600/150 in all',
      'answer "All four steps are done."',
      'done',
    ],
  ])
  const resumed = ['usage 840/210 in all', 'answer "The second answer."', 'done']
  assert.deepEqual(read_('qwen-stream-json', 'resumed').slice(-3), resumed)
  assert.deepEqual(read_('qwen-stream-json', 'failed').slice(-1), ['failed: the model does not want to'])
  assert.ok(!read_('qwen-stream-json', 'failed').some((one) => one.startsWith('assistant')))
})

test('what an agent of Qwen says to it is kept beside, what that one called was called in the turn', () => {
  const nested = linesOf('qwen-stream-json', 'work').map((line) =>
    line.replace('"parent_tool_use_id":null', '"parent_tool_use_id":"call_0"'),
  )
  const told = read('qwen-stream-json', nested).map(short)
  assert.deepEqual(told.slice(1, 4), ['foreign assistant', 'foreign assistant', 'assistant call read_file'])
  assert.deepEqual(told.slice(-4), [
    'foreign assistant',
    'usage 600/150 in all',
    'answer "All four steps are done."',
    'done',
  ])
})

test('an error that OpenCode goes on behind does not fail its turn, an answer that was cut does', () => {
  const [error = ''] = linesOf('opencode-json', 'failed')
  const plain = linesOf('opencode-json', 'plain')
  assert.equal(
    read('opencode-json', [error, ...plain])
      .map(short)
      .at(-1),
    'done',
  )
  const cut = plain.map((line) => line.replace('"reason":"stop"', '"reason":"length"'))
  assert.deepEqual(read('opencode-json', cut).at(-1), {
    type: 'done',
    ok: false,
    error: 'its answer ended with length',
  })
})

test('of a call everything is there: what was asked, what came of it, and the diff of an edit', () => {
  const events = read('opencode-json', linesOf('opencode-json', 'work'))
  const parts = events.flatMap((event) => (event.type === 'message' ? (event.parts ?? []) : []))
  const edit = parts.find((part) => part.type === 'edit' && part.operation === 'update')
  assert.ok(edit?.type === 'edit')
  assert.deepEqual([edit.added, edit.removed], [1, 1])
  assert.match(String(edit.diff), /^-first line\n\+the first line$/m)
  const codex = read('codex-jsonl', linesOf('codex-jsonl', 'work'))
  const [asked, came] = codex.flatMap((event) => (event.type === 'message' ? (event.parts ?? []) : [])).slice(-3)
  assert.deepEqual(asked, {
    type: 'call',
    call_id: 'item_9',
    name: 'command',
    input: { command: "/bin/bash -lc 'echo out; echo err >&2; exit 3'" },
  })
  assert.deepEqual(came, {
    type: 'result',
    call_id: 'item_9',
    error: true,
    output: { output: 'out\nerr\n', exit_code: 3 },
  })
})

test('plain output is the answer, and what is too much of it is counted', () => {
  assert.deepEqual(read('text', ['one', '', 'two', '']), [
    { type: 'delta', text: 'one\n' },
    { type: 'delta', text: '\n' },
    { type: 'delta', text: 'two\n' },
    { type: 'delta', text: '\n' },
    { type: 'message', role: 'assistant', content: 'one\n\ntwo', final: true },
  ])
  const last = read(
    'text',
    Array.from({ length: 1025 }, () => 'é'.repeat(511).concat('x')),
  ).at(-1)
  assert.ok(last?.type === 'message')
  assert.equal(last.content.length, 1024 * 513 - 1 + '\n… 1024 bytes left out …'.length)
})

test('a turn that is cut off anywhere gives no answer, and nothing of what was told before is lost', () => {
  for (const format of formats) {
    const lines = linesOf(format, 'work')
    const whole = read(format, lines)
      .filter(({ type }) => type === 'message')
      .map(short)
    for (let count = 0; count < lines.length; count += 1) {
      const events = read(format, lines.slice(0, count))
      assert.ok(!events.some((event) => event.type === 'done' || (event.type === 'message' && event.final)))
      const told = events.filter(({ type }) => type === 'message').map(short)
      assert.deepEqual(told.slice(0, -1), whole.slice(0, Math.max(told.length - 1, 0)))
    }
  }
})

test('what is too large, too deep or ambiguous for the log is cut or told as text', () => {
  const lines = linesOf('codex-jsonl', 'work')
  const item = (more: object) => JSON.stringify({ type: 'item.completed', item: { id: 'i', ...more } })
  const partsOf = (line: string) =>
    read('codex-jsonl', [line, ...lines.slice(-1)]).flatMap((one) => (one.type === 'message' ? [one] : []))
  const inputOf = (one: ProgramEvent | undefined) => {
    const [part] = one?.type === 'message' ? (one.parts ?? []) : []
    return part?.type === 'call' ? typeof part.input : null
  }
  const [said] = partsOf(item({ type: 'agent_message', text: 'x'.repeat(1_000_000) }))
  assert.ok(said && said.content.length < 140_000 && said.content.includes(' characters left out '))
  const [, ran] = partsOf(item({ type: 'command_execution', aggregated_output: '\n'.repeat(3_000_000), exit_code: 0 }))
  assert.ok(JSON.stringify(ran).length < 140_000)
  const deep = JSON.parse('['.repeat(500) + ']'.repeat(500))
  const [asked] = partsOf(item({ type: 'mcp_tool_call', tool: 't', arguments: { deep, big: 1 } }))
  assert.equal(inputOf(asked), 'string')
  const [counted] = partsOf(
    item({ type: 'mcp_tool_call', tool: 't', arguments: 7 }).replace(
      '"arguments":7',
      '"arguments":{"id":9007199254740993}',
    ),
  )
  assert.equal(inputOf(counted), 'string')
  const changes = Array.from({ length: 1000 }, (_, index) => ({ path: `/f${index}`, kind: 'add' }))
  const [, changed] = partsOf(item({ type: 'file_change', changes, status: 'completed' }))
  assert.equal(changed?.parts?.length, 101)
})

const check = compile(Message as unknown as Schema)

function isFault(act: () => unknown, code: string): boolean {
  try {
    act()
  } catch (error) {
    return isDaybookError(error) && error.code === code
  }
  return false
}

test('a line that is no record is refused by its code', () => {
  for (const format of formats) {
    for (const line of ['', 'Loading…', '[1]', '"text"', '7', 'null', '{"type":"result"'])
      assert.ok(
        isFault(() => readerOf(format).push(line), 'invalid'),
        line,
      )
    const long = `{"type":"${'x'.repeat(8 * 1024 * 1024)}"}`
    assert.ok(isFault(() => readerOf(format).push(long), 'too_large'))
  }
})

test('whatever a record says, it becomes messages that the log takes, or is kept beside', () => {
  const names = [
    'type item id text part state status tool tool_name tool_id role content usage error changes reason',
    'tokens path kind delta message thinking input tool_use_id parent_tool_use_id subtype session_id event',
  ].flatMap((line) => line.split(' '))
  const words = [
    'item.started item.completed agent_message command_execution file_change mcp_tool_call web_search',
    'reasoning todo_list turn.completed turn.failed thread.started message assistant tool_use tool_result',
    'result init success text step_finish step_start stop error write_file',
    'assistant user system stream_event content_block_delta text_delta tool_result thinking',
  ].flatMap((line) => line.split(' '))
  const leaf = fc.constantFrom<unknown>(...words, '', ' ', 'x'.repeat(5000), '\ud800', 0, -1, 1.5, true, null, [], {})
  const inner = fc.dictionary(fc.constantFrom(...names), leaf, { maxKeys: 5 })
  const value = fc.oneof(
    leaf,
    inner,
    fc.array(inner, { maxLength: 2 }),
    fc.record({ content: fc.array(inner, { maxLength: 3 }) }),
    fc.dictionary(fc.constantFrom(...names), inner, { maxKeys: 3 }),
  )
  const record = fc
    .tuple(fc.constantFrom(...words), fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 6 }))
    .map(([type, one]) => ({ ...one, type }))
  for (const format of formats) {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), (records) => {
        for (const event of read(
          format,
          records.map((one) => JSON.stringify(one)),
        )) {
          if (event.type !== 'message') continue
          const { role, content, parts } = event
          assert.equal(check({ role, content, ...(parts ? { parts } : {}) }, ''), null)
        }
      }),
      cases(300),
    )
  }
})

test('there is a reader for every format', () => {
  for (const format of formatNames) assert.ok(Array.isArray(readerOf(format).end()))
})
