// What is found: words in their forms, signs, names of code, phrases, and what filters leave of it.

import { deepStrictEqual, ok } from 'node:assert/strict'
import { kindNames } from '../../schema/kinds.ts'
import { mostWeighed } from '../contract.ts'
import { type Suite, start, type World } from './world.ts'

async function one(world: World, content: string): Promise<void> {
  world.say('one', content)
  await world.read()
}

/** Each query finds the text at the level that stands before it. */
const words: readonly (readonly [
  text: string,
  all: readonly string[],
  parts: readonly string[],
  never: readonly string[],
])[] = [
  [
    'The workers retried the failed migrations twice',
    ['worker', 'RETRYING', 'migration', 'migrations twice', '"failed migrations"', 'migr*', 'twice workers'],
    ['migra', 'work'],
    ['"migrations failed"', 'xworkers', 'work*er'],
  ],
  [
    'Проверили настройки сервера: всё ещё падает при запуске',
    ['проверить', 'сервер', 'СЕРВЕРУ', 'еще', 'ещё', 'все', '"всё еще падает"', 'настройка', 'запус*'],
    ['провер', 'настрой'],
    ['"падает еще"', 'клиент'],
  ],
  [
    '数据库连接超时，需要检查防火墙',
    ['数据库', '连接', '连接超时', '墙', '库', '"需要检查"'],
    ['超时检查'],
    ['数火', '"检查需要"'],
  ],
  ['カタカナとひらがなのテスト', ['ひらがな', 'テスト'], [], ['らひ']],
  ['Der Größe nach, café naïve, ＦＵＬＬ width', ['cafe', 'CAFÉ', 'naive', 'full'], [], ['kaffee']],
  [
    'see `renewLease` and MAX_RETRY_COUNT in src/store/lane.ts, error E1234, version 26.10.0',
    [
      'renewLease',
      'lease',
      'wLeas',
      'renew',
      'MAX_RETRY',
      'retry_count',
      'store/lane',
      'lane.ts',
      'E1234',
      '26.10',
      'src/store/lane.ts',
    ],
    ['rene', 'ewle', '_ret', '1234'],
    ['lane.tsx', 'leaserenew'],
  ],
]

/** The first that a level does not find, or null. */
async function missing(world: World, queries: readonly string[], level: 'all' | 'parts'): Promise<string[]> {
  const found = await Promise.all(queries.map((q) => world.hits(q, { level })))
  return queries.filter((_, at) => found[at]?.length !== 1)
}

export function finding(suite: Suite): void {
  texts(suite)
  filters(suite)
  order(suite)
}

function texts({ test }: Suite): void {
  for (const [text, all, parts, never] of words) {
    test(`finds in: ${text}`, async (world) => {
      await one(world, text)
      deepStrictEqual(await missing(world, all, 'all'), [])
      deepStrictEqual(await missing(world, [...all, ...parts], 'parts'), [])
      for (const q of never) deepStrictEqual(await world.hits(q, { level: 'parts' }), [], q)
    })
  }

  test('every word has to be there, at the last level one of them', async (world) => {
    world.say('one', 'the lease ran out')
    world.say('one', 'the lease was renewed')
    await world.read()
    deepStrictEqual(await world.hits('lease renewed'), ['one@2'])
    deepStrictEqual(await world.hits('lease lost'), [])
    deepStrictEqual((await world.hits('lease lost', { level: 'some' })).sort(), ['one@1', 'one@2'])
    deepStrictEqual(await world.hits('nothing lost', { level: 'some' }), [])
  })

  test('nothing is found across the texts of one entry', async (world) => {
    const parts = [
      { type: 'call', call_id: 'c', name: 'bash', input: { command: 'git_push' } },
      { type: 'result', call_id: 'c', output: 'rejected by origin' },
    ]
    world.write('one', 'message', { role: 'assistant', content: 'pushing alpha', parts })
    await world.read()
    deepStrictEqual(await world.hits('"alpha bash"'), [])
    deepStrictEqual(await world.hits('alpha rejected'), ['one@1'])
    deepStrictEqual(await world.hits('git_p'), ['one@1'])
  })

  test('text of every kind is found', async (world) => {
    world.write('one', 'note', { type: 'decision', text: 'tokens live an hour', links: [] })
    world.write('one', 'session.updated', { name: 'quarterly report' })
    world.write('one', 'handoff', { from: 'a', to: 'b', reason: 'needs an architect' })
    world.write('one', 'foreign.recorded', { source: 'codex', record: { deep: ['payload zebra'] } })
    world.write('one', 'run.finished', { run_id: 'r', status: 'done', output: { answer: 'forty two' } })
    world.write('one', 'pin', { path: 'docs/plan.md', on: true })
    await world.read()
    const asked = ['tokens', 'quarterly', 'architect', 'zebra', 'forty', 'plan.md']
    deepStrictEqual(
      await Promise.all(asked.map((q) => world.hits(q))),
      asked.map((_, at) => [`one@${at + 1}`]),
    )
  })
}

function filters({ test }: Suite): void {
  test('filters leave what fits all of them', async (world) => {
    world.session('one', { agent: 'codex', branch: 'fix', repository: 'app', user: 'u1' })
    world.session('two', { currentAgent: 'gemini', branch: 'main', repository: 'app', user: 'u2' })
    world.say('one', 'word', start)
    world.write('one', 'note', { type: 'idea', text: 'word' }, start + 1000)
    world.say('two', 'word', start + 2000)
    await world.read()
    const cases = [
      [{ agent: 'codex' }, ['one@1', 'one@2']],
      [{ agent: 'gemini' }, ['two@1']],
      [{ branch: 'fix' }, ['one@1', 'one@2']],
      [{ repository: 'app' }, ['one@1', 'one@2', 'two@1']],
      [{ repository: 'app', branch: 'main' }, ['two@1']],
      [{ user: 'u2' }, ['two@1']],
      [{ owner: 'user:bob' }, []],
      [{ session: 'two' }, ['two@1']],
      [{ kinds: ['note'] as const }, ['one@2']],
      [{ kinds: kindNames }, ['one@1', 'one@2', 'two@1']],
      [{ since: start + 1000 }, ['one@2', 'two@1']],
      [{ until: start + 1000 }, ['one@1']],
      [{ since: start + 1, until: start + 2000, branch: 'fix' }, ['one@2']],
    ] as const
    for (const [filters, expected] of cases) {
      deepStrictEqual((await world.hits('word', filters)).sort(), [...expected], JSON.stringify(filters))
    }
  })

  test('a file filters sessions, and alone finds the entries that touch it', async (world) => {
    const edit = { type: 'edit', path: 'src/auth/token.ts', operation: 'update' }
    world.say('one', 'word before')
    world.write('one', 'message', { role: 'assistant', content: 'done', parts: [edit] })
    world.say('two', 'word elsewhere in src/auth/token.ts')
    world.write('three', 'pin', { path: 'auth/other.ts', on: true })
    await world.read()
    deepStrictEqual(await world.hits('word', { file: 'auth/token' }), ['one@1'])
    deepStrictEqual(await world.hits(null, { file: 'TOKEN.ts' }), ['one@2'])
    deepStrictEqual((await world.hits(null, { file: 'auth/' })).sort(), ['one@2', 'three@1'])
    deepStrictEqual(await world.hits('word', { file: 'nothing' }), [])
  })
}

function order({ test }: Suite): void {
  test('of the same texts the newer one comes first, and words weigh more than newness', async (world) => {
    const day = 24 * 3_600_000
    world.say('old', 'the broken build', start)
    world.say('new', 'the broken build', start + 60 * day)
    world.say('exact', 'build build build', start)
    await world.read()
    deepStrictEqual(await world.hits('broken', { now: start + 60 * day }), ['new@1', 'old@1'])
    const [best] = await world.hits('build', { now: start + 60 * day })
    ok(best === 'exact@1' || best === 'new@1')
    const scores = (await world.find('broken', { now: start + 60 * day })).matches.map(({ score }) => score)
    ok((scores[0] ?? 0) > (scores[1] ?? 0) && (scores[0] ?? 0) < 2.1 * (scores[1] ?? 0))
  })

  test('pages join without a hole, and the total is that of all', async (world) => {
    for (let at = 0; at < 25; at++) world.say('one', `word number${at}`, start + at)
    await world.read()
    const whole = await world.hits('word', { limit: 100 })
    deepStrictEqual(whole.length, 25)
    const pages = await Promise.all([0, 10, 20].map((offset) => world.hits('word', { limit: 10, offset })))
    deepStrictEqual(pages.flat(), whole)
    const { total, totalIs } = await world.find('word', { limit: 1 })
    deepStrictEqual([total, totalIs], [25, 'exact'])
    deepStrictEqual(await world.hits('word', { limit: 100 }), whole)
  })

  test('of more entries than are weighed the newest are', async (world) => {
    for (let at = 0; at < mostWeighed + 5; at++) world.say('one', at === 0 ? 'word first' : 'word')
    await world.read(1000)
    const { total, totalIs, matches } = await world.find('word', { limit: 1 })
    deepStrictEqual([total, totalIs, matches.length], [mostWeighed, 'at_least', 1])
    deepStrictEqual(await world.hits('first'), ['one@1'])
  })

  test('what means something to a database is a word like others', async (world) => {
    await one(world, 'alpha OR beta NEAR gamma')
    for (const q of [
      '"',
      "'",
      '*',
      '""',
      '" OR "',
      'words:alpha',
      'NEAR(alpha, beta)',
      '^alpha',
      '-alpha',
      'alpha AND',
      '%',
      '\u0000',
      '\ud800',
      ')',
      '{words}: x',
    ])
      await world.find(q, { level: 'parts' })
    deepStrictEqual(await world.hits('alpha OR'), ['one@1'])
    deepStrictEqual(await world.hits('NOT alpha'), [])
    deepStrictEqual(await world.hits('words:alpha'), [])
  })
}
