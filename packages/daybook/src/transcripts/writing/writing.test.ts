// What is written for another agent, read again by the reader of that agent: the same was said and done.
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { suite, type TestContext, test } from 'node:test'
import type { NewEntry } from '../../schema/entries.ts'
import type { Session } from '../../session/contract.ts'
import { adopting, homeOf, messagesOf, temporaryFolder } from '../adopting.fixture.ts'
import { claude } from '../claude.ts'
import { codex } from '../codex.ts'
import type { TranscriptReader } from '../contract.ts'
import { fieldsOf, listOf } from '../fields.ts'
import { gemini } from '../gemini.ts'
import { opencode } from '../opencode.ts'
import { claudeWriter } from './claude.ts'
import { codexWriter } from './codex.ts'
import type { Told, TranscriptWriter } from './contract.ts'
import { geminiWriter } from './gemini.ts'
import { opencodeWriter } from './opencode.ts'
import { toldOf } from './told.ts'

type Messages = Awaited<ReturnType<typeof messagesOf>>

/** What both sides said, with calls and results, without what a program told its own model. */
function essence(messages: Messages): readonly unknown[] {
  return messages.flatMap((message): unknown[] => {
    if (message.role === 'system') return []
    const { role, content, parts = [], at } = message
    const said: unknown[] = content === '' ? [] : [{ role, content, at }]
    for (const part of parts) {
      if (part.type === 'call') said.push({ call: part.call_id, name: part.name, input: part.input })
      if (part.type === 'result')
        said.push({ result: part.call_id, output: bare(part.output), failed: part.error === true })
    }
    return said
  })
}

/** Codex tells a failure in the text of a result. */
function bare(output: unknown): unknown {
  return typeof output === 'string' ? output.replace(/^execution error: /, '') : output
}

const thoughts = (messages: Messages): string =>
  messages
    .flatMap(({ parts = [] }) => parts.flatMap((part) => (part.type === 'reasoning' ? [part.text.trim()] : [])))
    .join('\n')

const edits = (messages: Messages): readonly string[] =>
  messages.flatMap(({ parts = [] }) =>
    parts.flatMap((part) => (part.type === 'edit' ? [`${part.path} +${part.added} -${part.removed}`] : [])),
  )

async function written(writer: TranscriptWriter, told: Told): Promise<string> {
  return (await Array.fromAsync(writer.write(told))).join('')
}

/** The messages that the reader of the same agent makes of a written file. */
async function readAgain(
  t: TestContext,
  reader: TranscriptReader,
  writer: TranscriptWriter,
  told: Told,
): Promise<Messages> {
  const text = await written(writer, told)
  const { place } = writer.resuming(told)
  if (place === null) return imported(reader, text)
  const home = await temporaryFolder(t)
  await mkdir(dirname(join(home, place)), { recursive: true })
  await writeFile(join(home, place), text)
  const world = await adopting(t, reader, home)
  const report = await world.adopt()
  assert.deepEqual([report.problems, report.foreign, report.added], [[], 0, 1])
  const session = await world.only()
  const { metadata } = await session.cell()
  assert.equal(fieldsOf(metadata.adopted).id, writer.resuming(told).id)
  return messagesOf(session)
}

/** OpenCode takes a document in and keeps its members as records; these are what its reader reads. */
function imported(reader: TranscriptReader, text: string): Messages {
  const { info, messages } = JSON.parse(text)
  const translator = reader.translator({ id: info.id, name: 'import' })
  const records = [info, ...listOf(messages).flatMap((one) => [fieldsOf(one).info, ...listOf(fieldsOf(one).parts)])]
  const entries = [...records.flatMap((record, at) => [...translator.take(record, at)]), ...translator.flush()]
  assert.equal(translator.facts.cwd, info.directory)
  return entries.map((entry) => {
    assert.equal(entry.kind, 'message')
    return { ...(entry.data as object), at: entry.at } as Messages[number]
  })
}

const pairs = [
  { reader: codex, writer: codexWriter, recording: 'codex-0.169.0' },
  { reader: gemini, writer: geminiWriter, recording: 'gemini-0.61.0' },
  { reader: opencode, writer: opencodeWriter, recording: 'opencode-1.18.33' },
  { reader: claude, writer: claudeWriter, recording: 'described/claude' },
]

/** Their models take only thoughts that they sealed themselves. */
const sealed: ReadonlySet<TranscriptWriter> = new Set([codexWriter, claudeWriter])

async function recorded(t: TestContext, reader: TranscriptReader, recording: string): Promise<Session> {
  const world = await adopting(t, reader, await homeOf(t, recording))
  await world.adopt()
  for (const session of await world.all())
    if ((await session.head()).title === 'make the token test pass') return session
  throw new Error(`${recording} has no such session`)
}

for (const { reader, writer } of pairs) {
  suite(`${writer.title} reads what was written for it`, () => {
    for (const from of pairs) {
      test(`[B6] a session of ${from.reader.title}: words, times, calls and results`, async (t) => {
        const session = await recorded(t, from.reader, from.recording)
        const before = await messagesOf(session)
        const after = await readAgain(t, reader, writer, await toldOf(session, '/home/anna/app'))
        const [expected, actual] = [essence(before), essence(after)]
        assert.ok(expected.length >= 10)
        assert.deepEqual(actual, expected)
        assert.equal(thoughts(after), sealed.has(writer) ? '' : thoughts(before))
        if (writer !== geminiWriter) return
        // Hashes of contents cannot be written as contents: what is shown is the difference.
        const known = new Set(edits(before))
        assert.ok(edits(after).length > 0 && edits(after).every((edit) => known.has(edit)))
      })
    }
    gaps(reader, writer)
  })
}

/** A session as no program leaves it: a call that was never answered, a result of no call, a person between. */
function gaps(reader: TranscriptReader, writer: TranscriptWriter): void {
  test('what has gaps is written whole: calls without results, results without calls, notes of the system', async (t) => {
    const world = await adopting(t, codex, await temporaryFolder(t))
    const session = await world.sessions.open({ agent: 'mine', metadata: { cwd: '/home/anna/app' } })
    const messages: NewEntry<'message'>['data'][] = [
      { role: 'system', content: 'Answer in verse.' },
      { role: 'user', content: 'Проверь "это"\n数据库' },
      {
        role: 'assistant',
        content: '',
        parts: [
          { type: 'call', call_id: 'a', name: 'look', input: { path: 'x' } },
          { type: 'call', call_id: 'b', name: 'never', input: { path: 'y' } },
        ],
      },
      { role: 'tool', content: '', parts: [{ type: 'result', call_id: 'a', output: 'found', error: true }] },
      { role: 'user', content: 'stop' },
      { role: 'tool', content: '', parts: [{ type: 'result', call_id: 'z', output: 'of nobody' }] },
      { role: 'assistant', content: 'Stopped.', parts: [{ type: 'text', text: 'Really.' }] },
    ]
    await session.append(messages.map((data) => ({ kind: 'message', data })))
    const told = await toldOf(session, '/elsewhere')
    assert.equal(told.cwd, '/home/anna/app')
    const text = await written(writer, told)
    for (const each of ['Answer in verse.', 'of nobody', 'Really.', 'never']) assert.ok(text.includes(each), each)
    const after = await readAgain(t, reader, writer, await toldOf(session, '/elsewhere'))
    const roles = after.flatMap(({ role, content }) =>
      role === 'system' || content === '' ? [] : [`${role} ${content}`],
    )
    const spoken = ['user Проверь "это"\n数据库', 'user stop', 'assistant Stopped.\n\nReally.']
    assert.deepEqual(
      roles.filter((one) => !one.includes('<system-reminder>')),
      spoken,
    )
    const failed = after.flatMap(({ parts = [] }) => parts.filter((part) => part.type === 'result' && part.error))
    assert.ok(failed.length >= 1)
    assert.equal(await written(writer, await toldOf(session, '/elsewhere')), text)
  })
}

test('Gemini CLI looks for the file in a folder that it names after the project', () => {
  const folders = { '/home/anna/My App_2': 'my-app-2', '/home/anna/__x__': 'x', '/': 'project', '/данные': 'project' }
  for (const [cwd, folder] of Object.entries(folders)) {
    const told = { session: 'ses_a', seq: 1, title: 'a', cwd, startedAt: Date.UTC(2026, 10, 21) }
    assert.match(
      geminiWriter.resuming(told).place ?? '',
      new RegExp(`^\\.gemini/tmp/${folder}/chats/session-2026-11-21T`),
    )
  }
})

test('Claude Code gets records in a chain, each call answered by the record behind it, names as its model takes them', async (t) => {
  const world = await adopting(t, codex, await temporaryFolder(t))
  const session = await world.sessions.open({ agent: 'mine', metadata: { cwd: '/home/anna/My App_2' } })
  const calls = ['a:1', 'b'.repeat(80)].map((id) => ({ type: 'call', call_id: id, name: 'my.tool/x' }) as const)
  await session.append([
    { kind: 'message', data: { role: 'user', content: 'one' } },
    { kind: 'message', data: { role: 'assistant', content: 'two', parts: calls } },
    {
      kind: 'message',
      data: { role: 'tool', content: '', parts: [{ type: 'result', call_id: 'a:1', output: { b: 1 } }] },
    },
    {
      kind: 'message',
      data: { role: 'assistant', content: '', parts: [{ type: 'reasoning', text: 'only a thought' }] },
    },
    { kind: 'message', data: { role: 'assistant', content: 'three' } },
  ])
  const told = await toldOf(session, '/elsewhere')
  assert.match(
    claudeWriter.resuming(told).place ?? '',
    /^\.claude\/projects\/-home-anna-My-App-2\/[0-9a-f-]{36}\.jsonl$/,
  )
  const records = (await written(claudeWriter, told))
    .trimEnd()
    .split('\n')
    .map((line) => fieldsOf(JSON.parse(line)))
  const spoken = records.filter(({ uuid }) => uuid !== undefined)
  assert.deepEqual(
    spoken.map(({ parentUuid }) => parentUuid),
    [null, ...spoken.slice(0, -1).map(({ uuid }) => uuid)],
  )
  assert.deepEqual(
    spoken.map(({ type }) => type),
    ['user', 'assistant', 'user', 'assistant'],
  )
  const blocks = (at: number) => listOf(fieldsOf(spoken[at]?.message).content).map(fieldsOf)
  const used = blocks(1).filter(({ type }) => type === 'tool_use')
  assert.deepEqual(
    blocks(2).map(({ tool_use_id: id }) => id),
    used.map(({ id }) => id),
  )
  for (const { id, name } of used) for (const word of [id, name]) assert.match(String(word), /^[\w-]{1,64}$/)
  assert.equal(new Set(used.map(({ id }) => id)).size, 2)
  const { type, summary, leafUuid } = records.at(-1) ?? {}
  assert.deepEqual([type, summary, leafUuid], ['summary', 'one', spoken.at(-1)?.uuid])
})
