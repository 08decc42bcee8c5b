// Finding: over many entries against a bare FTS5 query on the same file, and what indexing costs against appending.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openSearch, type Search } from '../packages/daybook/src/search/search.ts'
import { sqliteIndex } from '../packages/daybook/src/search/sqlite.ts'
import type { ScopedSessions } from '../packages/daybook/src/session/contract.ts'
import { openSessions } from '../packages/daybook/src/session/sessions.ts'
import { sqliteStore } from '../packages/daybook/src/store/sqlite.ts'
import { timedAppenders } from './appenders.ts'
import { Bench, timed, times, type Variant } from './harness.ts'
import { message } from './message.ts'
import { numbers, questions, textOf } from './search-texts.ts'

const bench = new Bench('search')
const entries = bench.size(1_000_000, 40_000)
const together = 500
const sessionsCount = 1_000
const pieces = bench.size(25_600, 6_400)

interface World {
  readonly mine: ScopedSessions
  readonly search: Search
  readonly path: string
  close(): Promise<void>
}

async function world(name: string, durability: 'full' | 'relaxed', follow = false): Promise<World> {
  const folder = join(bench.dir, name)
  mkdirSync(folder)
  const store = sqliteStore({ path: join(folder, 'daybook.db'), durability, worker: follow })
  const sessions = await openSessions({ store })
  const path = join(folder, 'daybook.db-search')
  const search = openSearch({ store, index: sqliteIndex({ path, worker: follow }), follow })
  return {
    mine: sessions.within({ tenant: 'local', subjects: ['local'] }),
    search,
    path,
    async close() {
      await search.close()
      await sessions.close()
      await store.close()
    },
  }
}

const entry = (content: string) => ({ kind: 'message', data: { role: 'assistant', content } }) as const

async function fill({ mine, search }: World, count: number): Promise<void> {
  const random = numbers(42)
  for (let from = 0; from < count; from += together) {
    const texts = Array.from({ length: Math.min(together, count - from) }, (_, at) => entry(textOf(from + at, random)))
    await mine.session(`session-${(from / together) % sessionsCount}`, { opens: true }).append(texts)
  }
  await search.catchUp()
}

/** The 95th percentile of the questions' times, each asked `each` times. */
function p95(name: string, each: number, ask: (at: number) => Promise<number> | number): Variant {
  return {
    name,
    async round() {
      const spent: number[] = []
      for (let at = 0; at < questions.length * each; at++) {
        const start = performance.now()
        if ((await ask(at % questions.length)) === 0)
          throw new Error(`nothing was found: ${questions[at % questions.length]?.q}`)
        spent.push((performance.now() - start) * 1000)
      }
      spent.sort((a, b) => a - b)
      return { wall: spent[Math.ceil(spent.length * 0.95) - 1] ?? Number.NaN }
    },
  }
}

async function finding(): Promise<void> {
  const filled = await world('many', 'relaxed')
  await fill(filled, entries)
  const { mine, search, path } = filled
  const db = new DatabaseSync(path, { readOnly: true })
  db.exec('PRAGMA cache_size = -32000')
  const bare = db.prepare('SELECT rowid FROM found WHERE found MATCH ? ORDER BY rank LIMIT 20')
  const name = `daybook, ${entries.toLocaleString('en-US')} entries`
  const table = await bench.race('Find, the 95th percentile of 20 questions', 'us', 'bare FTS5', [
    p95('bare FTS5', 3, (at) => bare.all(questions[at]?.bare ?? '').length),
    p95(name, 3, async (at) => (await search.find(mine, { q: questions[at]?.q ?? '' })).hits.length),
  ])
  db.close()
  await filled.close()
  bench.bar({
    id: 'search find',
    what: 'find with rights, live entries and snippets over a bare FTS5 query on the same file, p95',
    value: times(table, name, 'bare FTS5'),
    is: 'at most',
    limit: 3,
  })
}

/** Takes in what `append` wrote; the writing is not measured. */
function indexing(name: string, { search }: World, append: (from: number) => Promise<void>): Variant {
  let written = 0
  return {
    name,
    async round() {
      await search.catchUp()
      await append(written)
      written += pieces
      return timed(async () => {
        await search.catchUp()
        return pieces
      })
    },
  }
}

async function taking(): Promise<void> {
  const alone = await world('alone', 'full')
  const read = await world('read', 'relaxed')
  const varied = await world('varied', 'relaxed')
  const followed = await world('followed', 'full', true)
  const session = (of: World) => of.mine.session('session', { opens: true })
  const random = numbers(7)
  const appended = (name: string, of: World): Variant => ({
    name,
    round: () =>
      timedAppenders(64, pieces, async (i) => {
        await session(of).append(entry(message(i).content))
      }),
  })
  const filling = (of: World, text: (i: number) => string) => async (from: number) => {
    for (let at = 0; at < pieces; at += together) {
      await session(of).append(Array.from({ length: together }, (_, i) => entry(text(from + at + i))))
    }
  }
  const table = await bench.race('Append, and take in what was appended', 'us per entry', 'append, 64 at once, FULL', [
    appended('append, 64 at once, FULL', alone),
    indexing(
      'index the same',
      read,
      filling(read, (i) => message(i).content),
    ),
    indexing(
      'index varied texts',
      varied,
      filling(varied, (i) => textOf(i, random)),
    ),
    appended('append, 64 at once, FULL, followed by an index', followed),
  ])
  for (const each of [alone, read, varied, followed]) await each.close()
  bench.bar({
    id: 'search index',
    what: 'taking a message into the index over appending it, 64 at once',
    value: times(table, 'index the same', 'append, 64 at once, FULL'),
    is: 'at most',
    limit: 1.2,
  })
}

await taking()
await finding()
bench.remark(
  'The bare query knows no rights, no filters and no texts: it gives twenty row numbers. Ours gives entries with snippets.',
)
bench.remark('"followed" shares two cores with the thread of the index and with that of the writer.')
bench.finish()
