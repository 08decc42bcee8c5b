// The suite of the port: what every reader of transcripts keeps, run over each recording of its program.

import assert from 'node:assert/strict'
import { lstat, rename, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { suite, type TestContext, test } from 'node:test'
import type { Part } from '../schema/parts.ts'
import { verifyStore } from '../session/verify.ts'
import { type Adopting, adopting, homeOf, messagesOf, rawLines, said, traces } from './adopting.fixture.ts'
import type { FoundFile, Places, TranscriptReader } from './contract.ts'
import { contentHash } from './parts.ts'
import { unpack } from './raw.ts'

export interface Recorded {
  readonly recording: string
  /** How the agent's tools are named, where the recording has them. */
  readonly shell?: string
  /** What the program adds beside the person's two sentences. */
  readonly usage?: boolean
  readonly branch?: boolean
  readonly cwd?: boolean
  /** How many sessions the recording holds. */
  readonly sessions?: number
}

export function readerSuite(reader: TranscriptReader, recorded: readonly Recorded[]): void {
  for (const one of recorded) suite(`${reader.title}, ${one.recording}`, () => forRecording(reader, one))
}

const before = 'export const expires = (at) => at < Date.now()\n'
const added = "import { expires } from './token.js'\nconsole.assert(!expires(Date.now() - 10_000))\n"

async function start(t: TestContext, reader: TranscriptReader, { recording }: Recorded): Promise<Adopting> {
  return adopting(t, reader, await homeOf(t, recording))
}

function forRecording(reader: TranscriptReader, one: Recorded): void {
  contents(reader, one)
  records(reader, one)
  erasing(reader, one)
  files(reader, one)
}

function contents(reader: TranscriptReader, one: Recorded): void {
  test('what both sides said is there, in order and with its times', async (t) => {
    const world = await start(t, reader, one)
    const report = await world.adopt()
    assert.deepEqual(report.problems, [])
    assert.equal(report.added, one.sessions ?? 1)
    const session = await talk(world)
    const messages = await messagesOf(session)
    const texts = (role: string) => messages.filter((each) => each.role === role && each.content !== '')
    assert.deepEqual(
      texts('user').map(({ content }) => content),
      ['make the token test pass', 'is clock skew covered?'],
    )
    const answers = texts('assistant').map(({ content }) => content)
    assert.equal(answers.length, 2)
    assert.match(answers[0] ?? '', /^The token test passes now\./)
    assert.match(answers[1] ?? '', /Проверка времени учтена\.$/)
    const times = messages.map(({ at }) => new Date(at).toISOString().slice(0, 10))
    assert.deepEqual(new Set(times), new Set(['2026-11-21']))
    const head = await session.head()
    assert.equal(head.title, 'make the token test pass')
    assert.equal(head.agent, reader.agent)
    if (one.usage !== false) assert.ok(head.tokens > 4_000)
    if (one.branch) assert.equal(head.branch, 'fix-auth')
    if (one.cwd !== false) assert.equal((await session.cell()).metadata.cwd, '/home/anna/app')
  })

  test('thoughts, calls, results and edits are parts with their contents', async (t) => {
    const world = await start(t, reader, one)
    await world.adopt()
    const parts = (await messagesOf(await talk(world))).flatMap((message) => message.parts ?? [])
    assert.ok(parts.some((part) => part.type === 'reasoning' && part.text.includes('First I look at the')))
    if (one.shell === undefined) return
    const calls = ofType(parts, 'call')
    const results = ofType(parts, 'result')
    assert.ok(calls.some(({ name, input }) => name === one.shell && JSON.stringify(input).includes('git status')))
    assert.deepEqual(new Set(calls.map(({ call_id: id }) => id)), new Set(results.map(({ call_id: id }) => id)))
    assert.ok(results.some(({ output }) => JSON.stringify(output).includes('export const expires')))
    assert.ok(results.some(({ output }) => JSON.stringify(output).includes('Cannot find module')))
    const edits = ofType(parts, 'edit')
    assert.deepEqual(new Set(edits.map(({ path, operation }) => `${operation} ${path}`)), madeEdits)
    assert.equal(edits.find(({ operation }) => operation === 'create')?.after, contentHash(added))
    const hash = edits.find(({ operation }) => operation === 'update')?.before
    if (hash !== undefined) assert.equal(hash, contentHash(before))
  })
}

function records(reader: TranscriptReader, one: Recorded): void {
  test('every record is understood, and is kept beside as it stood there', async (t) => {
    const world = await start(t, reader, one)
    const { foreign } = await world.adopt()
    assert.equal(foreign, reader.agent === 'chatgpt' ? 1 : 0)
    for (const session of await world.all()) {
      const lines = await rawLines(world.sessions, session)
      for (const message of await messagesOf(session)) {
        const first = Number(message.metadata?.record)
        JSON.parse(lines[first] ?? '')
        // Of some agents the texts stand in records that follow.
        const words = JSON.stringify(message.content.split('\n')[0]).slice(1, 20).replace(/"$/, '')
        assert.ok(
          lines.slice(first).some((line) => line.includes(words)),
          words,
        )
      }
    }
  })

  test('adopting again changes nothing, in the same process and from another', async (t) => {
    const world = await start(t, reader, one)
    await world.adopt()
    const heads = async () => Promise.all((await world.all()).map(async (session) => session.head()))
    const first = await heads()
    const report = await world.adopt()
    assert.equal(report.added + report.grown, 0)
    assert.equal(report.bytesRead, 0)
    assert.equal(report.unchanged, one.sessions ?? 1)
    assert.deepEqual(await heads(), first)
  })

  test('two that adopt at once write everything once', async (t) => {
    const world = await start(t, reader, one)
    const alone = await start(t, reader, one)
    await alone.adopt()
    await Promise.all([world.adopt(), world.adopt(), world.adopt()])
    assert.deepEqual(await said(await talk(world)), await said(await talk(alone)))
    assert.equal((await world.all()).length, (await alone.all()).length)
  })

  test('a copy of the home elsewhere brings no record a second time', async (t) => {
    const world = await start(t, reader, one)
    await world.adopt()
    const first = await said(await talk(world))
    world.home = await homeOf(t, one.recording)
    const report = await world.adopt()
    assert.equal(report.messages, 0)
    assert.deepEqual(await said(await talk(world)), first)
    assert.equal((await world.adopt()).bytesRead, 0)
  })
}

function erasing(reader: TranscriptReader, one: Recorded): void {
  test('erasing takes the records beside along, and adopting again brings nothing back', async (t) => {
    const world = await start(t, reader, one)
    await world.adopt()
    const session = await talk(world)
    const words = 'make the token test pass'
    const used = async () => {
      const texts: string[] = []
      for (const { hash, used } of (await world.store.admin.blobHashes(null)).items) {
        const bytes = used ? await world.sessions.blobs.get(hash) : null
        if (bytes) texts.push(...unpack(bytes))
      }
      return texts
    }
    const entries = await session.read()
    const spoken = entries.filter(({ kind, data }) => kind === 'message' && JSON.stringify(data).includes(words))
    assert.ok(spoken.length > 0 && (await used()).some((line) => line.includes(words)))
    await session.erase(spoken.map(({ seq }) => seq))
    assert.ok((await used()).length > 0 && !(await used()).some((line) => line.includes(words)))
    const left = JSON.stringify(await session.read({ kinds: ['message', 'transcript.adopted'] }))
    assert.ok(!left.includes(words))
    const first = await said(session)
    assert.equal((await world.adopt()).bytesRead, 0)
    world.home = await homeOf(t, one.recording)
    assert.equal((await world.adopt()).messages, 0)
    assert.deepEqual(await said(session), first)
    assert.deepEqual((await verifyStore(world.store)).findings, [])
  })
}

function files(reader: TranscriptReader, one: Recorded): void {
  test('nothing in the home is written, and looking opens nothing', async (t) => {
    const world = await start(t, reader, one)
    const was = await traces(world.home)
    const found = await findAll(reader, { home: world.home })
    assert.ok(found.length > 0)
    for (const { path, size, mark } of found) {
      assert.ok(size > 0 && mark !== '' && path.startsWith(world.home))
    }
    await world.adopt()
    assert.deepEqual(await traces(world.home), was)
  })

  test('a link is never followed, neither to a file nor to a folder', async (t) => {
    const world = await start(t, reader, one)
    const away = await homeOf(t, one.recording)
    const [file] = await findAll(reader, { home: world.home })
    assert.ok(file)
    const passed: string[] = []
    const look = async () => findAll(reader, { home: world.home, onPassedOver: (path) => passed.push(path) })
    const all = (await look()).length
    await rename(file.path, `${file.path}.moved`)
    await symlink(join(away, file.path.slice(world.home.length + 1)), file.path)
    assert.equal((await look()).length, all - 1)
    assert.deepEqual(passed, [file.path])
    const folder = dirname(file.path)
    await rename(folder, `${folder}.moved`)
    await symlink(join(away, folder.slice(world.home.length + 1)), folder)
    await look()
    assert.equal((await lstat(folder)).isSymbolicLink() && passed.includes(folder), true)
  })

  test('a file that a link replaced since it was found is not read', async (t) => {
    const world = await start(t, reader, one)
    const away = await homeOf(t, one.recording)
    const places: Places = { home: world.home }
    const [file] = await findAll(reader, places)
    assert.ok(file)
    const read = async () => {
      for await (const transcript of reader.transcripts(file)) for await (const _ of transcript.records(0)) return true
      return false
    }
    assert.equal(await read(), true)
    await rename(file.path, `${file.path}.moved`)
    await symlink(join(away, file.path.slice(world.home.length + 1)), file.path)
    await assert.rejects(read(), { code: 'not_found' })
  })

  test('a home without the agent has nothing', async (t) => {
    const world = await start(t, reader, one)
    assert.deepEqual(await findAll(reader, { home: join(world.home, 'nobody') }), [])
    world.home = join(world.home, 'nobody')
    assert.deepEqual((await world.adopt()).files, 0)
  })
}

const madeEdits = new Set(['update /home/anna/app/src/token.js', 'create /home/anna/app/src/token.test.js'])

async function talk(world: Adopting) {
  const all = await world.all()
  for (const session of all) if ((await session.head()).title === 'make the token test pass') return session
  throw new Error('the recorded session is not there')
}

function ofType<T extends Part['type']>(parts: readonly Part[], type: T) {
  return parts.filter((part) => part.type === type) as Extract<Part, { type: T }>[]
}

async function findAll(reader: TranscriptReader, places: Places): Promise<FoundFile[]> {
  return Array.fromAsync(reader.find(places))
}
