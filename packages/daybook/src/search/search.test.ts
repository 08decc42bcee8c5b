// Finding over real stores: what the log says now decides, answers page, and an index of another history begins anew.
import assert from 'node:assert/strict'
import { copyFile, mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { anyCharacters, cases } from '../cases.fixture.ts'
import { isDaybookError } from '../schema/errors.ts'
import type { ScopedSessions, Sessions } from '../session/contract.ts'
import { openSessions } from '../session/sessions.ts'
import { memoryStore } from '../store/memory.ts'
import { sqliteStore } from '../store/sqlite.ts'
import type { Store } from '../store/store.ts'
import type { SearchIndex } from './contract.ts'
import { openSearch, type Search, type SearchSettings } from './search.ts'
import { sqliteIndex } from './sqlite.ts'

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daybook-find-'))
})
after(() => rm(folder, { recursive: true, force: true }))

let names = 0
const newPath = (): string => join(folder, `${++names}.db`)

interface World extends AsyncDisposable {
  readonly store: Store
  readonly sessions: Sessions
  readonly mine: ScopedSessions
  readonly search: Search
}

const anna = { tenant: 'acme', subjects: ['user:anna'] }
const bob = { tenant: 'acme', subjects: ['user:bob'] }

async function world(store: Store = memoryStore(), settings: Partial<SearchSettings> = {}): Promise<World> {
  const sessions = await openSessions({ store })
  const search = openSearch({ store, index: sqliteIndex({ path: ':memory:' }), ...settings })
  return {
    store,
    sessions,
    mine: sessions.within(anna),
    search,
    async [Symbol.asyncDispose]() {
      await search.close()
      await sessions.close()
      await store.close()
    },
  }
}

const say = (content: string) => ({ kind: 'message', data: { role: 'user', content } }) as const

async function hits({ search, mine }: World, q: string, scope: ScopedSessions = mine): Promise<string[]> {
  return (await search.find(scope, { q })).hits.map(({ session, seq }) => `${session}@${seq}`)
}

const codeOf = (code: string, field?: string) => (error: unknown) =>
  isDaybookError(error) && error.code === code && (field === undefined || error.field === field)

for (const name of ['memory', 'sqlite'] as const) {
  const open = () => world(name === 'memory' ? memoryStore() : sqliteStore({ path: newPath(), durability: 'relaxed' }))
  describe(`on ${name}`, () => {
    test('what was just written is found, and what was erased, trashed or deleted is not', async () => {
      await using w = await open()
      const session = await w.mine.open({ id: 'one' })
      await session.append([say('first word'), say('second word')])
      assert.deepEqual(await hits(w, 'word'), ['one@3', 'one@2'])
      await session.erase([2])
      assert.deepEqual(await hits(w, 'word'), ['one@3'])
      await session.trash()
      assert.deepEqual(await hits(w, 'word'), [])
      await session.restore()
      assert.deepEqual(await hits(w, 'word'), ['one@3'])
      await session.delete()
      assert.deepEqual(await hits(w, 'word'), [])
    })

    test('what was shared is found by its readers until it is shared no more', async () => {
      await using w = await open()
      const theirs = w.sessions.within(bob)
      const session = await w.mine.open({ id: 'one' })
      await session.append(say('a word'))
      assert.deepEqual(await hits(w, 'word', theirs), [])
      await session.share(['user:bob'])
      assert.deepEqual(await hits(w, 'word', theirs), ['one@2'])
      await session.share([])
      assert.deepEqual(await hits(w, 'word', theirs), [])
    })

    test('what a fork inherited is found in it by whoever may read the fork, and once everywhere else', async () => {
      await using w = await open()
      const base = await w.mine.open({ id: 'base' })
      await base.append([say('inherited word'), say('erased word'), say('later word')])
      const fork = await base.fork({ id: 'fork', at: 3 })
      await fork.append(say('own word'))
      await fork.share(['user:bob'])
      const theirs = w.sessions.within(bob)
      const found = async (scope: ScopedSessions, session?: string) => {
        const { hits } = await w.search.find(scope, { q: 'word', ...(session === undefined ? {} : { session }) })
        return hits.map(({ session, seq, snippet }) => `${session}@${seq} ${snippet.text}`).sort()
      }
      const inherited = ['fork@2 inherited word', 'fork@3 erased word', 'fork@5 own word']
      assert.deepEqual(await found(theirs, 'fork'), inherited)
      assert.deepEqual(await found(theirs), ['fork@5 own word'])
      assert.deepEqual(
        await found(w.mine),
        ['base@2 inherited word', 'base@3 erased word', 'base@4 later word', 'fork@5 own word'].sort(),
      )
      await base.erase([3])
      assert.deepEqual(
        await found(theirs, 'fork'),
        inherited.filter((line) => !line.includes('erased')),
      )
    })

    test('system sessions are never found', async () => {
      await using w = await open()
      await w.mine.setState('user', { note: 'word' })
      await (await w.mine.open({ id: 'one' })).append(say('word'))
      const all = w.sessions.within({ tenant: 'acme', subjects: 'all' })
      assert.deepEqual(await hits(w, 'word', all), ['one@2'])
    })
  })
}

test('the log has the last word where the index is behind', async () => {
  const inner = sqliteIndex({ path: ':memory:' })
  let held: Promise<void> | undefined
  const index: SearchIndex = {
    ...inner,
    async apply(batch) {
      await held
      return inner.apply(batch)
    },
  }
  await using w = await world(memoryStore(), { index, wait: 10 })
  const theirs = w.sessions.within(bob)
  const session = await w.mine.open({ id: 'one' })
  await session.append([say('secret word'), say('other word')])
  await session.share(['user:bob'])
  await w.search.catchUp()
  assert.equal((await w.search.find(theirs, { q: 'word' })).hits.length, 2)
  const gate = Promise.withResolvers<void>()
  held = gate.promise
  await session.erase([2])
  await session.share([])
  // The index still has both.
  const found = await w.search.find(theirs, { q: 'word' })
  assert.deepEqual([found.hits, found.complete], [[], false])
  const own = await w.search.find(w.mine, { q: 'word' })
  assert.deepEqual(
    own.hits.map(({ seq }) => seq),
    [3],
  )
  gate.resolve()
})

test('a hit tells where it stands: address, field, piece and places', async () => {
  await using w = await world()
  const session = await w.mine.open({ id: 'one', name: 'skews', agent: 'codex', branch: 'fix' })
  const part = { type: 'result', call_id: 'c', output: { log: 'warned of clock skew twice' } } as const
  await session.append({ kind: 'message', data: { role: 'tool', content: 'see parts', parts: [part] } })
  const {
    hits: [hit],
    sessions,
    matched,
    complete,
    total,
  } = await w.search.find(w.mine, { q: 'twice' })
  assert.deepEqual([hit?.session, hit?.seq, hit?.kind, hit?.actor], ['one', 2, 'message', 'user:anna'])
  assert.deepEqual(hit?.snippet, {
    field: 'parts.0.output.log',
    text: 'warned of clock skew twice',
    start: 0,
    length: 26,
    marks: [{ start: 21, end: 26 }],
  })
  assert.deepEqual([sessions.get('one')?.branch, matched, complete, total], ['fix', 'all', true, 1])
})

test('pages join without a hole or a double, and a cursor belongs to its question', async () => {
  await using w = await world()
  const session = await w.mine.open({ id: 'one' })
  await session.append(Array.from({ length: 57 }, (_, at) => say(`word number${at}`)))
  const whole = await w.search.find(w.mine, { q: 'word', limit: 100 })
  assert.deepEqual([whole.hits.length, whole.total, whole.cursor], [57, 57, null])
  const seqs: number[] = []
  let cursor: string | null = null
  do {
    const page = await w.search.find(w.mine, { q: 'word', limit: 10, ...(cursor === null ? {} : { cursor }) })
    seqs.push(...page.hits.map(({ seq }) => seq))
    cursor = page.cursor
  } while (cursor !== null)
  assert.deepEqual(
    seqs,
    whole.hits.map(({ seq }) => seq),
  )
  const { cursor: next } = await w.search.find(w.mine, { q: 'word', limit: 10 })
  assert.ok(next)
  await assert.rejects(w.search.find(w.mine, { q: 'other', limit: 10, cursor: next }), codeOf('invalid', 'cursor'))
  await assert.rejects(w.search.find(w.mine, { q: 'word', cursor: 'x' }), codeOf('invalid', 'cursor'))
})

test('a question that asks for nothing, or for too much, is refused', async () => {
  await using w = await world()
  await assert.rejects(w.search.find(w.mine, {}), codeOf('invalid', 'q'))
  await assert.rejects(w.search.find(w.mine, { q: ' ' }), codeOf('invalid', 'q'))
  await assert.rejects(w.search.find(w.mine, { q: 'a'.repeat(1025) }), codeOf('invalid', 'q'))
  await assert.rejects(w.search.find(w.mine, { q: 'a', limit: 101 }), codeOf('invalid', 'limit'))
  await assert.rejects(w.search.find(w.mine, { file: 'ab' }), codeOf('invalid', 'file'))
  await assert.rejects(w.search.find(w.mine, { q: 'a', since: 2, until: 1 }), codeOf('invalid', 'since'))
  assert.deepEqual((await w.search.find(w.mine, { q: '->' })).hits, [])
})

test('[B4] nobody finds what another one may not see, whatever is shared, asked or written', async () => {
  const people = ['user:anna', 'user:bob', 'user:carl'] as const
  const word = fc.constantFrom('alpha', 'beta', 'gamma', 'альфа', '数据库')
  const subject = fc.constantFrom(...people)
  const step = fc.record({ session: fc.integer({ min: 0, max: 5 }), word, readers: fc.option(fc.uniqueArray(subject)) })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25, size: 'max' }), async (steps) => {
      await using w = await world()
      for (const { session, word, readers } of steps) {
        const owner = people[session % people.length] ?? people[0]
        const handle = w.sessions.within({ tenant: 'acme', subjects: [owner] }).session(`s${session}`, { opens: true })
        await handle.append(say(`${word} of ${owner}`))
        if (readers) await handle.share(readers)
      }
      for (const who of people) {
        const scope = w.sessions.within({ tenant: 'acme', subjects: [who] })
        const { items } = await scope.list({ limit: 100 })
        const visible = new Set(items.map((head) => head.session))
        const q = 'alpha beta gamma альфа 数据库 of user'
        const found = await w.search.find(scope, { q, limit: 100 })
        const some = await Promise.all(['alpha', 'beta', 'альфа', '数据'].map((each) => hits(w, each, scope)))
        const seen = new Set([
          ...found.hits.map((hit) => hit.session),
          ...some.flat().map((each) => each.split('@')[0] ?? ''),
        ])
        assert.deepEqual(
          [...seen].filter((id) => !visible.has(id)),
          [],
        )
        const expected = steps.filter((each) => each.word === 'alpha' && visible.has(`s${each.session}`)).length
        assert.equal((await w.search.find(scope, { q: 'alpha', limit: 100 })).total, expected)
      }
    }),
    cases(30),
  )
})

test('any text is a question', async () => {
  await using w = await world()
  await (await w.mine.open()).append(say('alpha beta src/a.ts 数据'))
  const text = fc.oneof(
    anyCharacters({ minLength: 1, maxLength: 80 }),
    fc
      .array(
        fc.constantFrom(
          'alpha',
          '"',
          '*',
          ' OR ',
          ' AND ',
          'NEAR(',
          ')',
          '^',
          ':',
          '-',
          '数',
          "'",
          '{words}',
          '\u0000',
        ),
      )
      .map((all) => all.join('')),
  )
  await fc.assert(
    fc.asyncProperty(text, async (q) => {
      if (q.trim() !== '') assert.ok((await w.search.find(w.mine, { q })).total <= 1)
    }),
    cases(500),
  )
})

describe('an index in a file', () => {
  const opened = (path: string) =>
    world(sqliteStore({ path, durability: 'relaxed' }), { index: sqliteIndex({ path: `${path}-search` }) })
  const filled = async (path: string, words: readonly string[]): Promise<void> => {
    await using w = await opened(path)
    await w.mine.session('one', { opens: true }).append(words.map(say))
    await w.search.catchUp()
  }

  test('goes on where it stopped', async () => {
    const path = newPath()
    await filled(path, ['alpha'])
    await filled(path, ['beta'])
    await using w = await opened(path)
    assert.deepEqual([await hits(w, 'alpha'), await hits(w, 'beta')], [['one@2'], ['one@3']])
  })

  const spoiled = [
    ['is lost', (path: string) => rm(`${path}-search`)],
    [
      'is damaged',
      (path: string) => writeFile(`${path}-search`, 'no database at all, but long enough to be read as one'),
    ],
  ] as const
  for (const [what, spoil] of spoiled) {
    test(`that ${what} is made again`, async () => {
      const path = newPath()
      await filled(path, ['alpha', 'beta'])
      await spoil(path)
      await using w = await opened(path)
      assert.deepEqual([await hits(w, 'alpha'), await hits(w, 'beta')], [['one@2'], ['one@3']])
    })
  }

  test('whose pages are damaged while it is open is made again', async () => {
    const path = newPath()
    for (let from = 0; from < 3000; from += 500) {
      const words = (at: number): string => `alpha ${at} some words of entry ${at * 7919}`
      await filled(
        path,
        Array.from({ length: 500 }, (_, at) => words(from + at)),
      )
    }
    const file = await open(`${path}-search`, 'r+')
    const { size } = await file.stat()
    // Behind the pages that opening reads.
    await file.write(Buffer.alloc(size - 100_000, 0x5a), 0, size - 100_000, 80_000)
    await file.close()
    await using w = await opened(path)
    assert.equal((await w.search.find(w.mine, { q: 'alpha' })).total, 3000)
    assert.deepEqual((await w.search.find(w.mine, { q: '"entry 7919"' })).hits.length, 1)
  })

  test('begins anew over a store that was put back to an older state, or is another one', async () => {
    const path = newPath()
    const [older, other] = [newPath(), newPath()]
    await filled(path, ['alpha'])
    await copyFile(path, older)
    await filled(path, ['beta'])
    await filled(other, ['gamma', 'delta', 'epsilon'])
    for (const [from, found] of [
      [older, ['alpha']],
      [other, ['gamma', 'delta']],
    ] as const) {
      await copyFile(from, path)
      await using w = await opened(path)
      const all = await Promise.all(['alpha', 'beta', 'gamma', 'delta'].map((q) => hits(w, q)))
      assert.deepEqual(
        all.flatMap((one, at) => (one.length > 0 ? [['alpha', 'beta', 'gamma', 'delta'][at]] : [])),
        found,
      )
    }
  })

  test('that nobody looked at for so long that deletions were forgotten begins anew', async () => {
    const path = newPath()
    await filled(path, ['alpha'])
    const later = Date.now() + 26 * 24 * 3_600_000
    await using w = await world(sqliteStore({ path, durability: 'relaxed' }), {
      index: sqliteIndex({ path: `${path}-search` }),
      clock: () => later,
    })
    assert.deepEqual(await hits(w, 'alpha'), ['one@2'])
    const index = sqliteIndex({ path: `${path}-search` })
    await index.open()
    assert.equal((await index.position()).at, later)
    await index.close()
  })
})

test('an index that follows finds what others write without being asked before', async () => {
  const path = newPath()
  await using store = sqliteStore({ path, durability: 'relaxed' })
  await using w = await world(store, {
    index: sqliteIndex({ path: `${path}-search`, worker: true }),
    follow: true,
    wait: 5000,
  })
  await using beside = await world(sqliteStore({ path, durability: 'relaxed' }))
  await beside.mine.session('one', { opens: true }).append(say('alpha'))
  assert.deepEqual(await hits(w, 'alpha'), ['one@2'])
})
