// Files that hold many sessions: read once, and again only when something in them may be new here.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { adopting, homeOf } from './adopting.fixture.ts'
import { chatgpt } from './chatgpt.ts'
import type { FoundFile, TranscriptReader } from './contract.ts'
import { opencode } from './opencode.ts'

/** The reader, and the names of the files that it opened. */
function told(reader: TranscriptReader): { reader: TranscriptReader; opened: string[] } {
  const opened: string[] = []
  const transcripts = (file: FoundFile) => {
    opened.push(file.name)
    return reader.transcripts(file)
  }
  return { reader: { ...reader, transcripts }, opened }
}

async function world(t: TestContext, of: TranscriptReader, recording: string) {
  const { reader, opened } = told(of)
  const world = await adopting(t, reader, await homeOf(t, recording))
  return { world, opened }
}

test('a database that is as it was is not opened, and what its log got is seen', async (t) => {
  const { world: one, opened } = await world(t, opencode, 'opencode-1.18.33')
  const first = await one.adopt()
  for (const _ of [1, 2]) {
    const again = await one.adopt()
    assert.deepEqual([again.unchanged, again.added, again.bytesRead], [first.added, 0, 0])
  }
  assert.equal(opened.length, 1)
  const database = new DatabaseSync(join(one.home, '.local/share/opencode/opencode.db'))
  t.after(() => database.close())
  const data = JSON.stringify({ role: 'user', time: { created: 9 } })
  const { id } = database.prepare('SELECT id FROM session').get() ?? {}
  const insert = 'INSERT INTO message(id, session_id, time_created, time_updated, data) VALUES (?, ?, ?, ?, ?)'
  database.prepare(insert).run('msg_zz', String(id), Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, data)
  await one.adopt()
  assert.equal(opened.length, 2)
  assert.equal((await one.adopt()).unchanged, first.added)
  assert.equal(opened.length, 2)
})

test('it is read again while something of it is not here: another folder, the trash', async (t) => {
  const { world: one, opened } = await world(t, opencode, 'opencode-1.18.33')
  assert.equal((await one.adopt({ folder: '/home/anna/other' })).added, 0)
  assert.equal((await one.adopt({ folder: '/home/anna/app' })).added, 1)
  const session = await one.only()
  await session.trash()
  assert.equal((await one.adopt()).leftAlone.length, 1)
  await session.restore()
  assert.equal((await one.adopt()).unchanged, 1)
  assert.equal(opened.length, 4)
  assert.equal((await one.adopt()).unchanged, 1)
  assert.equal(opened.length, 4)
})

test('an export of ChatGPT is read once, and what else the state of the person holds stays', async (t) => {
  const { world: one, opened } = await world(t, chatgpt, 'described/chatgpt')
  await one.sessions.setState('user', { adopting: { agents: ['chatgpt'] }, mine: 1 })
  const first = await one.adopt()
  assert.equal((await one.adopt()).unchanged, first.added)
  assert.equal(opened.length, 1)
  const { adopting: state, mine } = await one.sessions.state('user')
  assert.deepEqual([(state as { agents: unknown }).agents, mine], [['chatgpt'], 1])
  assert.equal(JSON.stringify(state).includes(one.home), false)
})
