// What becomes of the words of real agents: messages, thoughts, calls with their results and edits, and how a turn ended.

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { cases } from '../../cases.fixture.ts'
import { compile, type Schema } from '../../schema/check.ts'
import { Message } from '../../schema/parts.ts'
import type { ProgramEvent } from '../contract.ts'
import { fieldsOf } from '../formats/fields.ts'
import type { Contents } from './contents.ts'
import { type Request, saidIn } from './rpc.ts'
import { Updates } from './updates.ts'

const agents = ['codex-acp-2.6.0', 'gemini-0.61.0', 'opencode-1.18.33', 'qwen-0.24.4'] as const
type Agent = (typeof agents)[number]

interface Line {
  readonly from: 'agent' | 'client'
  readonly message: { readonly method?: string; readonly result?: unknown }
}

/** What is told of each prompt of a recording, as the driver takes it: of a session that is taken up, from the prompt on. */
function turnsOf(agent: Agent, name: string, contents: Contents = () => null): ProgramEvent[][] {
  const text = readFileSync(new URL(`recordings/${agent}/${name}.jsonl`, import.meta.url), 'utf8')
  const turns: ProgramEvent[][] = []
  let updates: Updates | null = null
  let asked: Request | null = null
  for (const line of text.trimEnd().split('\n')) {
    const { from, message } = JSON.parse(line) as Line
    const told = turns.at(-1)
    if (from === 'client') {
      if (message.method === 'session/prompt') {
        updates = new Updates(contents)
        turns.push([])
      }
      const isDenied = /"(cancel|reject)"/.test(JSON.stringify(message.result ?? null))
      if (asked && isDenied) told?.push(...(updates?.denied(fieldsOf(asked.params.toolCall)) ?? []))
      asked = null
      continue
    }
    const said = saidIn(JSON.stringify(message))
    if (!updates) continue
    if (said.type === 'notice') told?.push(...updates.push(fieldsOf(said.params.update)))
    else if (said.type === 'answer') {
      told?.push(...(said.error ? updates.failed(said.error.message) : updates.over(said.result)))
      updates = null
    } else if (said.type === 'request' && said.method === 'session/request_permission') {
      asked = said
      told?.push(...updates.asked(fieldsOf(said.params.toolCall)))
    }
  }
  return turns
}

/** Short forms, to be compared. */
function short(event: ProgramEvent): string {
  if (event.type === 'usage') return `usage ${event.usage.input_tokens}/${event.usage.output_tokens}`
  if (event.type === 'done') return event.ok ? 'done' : `failed: ${event.error}`
  if (event.type !== 'message') return event.type
  const parts = (event.parts ?? []).map((part) => {
    if (part.type === 'reasoning') return 'thought'
    if (part.type === 'call') return `call ${part.name} ${JSON.stringify(part.input)}`
    if (part.type === 'result') return [part.error ? 'failed' : 'result', part.output].filter(Boolean).join(' ')
    return part.type === 'edit' ? `${part.operation} ${part.path} ${part.diff ?? ''}`.trim() : part.type
  })
  return [event.final ? 'answer' : '', event.content, ...parts].filter((word) => word !== '').join(' ')
}

function told(agent: Agent, name: string): string[][] {
  return turnsOf(agent, name).map((events) => events.filter(({ type }) => type !== 'delta').map(short))
}

const isNew = '/home/anna/app/new file é.txt'
const isOld = '/home/anna/app/note.txt'
const created = '@@ -0,0 +1,2 @@\n+one\n+two'
const command = 'echo out; echo err >&2; exit 3'

test('Gemini: its work is told in order, each call once, with what it changed', () => {
  assert.deepEqual(told('gemini-0.61.0', 'work'), [
    [
      ...['thought', 'I look at the file first.', 'call execute {"title":"cat note.txt","paths":[]}', 'result'],
      ...['thought', `call edit {"title":"Writing to new file é.txt","paths":["${isNew}"]}`],
      ...[`result create ${isNew} ${created}`, 'thought'],
      `call edit {"title":"note.txt: first line => the first line","paths":["${isOld}"]}`,
      `result update ${isOld} @@ -1,2 +1,2 @@\n-first line\n+the first line\n last line`,
      ...['thought', `call execute {"title":"${command}","paths":[]}`, 'result', 'thought'],
      ...['usage 600/125', 'answer All four steps are done.', 'done'],
    ],
  ])
})

test('OpenCode: its work is told in order, with the input of each call as it was in the end', () => {
  assert.deepEqual(told('opencode-1.18.33', 'work'), [
    [
      ...['thought', 'I look at the file first.', `call read {"filePath":"${isOld}"}`],
      `result <path>${isOld}</path>\n<type>file</type>\n<content>\n1: first line\n2: last line\n\n(End of file - total 2 lines)\n</content>`,
      ...['thought', `call edit {"filePath":"${isNew}","content":"one\\ntwo\\n"}`],
      `result Wrote file successfully. create ${isNew}`,
      ...['thought', `call edit {"filePath":"${isOld}","oldString":"first line","newString":"the first line"}`],
      `result Edit applied successfully. update ${isOld} @@ -1,1 +1,1 @@\n-first line\n+the first line`,
      ...['thought', `call execute {"command":"${command}","description":"fails","cwd":"/home/anna/app"}`],
      ...['failed out\nerr\n', 'thought', 'usage 120/30', 'answer All four steps are done.', 'done'],
    ],
  ])
})

test('Qwen: its work is told in order, by the names of its calls, and what each answer of its model took', () => {
  assert.deepEqual(told('qwen-0.24.4', 'work'), [
    [
      ...['thought', 'usage 120/30', 'I look at the file first.', `call read_file {"file_path":"${isOld}"}`],
      ...['result first line\nlast line\n', 'usage 120/30'],
      `call write_file {"file_path":"${isNew}","content":"one\\ntwo\\n"}`,
      ...[`result create ${isNew} ${created}`, 'usage 120/30'],
      `call edit {"file_path":"${isOld}","old_string":"first line","new_string":"the first line"}`,
      `result update ${isOld} @@ -1,2 +1,2 @@\n-first line\n+the first line\n last line`,
      ...['usage 120/30', `call run_shell_command {"command":"${command}","is_background":false}`],
      ...['failed out\nerr', 'usage 120/30', 'answer All four steps are done.', 'done'],
    ],
  ])
})

test('Codex: its work is told in order, with what commands print in pieces of their own', () => {
  const [turn = []] = told('codex-acp-2.6.0', 'work')
  assert.match(turn[0] ?? '', /^Warning: Model metadata/)
  assert.deepEqual(turn.slice(1), [
    ...['thought', 'I look at the file first.'],
    `call exec_command {"title":"Read file '${isOld}'","paths":["${isOld}"]}`,
    ...['result first line\nlast line\n', 'thought', 'call edit {"title":"Editing files","paths":[]}'],
    ...[`result create ${isNew} ${created}`, 'thought', 'call edit {"title":"Editing files","paths":[]}'],
    `result update ${isOld} @@ -1,2 +1,2 @@\n-first line\n+the first line\n last line`,
    ...['thought', `call exec_command {"command":"${command}","cwd":"/home/anna/app"}`, 'failed out\nerr\n', 'thought'],
    ...['usage 500/150', 'answer All four steps are done.', 'done'],
  ])
})

test('an edit names the files before and after it, also where only the piece is told, unless something else stands there now', () => {
  const [before, after, made] = ['first line\nlast line\n', 'the first line\nlast line\n', 'one\ntwo\n']
  const hashOf = (text: string): string => hash('sha256', text, 'base64url')
  const edits = (agent: Agent, old: string) =>
    turnsOf(agent, 'work', (path) => (path === isNew ? made : old))
      .flatMap((events) => events.flatMap((event) => (event.type === 'message' ? (event.parts ?? []) : [])))
      .filter((part) => part.type === 'edit')
  for (const agent of agents) {
    const [create, update] = edits(agent, after)
    assert.deepEqual([create?.before, create?.after], [undefined, hashOf(made)], agent)
    assert.deepEqual([update?.before, update?.after], [hashOf(before), hashOf(after)], agent)
    assert.match(update?.diff ?? '', /^@@ -1,2 \+1,2 @@\n/)
    for (const other of ['something else\n', after + after]) {
      const [, changed] = edits(agent, other)
      assert.deepEqual([changed?.before, changed?.after], [undefined, undefined], agent)
    }
  }
})

test('a call that was not permitted has one result, which says so, and no edit', () => {
  for (const agent of ['gemini-0.61.0', 'opencode-1.18.33', 'qwen-0.24.4'] as const) {
    const [turn = []] = told(agent, 'deny')
    const refused = turn.filter((one) => one === 'failed not permitted')
    assert.equal(refused.length, agent === 'gemini-0.61.0' ? 3 : 1)
    assert.deepEqual(
      turn.filter((one) => /(create|update) \//.test(one)),
      [],
    )
    assert.equal(turn.at(-1), 'done')
  }
})

test('a turn that was cancelled says so, and the next one stands for itself', () => {
  for (const agent of agents) {
    const [first, second] = told(agent, 'cancel')
    assert.equal(first?.at(-1), 'failed: its turn was cancelled')
    assert.deepEqual(second?.slice(-2), ['answer Hello from the model.', 'done'])
  }
})

test('what a model refused is told in its words', () => {
  for (const agent of agents)
    assert.match(told(agent, 'failed')[0]?.at(-1) ?? '', /^failed: .*the model does not want to/s)
})

test('history that is told before a session is taken up is no part of the turn', () => {
  assert.deepEqual(told('opencode-1.18.33', 'loaded'), [
    ['thought', 'usage 120/30', 'answer The second answer.', 'done'],
  ])
  assert.deepEqual(told('codex-acp-2.6.0', 'loaded')[0]?.slice(1), [
    ...['thought', 'usage 100/30', 'answer The second answer.', 'done'],
  ])
})

test('whatever an agent says, the messages that are made of it can be kept', () => {
  const check = compile(Message as unknown as Schema)
  const kinds = ['agent_message_chunk', 'agent_thought_chunk', 'tool_call', 'tool_call_update', 'plan', 'other']
  const text = fc.oneof(fc.string(), fc.constant(undefined), fc.integer(), fc.constant(null))
  const part = fc.record({
    type: fc.constantFrom('diff', 'content', 'text', 'terminal'),
    path: text,
    newText: text,
    text,
  })
  const update = fc.record({
    ...{ sessionUpdate: fc.constantFrom(...kinds), toolCallId: text, title: text, kind: text, name: text },
    status: fc.constantFrom('pending', 'in_progress', 'completed', 'failed', undefined),
    ...{ content: fc.oneof(part, fc.array(part), text), rawInput: fc.jsonValue(), rawOutput: fc.jsonValue() },
    locations: fc.oneof(fc.array(fc.record({ path: text })), text),
  })
  const many = fc.array(update, { size: 'max', maxLength: 40 })
  fc.assert(
    fc.property(many, fc.jsonValue(), (all, answer) => {
      const updates = new Updates(() => 'x')
      const events = [...all.flatMap((one) => updates.push(one)), ...updates.over(fieldsOf(answer))]
      for (const event of events) {
        if (event.type !== 'message') continue
        const { role, content, parts } = event
        assert.equal(check({ role, content, ...(parts ? { parts } : {}) }, ''), null)
      }
      assert.equal(events.at(-1)?.type, 'done')
    }),
    cases(100),
  )
})
