// Adopting goes on where it stopped: growth, half lines, rotation, truncation, hostile records, sessions that a person removed.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { appendFile, mkdir, readFile, rename, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { suite, type TestContext, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { redactor } from '../session/redact.ts'
import {
  type Adopting,
  adopting,
  adoptions,
  homeOf,
  messagesOf,
  rawLines,
  said,
  temporaryFolder,
} from './adopting.fixture.ts'
import { claude } from './claude.ts'
import { codex } from './codex.ts'
import { gemini } from './gemini.ts'
import { lineTranscript } from './lines.ts'

async function withCodex(t: TestContext, path?: string): Promise<{ world: Adopting; file: string; text: string }> {
  const world = await adopting(t, codex, await homeOf(t, 'codex-0.58.0'), path)
  const [found] = await Array.fromAsync(codex.find({ home: world.home }))
  assert.ok(found)
  return { world, file: found.path, text: await readFile(found.path, 'utf8') }
}

/** A session of Claude Code with these lines. */
async function withLines(t: TestContext, lines: string, path?: string): Promise<{ world: Adopting; file: string }> {
  const home = await temporaryFolder(t)
  const file = join(home, '.claude/projects/-app/one.jsonl')
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, lines)
  return { world: await adopting(t, claude, home, path), file }
}

const user = (content: unknown, more: object = {}): string =>
  JSON.stringify({ type: 'user', uuid: crypto.randomUUID(), message: { role: 'user', content }, ...more })

suite('Growth', () => {
  test('a half last line waits for its rest, and nothing is read twice', async (t) => {
    const { world, file, text } = await withCodex(t)
    const cut = text.indexOf('"is clock')
    await writeFile(file, text.slice(0, cut))
    const first = await world.adopt()
    assert.equal(first.partial.length, 1)
    assert.equal((await messagesOf(await world.only())).filter(({ role }) => role === 'user').length, 1)
    await appendFile(file, text.slice(cut))
    const second = await world.adopt()
    assert.equal(second.grown, 1)
    assert.deepEqual(second.partial, [])
    assert.ok(second.bytesRead < text.length / 2)
    const whole = await withCodex(t)
    await whole.world.adopt()
    assert.deepEqual(await said(await world.only()), await said(await whole.world.only()))
    assert.deepEqual(await rawLines(world.sessions, await world.only()), text.trimEnd().split('\n'))
  })

  test('a file that ends with blank lines was read to its end', async (t) => {
    const text = `${user('one')}\n\n \n`
    const { world } = await withLines(t, text)
    assert.deepEqual((await world.adopt()).partial, [])
    const [adopted] = await adoptions(await world.only())
    assert.equal(adopted?.to, text.length)
  })

  test('a last line without an end counts once it is a whole object', async (t) => {
    const { world, file } = await withLines(t, user('one'))
    assert.equal((await world.adopt()).messages, 1)
    await appendFile(file, `\n${user('two')}\n`)
    assert.equal((await world.adopt()).messages, 1)
    assert.equal((await world.adopt()).messages, 0)
    assert.deepEqual(
      (await messagesOf(await world.only())).map(({ content }) => content),
      ['one', 'two'],
    )
  })

  test('the memory of the reader goes on in another process', async (t) => {
    const { world, file, text } = await withCodex(t)
    const lines = text.trimEnd().split('\n')
    for (let count = 1; count <= lines.length; count += 1) {
      await writeFile(file, `${lines.slice(0, count).join('\n')}\n`)
      await world.adopt()
    }
    const whole = await withCodex(t)
    await whole.world.adopt()
    assert.deepEqual(await said(await world.only()), await said(await whole.world.only()))
    const tokens = async (one: Adopting) => (await (await one.only()).head()).tokens
    assert.equal(await tokens(world), await tokens(whole.world))
  })

  test('a document that is written anew brings what is new in it', async (t) => {
    const world = await adopting(t, gemini, await homeOf(t, 'gemini-0.29.0'))
    const [found] = await Array.fromAsync(gemini.find({ home: world.home }))
    assert.ok(found)
    const document = JSON.parse(await readFile(found.path, 'utf8'))
    for (let count = 1; count <= document.messages.length; count += 1) {
      await writeFile(found.path, JSON.stringify({ ...document, messages: document.messages.slice(0, count) }, null, 2))
      await world.adopt()
    }
    const whole = await adopting(t, gemini, await homeOf(t, 'gemini-0.29.0'))
    await whole.adopt()
    assert.deepEqual(await said(await world.only()), await said(await whole.only()))
  })
})

suite('Rotation', () => {
  test('a file that was moved is known by what stands in it', async (t) => {
    const { world, file, text } = await withCodex(t)
    await world.adopt()
    const archive = join(world.home, '.codex/archived_sessions', file.slice(file.lastIndexOf('rollout-')))
    await mkdir(dirname(archive), { recursive: true })
    await rename(file, archive)
    await appendFile(archive, `${text.split('\n').at(-2)?.replaceAll('учтена', 'есть')}\n`)
    const report = await world.adopt()
    assert.equal(report.messages, 1)
    assert.ok(report.bytesRead < 1000)
  })

  test('a file that was cut and written anew keeps what was adopted, and brings each record once', async (t) => {
    const { world, file } = await withLines(t, `${[user('a'), user('b'), user('c')].join('\n')}\n`)
    await world.adopt()
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
    await writeFile(file, `${lines[1]}\n${user('d')}\n${lines[2]}\n`)
    assert.equal((await world.adopt()).messages, 1)
    await truncate(file, 10)
    assert.equal((await world.adopt()).messages, 0)
    await writeFile(file, `${lines.join('\n')}\n${user('e')}\n`)
    assert.equal((await world.adopt()).messages, 1)
    assert.deepEqual(
      (await messagesOf(await world.only())).map(({ content }) => content),
      ['a', 'b', 'c', 'd', 'e'],
    )
  })

  test('what was erased does not come back when its file goes on, is cut or is written anew', async (t) => {
    const { world, file } = await withLines(t, `${[user('a'), user('b'), user('c')].join('\n')}\n`)
    await world.adopt()
    const erase = async (said: string) => {
      const session = await world.only()
      const found = (await session.read()).filter(({ data }) => (data as { content?: string } | null)?.content === said)
      assert.equal(found.length, 1)
      await session.erase(found.map(({ seq }) => seq))
    }
    const raw = async () => (await rawLines(world.sessions, await world.only())).join('\n')
    const theirs = world.engine.within({ tenant: 'default', subjects: ['local'] }).session((await world.only()).id)
    const { last } = await theirs.append({ kind: 'note', data: { type: 'idea', text: 'of a person' } })
    await theirs.erase([last])
    assert.ok((await raw()).includes('"b"'), 'what nobody adopted stands in no record')
    await erase('b')
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
    await appendFile(file, `${user('d')}\n`)
    assert.equal((await world.adopt()).messages, 1)
    await erase('d')
    const after = (await readFile(file, 'utf8')).trimEnd().split('\n')
    await writeFile(file, `${[...after].reverse().join('\n')}\n${user('e')}\n`)
    assert.equal((await world.adopt()).messages, 1)
    await truncate(file, 10)
    assert.equal((await world.adopt()).messages, 0)
    await writeFile(file, `${lines.join('\n')}\n`)
    assert.equal((await world.adopt()).messages, 0)
    assert.deepEqual(
      (await messagesOf(await world.only())).map(({ content }) => content),
      ['a', 'c', 'e'],
    )
    const kept = await raw()
    assert.ok(!kept.includes('"b"') && !kept.includes('"d"') && kept.includes('"e"'))
  })

  test('records that say the same count as often as they stand there', async (t) => {
    const same = user('again', { uuid: 'same' })
    const { world, file } = await withLines(t, `${same}\n${same}\n`)
    assert.equal((await world.adopt()).messages, 2)
    await writeFile(file, `${user('first')}\n${same}\n${same}\n${same}\n`)
    assert.equal((await world.adopt()).messages, 2)
  })
})

suite('Records that nobody expects', () => {
  test('what is unknown, no JSON, no UTF-8 or too deep is shown as foreign and kept', async (t) => {
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`
    const lines = [
      user('fine'),
      JSON.stringify({ type: 'a-new-thing', payload: { x: 1 } }),
      '{"half": ',
      JSON.stringify({ type: 'user', message: { role: 'user', content: [{ type: 'text', text: '\ud800 lonely' }] } }),
      `{"type":"assistant","message":{"content":[{"type":"tool_use","id":"t","name":"n","input":{"__proto__":1,"big":12345678901234567890}}]}}`,
      `{"type":"assistant","message":{"content":[{"type":"tool_use","id":"u","name":"n","input":${deep}}]}}`,
      'null',
      '"text"',
      '7',
    ]
    const { world, file } = await withLines(t, `${lines.join('\n')}\n`)
    await appendFile(file, Buffer.from([0xff, 0xfe, 0x0a]))
    const report = await world.adopt()
    assert.deepEqual(report.problems, [])
    assert.deepEqual(report.partial, [])
    const entries = await (await world.only()).read()
    const foreign = entries.flatMap((entry) => (entry.kind === 'foreign.recorded' && entry.data ? [entry.data] : []))
    assert.deepEqual(
      foreign.map(({ type }) => type),
      ['a-new-thing', 'unreadable', undefined, undefined, undefined, 'unreadable'],
    )
    assert.deepEqual(foreign[0]?.record, { type: 'a-new-thing', payload: { x: 1 } })
    assert.equal(report.messages, 4)
    const calls = (await messagesOf(await world.only())).flatMap(({ parts }) => parts ?? [])
    assert.ok(calls.some((part) => part.type === 'call' && JSON.stringify(part.input).includes('12345678901234')))
    assert.deepEqual((await rawLines(world.sessions, await world.only())).length, lines.length)
  })

  test('a line over the limit is told by where it stands, and what follows it is read', async (t) => {
    const { file, world } = await withLines(t, `${user('a')}\n${user('x'.repeat(5000))}\n${user('b')}\n`)
    const [found] = await Array.fromAsync(claude.find({ home: world.home }))
    assert.ok(found && found.path === file)
    const records = await Array.fromAsync(lineTranscript(found, 'one', 1000).records(0))
    assert.deepEqual(
      records.map(({ text, why }) => [text === null, why]),
      [
        [false, undefined],
        [true, 'too_long'],
        [false, undefined],
      ],
    )
    assert.equal(records[1]?.beginning?.length, 1024)
    assert.equal(records[2]?.to, found.size)
    const limited = {
      ...claude,
      transcripts: async function* () {
        yield lineTranscript(found, 'one', 1000)
      },
    }
    const report = await world.adopt({ readers: [limited] })
    assert.equal(report.messages, 2)
    assert.equal(report.foreign, 1)
  })

  test('a text that is too large for an entry is cut there and whole beside', async (t) => {
    const long = 'слово '.repeat(400_000)
    const { world } = await withLines(t, `${user(long)}\n`)
    await world.adopt()
    const [message] = await messagesOf(await world.only())
    assert.ok(message && message.content.length < 140_000 && message.content.includes('characters left out'))
    const [line] = await rawLines(world.sessions, await world.only())
    assert.ok(line?.includes(long))
  })

  test('records that hardly pack make a blob beside the store, and none of them is missing', async (t) => {
    const path = join(await temporaryFolder(t), 'daybook.db')
    const lines = Array.from({ length: 30 }, () => user(randomBytes(60_000).toString('base64')))
    const { world } = await withLines(t, `${lines.join('\n')}\n`, path)
    const report = await world.adopt()
    assert.deepEqual(report.problems, [])
    assert.deepEqual(await rawLines(world.sessions, await world.only()), lines)
    const sizes = (await adoptions(await world.only())).map(({ blob }) => world.sessions.blobs.size(blob ?? ''))
    assert.ok((await Promise.all(sizes)).some((size) => (size ?? 0) > 2 ** 20))
  })

  test('many parts that together are too large become the record itself', async (t) => {
    const input = { text: 'y'.repeat(16_000) }
    const content = Array.from({ length: 100 }, (_, n) => ({ type: 'tool_use', id: `c${n}`, name: 'n', input }))
    const { world } = await withLines(
      t,
      `${JSON.stringify({ type: 'assistant', message: { content } })}\n${user('b')}\n`,
    )
    const report = await world.adopt()
    assert.deepEqual(report.problems, [])
    const entries = await (await world.only()).read()
    assert.deepEqual(
      entries.map(({ kind }) => kind),
      ['session.opened', 'foreign.recorded', 'message', 'transcript.adopted'],
    )
  })
})

suite('What a person decided', () => {
  test('a session that was deleted or trashed here is left alone', async (t) => {
    const { world, file } = await withLines(t, `${user('a')}\n`)
    await world.adopt()
    await (await world.only()).trash()
    await appendFile(file, `${user('b')}\n`)
    assert.equal((await world.adopt()).leftAlone.length, 1)
    const owner = world.engine.within({ tenant: 'default', subjects: ['local'] })
    const { items } = await owner.list({ place: 'trash' })
    await owner.session(items[0]?.session ?? '').delete()
    const report = await world.adopt()
    assert.deepEqual([report.leftAlone.length, report.added, report.messages], [1, 0, 0])
    assert.equal((await world.all()).length, 0)
  })

  test('notes and a name of a person stay while the transcript grows', async (t) => {
    const { world, file } = await withLines(
      t,
      `${user('a')}\n${JSON.stringify({ type: 'ai-title', aiTitle: 'Its name' })}\n`,
    )
    await world.adopt()
    const session = await world.only()
    assert.equal((await session.head()).name, 'Its name')
    await appendFile(file, `${JSON.stringify({ type: 'ai-title', aiTitle: 'Better' })}\n`)
    await world.adopt()
    assert.equal((await session.head()).name, 'Better')
    const owner = world.engine.within({ tenant: 'default', subjects: ['local'] }).session(session.id)
    await owner.update({ name: 'Mine' })
    await owner.note('remember this')
    await appendFile(file, `${JSON.stringify({ type: 'ai-title', aiTitle: 'Best' })}\n${user('b')}\n`)
    assert.equal((await world.adopt()).messages, 1)
    assert.equal((await session.head()).name, 'Mine')
  })

  test('files of a folder are read while one before them is written, and written in their order', async (t) => {
    const { world, file } = await withLines(t, `${user('first')}\n`)
    await writeFile(join(dirname(file), 'three.jsonl'), `${user('third')}\n`)
    await writeFile(join(dirname(file), 'two.jsonl'), `${user('second')}\n`)
    const mask = redactor()
    let masked = 0
    const allRead = Promise.withResolvers<void>()
    const clean = (text: string): boolean => {
      masked += 1
      if (masked === 3) allRead.resolve()
      return mask.clean(text)
    }
    const { blobs } = world.sessions
    let puts = 0
    const put = async (bytes: Uint8Array) => {
      puts += 1
      if (puts === 1) await allRead.promise.then(() => setImmediate())
      return blobs.put(bytes)
    }
    Object.defineProperty(world.sessions, 'blobs', { value: { ...blobs, put } })
    await world.adopt({ redactor: { ...mask, clean } })
    const written = await Promise.all((await world.all()).map(async (one) => (await messagesOf(one))[0]?.content))
    assert.deepEqual(written, ['first', 'third', 'second']) // as their names one, three, two are sorted
  })

  test('only files that are accepted are read', async (t) => {
    const { world } = await withLines(t, `${user('a')}\n`)
    const report = await world.adopt({ accept: ({ name }) => !name.startsWith('-app/') })
    assert.deepEqual([report.files, report.added], [0, 0])
  })

  test('how far it was read stands in the same append as what was read', async (t) => {
    const { world, file } = await withLines(t, `${user('a')}\n`)
    await world.adopt()
    await appendFile(file, `${user('b')}\n`)
    await world.adopt()
    const session = await world.only()
    assert.deepEqual(
      (await adoptions(session)).map(({ from, records }) => [from > 0, records]),
      [
        [false, 1],
        [true, 1],
      ],
    )
  })
})
