// What survives in an index file: all of it over kills at any moment, and nothing of a text that was erased or deleted.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { openSessions } from '../session/sessions.ts'
import { sqliteStore } from '../store/sqlite.ts'
import { openSearch } from './search.ts'
import { sqliteIndex } from './sqlite.ts'

const scope = { tenant: 'acme', subjects: ['user:anna'] }
const say = (content: string) => ({ kind: 'message', data: { role: 'user', content } }) as const

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'daybook-kept-'))
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Everything an index holds: its rows, and each word of its words by the entry that has it. */
async function everything(path: string): Promise<readonly string[]> {
  const index = sqliteIndex({ path })
  await index.open()
  const lines: string[] = []
  for await (const line of index.contents()) lines.push(line)
  await index.close()
  const db = new DatabaseSync(path)
  db.exec("INSERT INTO found(found) VALUES('integrity-check')")
  db.exec('CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, found, instance)')
  const words = db
    .prepare(
      `SELECT sessions.id || '@' || seq || ' ' || col || ' ' || term || ' ' || "offset" AS line FROM temp.words
      JOIN entries ON entries.no = words.doc JOIN sessions USING (sid)`,
    )
    .all()
    .map(({ line }) => String(line))
  const all = db.prepare('SELECT count(*) AS n FROM temp.words').get()?.n
  assert.equal(all, words.length, 'every word belongs to an entry')
  db.close()
  return [...lines, ...words.sort()]
}

async function fill(path: string, from: number): Promise<void> {
  await using store = sqliteStore({ path, durability: 'relaxed' })
  await using sessions = await openSessions({ store })
  const mine = sessions.within(scope)
  for (let round = from; round < from + 20; round++) {
    const session = mine.session(`s${round % 8}`, { opens: true })
    const texts = Array.from({ length: 50 }, (_, at) => say(`round ${round} text ${at} запись 数据库 src/file${at}.ts`))
    const { last } = await session.append(texts)
    if (round % 3 === 0) await session.erase([last - 3, last - 20])
  }
  if (from > 0) for (const id of ['s6', 's7']) await mine.session(id).delete()
}

/** Starts the follower and kills it at its `line`-th line; true when it came to its end before. */
async function killedAt(path: string, thread: 'worker' | 'own', line: number): Promise<boolean> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'killed.fixture.ts'), path, thread], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let seen = 0
  for await (const said of createInterface({ input: child.stdout })) {
    seen += 1
    if (said !== 'end' && seen < line) continue
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
    return said === 'end'
  }
  throw new Error('the follower ended by itself')
}

for (const thread of ['own', 'worker'] as const) {
  test(`killed at any moment the index goes on to what reading all at once gives (${thread} thread)`, () =>
    inFolder(async (folder) => {
      const path = join(folder, 'a.db')
      let kills = 0
      for (const from of [0, 20]) {
        await fill(path, from)
        for (const line of [1, 2, 3, 4, 7, 2, 5]) {
          if (await killedAt(path, thread, line)) break
          kills += 1
        }
      }
      assert.ok(kills >= 6, `${kills} kills`)
      while (!(await killedAt(path, thread, Number.POSITIVE_INFINITY)));
      const killed = await everything(`${path}-search`)
      await rm(`${path}-search`)
      while (!(await killedAt(path, thread, Number.POSITIVE_INFINITY)));
      const whole = await everything(`${path}-search`)
      assert.ok(whole.length > 10_000)
      assert.deepEqual(killed, whole)
    }))
}

test('[B4] erased and deleted texts are in no byte of the index, its log included', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'a.db')
    const file = `${path}-search`
    await using store = sqliteStore({ path, durability: 'relaxed' })
    await using sessions = await openSessions({ store })
    const mine = sessions.within(scope)
    await using search = openSearch({ store, index: sqliteIndex({ path: file }) })
    const bytes = (): string =>
      ['', '-wal'].map((end) => (existsSync(file + end) ? readFileSync(file + end).toString('utf8') : '')).join('')
    const secrets = {
      erased: ['zquxerased', '秘密擦除', 'zqux_erased_name'],
      deleted: ['zvexdeleted', '机要删去', 'zvex/gone.ts'],
    }
    const kept = await mine.open({ id: 'kept' })
    const gone = await mine.open({ id: 'gone' })
    for (let at = 0; at < 300; at++) {
      await kept.append(say(`plain text ${at} ${at === 150 ? secrets.erased.join(' ') : ''}`))
      await gone.append(say(`other text ${at} ${at % 50 === 0 ? secrets.deleted.join(' ') : ''}`))
      if (at % 100 === 0) await search.catchUp()
    }
    await search.catchUp()
    for (const secret of ['zquxerased', '秘密擦除', 'zvexdeleted', '机要删去'])
      assert.ok(bytes().includes(secret), secret)
    const { hits } = await search.find(mine, { q: 'zquxerased' })
    await kept.erase(hits.map(({ seq }) => seq))
    await gone.delete()
    await search.catchUp()
    // Each question takes out for a while; nothing of it is a hit before.
    while ((await search.find(mine, { q: 'plain' })).total === 300 || left(bytes(), ['zvexdeleted']).length > 0);
    const parts = ['zquxerased', 'zqux', '秘密', '擦除', 'zvexdeleted', 'zvex', '机要', '删去']
    assert.deepEqual(left(bytes(), parts), [])
    assert.equal((await search.find(mine, { q: 'plain' })).total, 299)
  }))

function left(text: string, words: readonly string[]): string[] {
  return words.filter((word) => text.includes(word))
}
