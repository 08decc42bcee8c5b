// Exports that were put into an agent's folder: they come back as what was said since, where it belongs, and never twice.
import assert from 'node:assert/strict'
import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { suite, type TestContext, test } from 'node:test'
import { adopting as composed } from '../adopting.ts'
import type { Session } from '../session/contract.ts'
import type { HistoryMessage } from '../session/views/contract.ts'
import { type Adopting, adopting, homeOf, messagesOf } from './adopting.fixture.ts'
import { codex } from './codex.ts'
import type { AdoptReport } from './contract-adopt.ts'
import { fieldsOf, listOf } from './fields.ts'
import { claudeWriter } from './writing/claude.ts'
import { codexWriter } from './writing/codex.ts'
import type { Told, TranscriptWriter } from './writing/contract.ts'
import { geminiWriter } from './writing/gemini.ts'
import { opencodeWriter } from './writing/opencode.ts'
import { toldOf } from './writing/told.ts'

/** What the agent's own program writes behind a turn. */
type Turn = (asked: string, answer: string) => readonly object[]

const timestamp = '2026-11-22T08:00:00.000Z'
const turns: readonly [TranscriptWriter, Turn][] = [
  [
    codexWriter,
    (asked, answer) =>
      [
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: asked }] },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: answer }] },
      ].map((payload) => ({ timestamp, type: 'response_item', payload })),
  ],
  [
    geminiWriter,
    (asked, answer) => [
      { id: crypto.randomUUID(), timestamp, type: 'user', content: [{ text: asked }] },
      { $set: { lastUpdated: timestamp } },
      { id: crypto.randomUUID(), timestamp, type: 'gemini', content: answer, thoughts: [], model: 'gemini-2.5' },
    ],
  ],
  [
    claudeWriter,
    (asked, answer) =>
      [
        { type: 'user', message: { role: 'user', content: asked } },
        { type: 'assistant', message: { role: 'assistant', content: [{ type: 'text', text: answer }] } },
      ].map((record) => ({ ...record, uuid: crypto.randomUUID(), timestamp })),
  ],
]

const lines = (records: readonly object[]): string => records.map((record) => `${JSON.stringify(record)}\n`).join('')

/** A session that was adopted from Codex, whose own files went meanwhile; all agents are read. */
async function began(t: TestContext): Promise<{ world: Adopting; session: Session }> {
  const world = await adopting(t, codex, await homeOf(t, 'codex-0.169.0'))
  await world.adopt()
  const session = await world.only()
  await rm(join(world.home, '.codex'), { recursive: true })
  return { world, session }
}

const all = (world: Adopting): Promise<AdoptReport> => world.adopt({ readers: composed.readers })

async function put(world: Adopting, writer: TranscriptWriter, told: Told): Promise<string> {
  const file = join(world.home, writer.resuming(told).place ?? '')
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, (await Array.fromAsync(writer.write(told))).join(''))
  return file
}

const told = ({ added, grown, unchanged, messages, ours, problems }: AdoptReport) => ({
  ...{ added, grown, unchanged, messages, ours: ours.length, problems: problems.length },
})
const nothing = { added: 0, grown: 0, unchanged: 0, messages: 0, ours: 1, problems: 0 }

async function spoken(session: Session): Promise<readonly string[]> {
  return (await messagesOf(session)).flatMap(({ role, content }) =>
    content === '' || role === 'system' ? [] : [`${role} ${content}`],
  )
}

for (const [writer, turn] of turns) {
  suite(`An export put where ${writer.title} finds it`, () => {
    test('brings nothing while nobody goes on in it', async (t) => {
      const { world, session } = await began(t)
      const before = await session.head()
      await put(world, writer, await toldOf(session, '/elsewhere'))
      for (const _ of [1, 2]) assert.deepEqual(told(await all(world)), nothing)
      assert.equal((await world.all()).length, 1)
      assert.deepEqual(await session.head(), before)
    })

    test('brings the new turns into the session that it was written of', async (t) => {
      const { world, session } = await began(t)
      const before = await spoken(session)
      const file = await put(world, writer, await toldOf(session, '/elsewhere'))
      await appendFile(file, lines(turn('and now?', 'Now, too.')))
      assert.deepEqual(told(await all(world)), { ...nothing, grown: 1, messages: 2, ours: 0 })
      await appendFile(file, lines(turn('really?', 'Really.')))
      assert.deepEqual(told(await all(world)), { ...nothing, grown: 1, messages: 2, ours: 0 })
      assert.deepEqual(told(await all(world)), { ...nothing, unchanged: 1, ours: 0 })
      const only = await world.only()
      const since = ['user and now?', 'assistant Now, too.', 'user really?', 'assistant Really.']
      assert.deepEqual(await spoken(only), [...before, ...since])
      assert.equal((await only.head()).name, null)
    })

    test('goes on in a fork where the session went on here meanwhile', async (t) => {
      const { world, session } = await began(t)
      const before = await spoken(session)
      const file = await put(world, writer, await toldOf(session, '/elsewhere'))
      await session.append({ kind: 'message', data: { role: 'user', content: 'another way' } })
      assert.deepEqual(told(await all(world)), nothing)
      await appendFile(file, lines(turn('and now?', 'Now, too.')))
      assert.deepEqual(told(await all(world)), { ...nothing, added: 1, messages: 2, ours: 0 })
      assert.deepEqual(told(await all(world)), { ...nothing, unchanged: 1, ours: 0 })
      assert.deepEqual(await spoken(session), [...before, 'user another way'])
      const [forked, ...others] = await session.forks()
      assert.ok(forked !== undefined && others.length === 0)
      const since = ['user and now?', 'assistant Now, too.']
      assert.deepEqual(await spoken(world.sessions.session(forked)), [...before, ...since])
    })

    test('brings nothing that was erased here', async (t) => {
      const { world, session } = await began(t)
      const file = await put(world, writer, await toldOf(session, '/elsewhere'))
      await appendFile(file, lines(turn('and now?', 'Now, too.')))
      const asked = (await session.read()).filter(({ data }) => JSON.stringify(data).includes('is clock skew covered?'))
      await session.erase(asked.map(({ seq }) => seq))
      const report = await all(world)
      assert.deepEqual(told(report), { ...nothing, ours: 0 })
      assert.equal(report.leftAlone.length, 1)
      assert.deepEqual((await world.all()).length, 1)
    })

    test('is a session like any other where the one that it was written of is not', async (t) => {
      const { world, session } = await began(t)
      const file = await put(world, writer, await toldOf(session, '/elsewhere'))
      const other = await adopting(t, codex, world.home)
      const report = await all(other)
      assert.deepEqual([report.added, report.ours.length], [1, 0])
      await appendFile(file, lines(turn('and now?', 'Now, too.')))
      assert.deepEqual(told(await all(other)), { ...nothing, grown: 1, messages: 2, ours: 0 })
      assert.deepEqual((await spoken(await other.only())).slice(-2), ['user and now?', 'assistant Now, too.'])
    })

    test('that is a preamble goes on in the fork that begins with it', async (t) => {
      const { world, session } = await began(t)
      const fork = await session.fork()
      const content = '# Goal\n\nmake the token test pass'
      const metadata = { preamble: { with: writer.agent, of: session.id, until: 1, tokens: 10 } }
      const { last } = await fork.append({ kind: 'message', data: { role: 'system', content, metadata } })
      const { createdAt } = await fork.head()
      const message: HistoryMessage = { role: 'user', content, seq: last, at: createdAt }
      const whole = await toldOf(fork, '/elsewhere')
      const file = await put(world, writer, {
        ...whole,
        startedAt: createdAt,
        messages: ReadableStream.from([message]),
      })
      assert.deepEqual(told(await all(world)), nothing)
      await appendFile(file, lines(turn('go on', 'Gladly.')))
      assert.deepEqual(told(await all(world)), { ...nothing, grown: 1, messages: 2, ours: 0 })
      assert.deepEqual((await spoken(fork)).slice(-2), ['user go on', 'assistant Gladly.'])
      assert.equal((await world.all()).length, 2)
    })
  })
}

/** The rows that `opencode import` makes of a document, beside those of the recording. */
function imported(database: DatabaseSync, document: string): void {
  const { info, messages } = fieldsOf(JSON.parse(document))
  const { id, slug, directory, title, version } = fieldsOf(info)
  const project = database.prepare('SELECT id FROM project').get()?.id ?? null
  const session = 'id, project_id, slug, directory, title, version, time_created, time_updated'
  const values = [id, project, slug, directory, title, version, 1, 1] as string[]
  database.prepare(`INSERT INTO session(${session}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`).run(...values)
  const row = (table: 'message' | 'part', of: readonly string[], given: unknown, at: number) => {
    const { id: own, messageID: _, sessionID: __, ...data } = fieldsOf(given)
    const columns = table === 'message' ? 'id, session_id' : 'id, message_id, session_id'
    const places = of.map(() => '?, ').join('')
    const sql = `INSERT INTO ${table}(${columns}, time_created, time_updated, data) VALUES (${places}?, ?, ?, ?)`
    database.prepare(sql).run(String(own), ...of, at, at, JSON.stringify(data))
  }
  for (const [at, message] of listOf(messages).map(fieldsOf).entries()) {
    row('message', [String(id)], message.info, at)
    const owner = String(fieldsOf(message.info).id)
    for (const part of listOf(message.parts)) row('part', [owner, String(id)], part, at)
  }
}

test('what OpenCode imported brings only what was said in it since', async (t) => {
  const { world, session } = await began(t)
  const before = await spoken(session)
  world.home = await homeOf(t, 'opencode-1.18.33')
  const path = join(world.home, '.local/share/opencode/opencode.db')
  const first = await all(world)
  assert.equal(first.added, 1)
  const database = new DatabaseSync(path)
  t.after(() => database.close())
  const document = (await Array.fromAsync(opencodeWriter.write(await toldOf(session, '/elsewhere')))).join('')
  imported(database, document)
  for (const _ of [1, 2]) assert.deepEqual(told(await all(world)), { ...nothing, unchanged: 1 })
  const { info } = fieldsOf(JSON.parse(document))
  const { id } = fieldsOf(info)
  const turn = [
    {
      info: { id: 'msg_zz1', role: 'user', time: { created: 5 } },
      parts: [{ id: 'prt_zz1', type: 'text', text: 'and now?' }],
    },
    {
      info: { id: 'msg_zz2', role: 'assistant', time: { created: 6, completed: 7 } },
      parts: [{ id: 'prt_zz2', type: 'text', text: 'Now, too.' }],
    },
  ]
  const insert = 'INSERT INTO message(id, session_id, time_created, time_updated, data) VALUES (?, ?, ?, ?, ?)'
  const insertPart =
    'INSERT INTO part(id, message_id, session_id, time_created, time_updated, data) VALUES (?, ?, ?, ?, ?, ?)'
  for (const [
    at,
    {
      info: { id: own, ...data },
      parts,
    },
  ] of turn.entries()) {
    database.prepare(insert).run(own, String(id), 1000 + at, 1000 + at, JSON.stringify(data))
    for (const { id: part, ...rest } of parts)
      database.prepare(insertPart).run(part, own, String(id), 1000 + at, 1000 + at, JSON.stringify(rest))
  }
  assert.deepEqual(told(await all(world)), { ...nothing, unchanged: 1, grown: 1, messages: 2, ours: 0 })
  assert.deepEqual(told(await all(world)), { ...nothing, unchanged: 2, ours: 0 })
  assert.deepEqual(await spoken(session), [...before, 'user and now?', 'assistant Now, too.'])
})
