// Tests of plain summaries: what they find, in which language, and that the same log gives the same text.

import { ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { eachStore, say } from '../testing.fixture.ts'
import { languageOf } from './language.ts'
import { Best, TermCount, weightOf } from './scores.ts'
import { isQuestion, prose, sentencesOf, termsOf } from './sentences.ts'

eachStore('a summary names decisions, what is open, notes and files, the same for the same log', async ({ anna }) => {
  const session = await anna.open({ name: 'Orders' })
  const edit = { type: 'edit', path: 'src/orders.ts', operation: 'update' } as const
  await session.append([
    say('We need a database for the orders service. Which one is best for orders?'),
    say('SQLite keeps the orders service simple. We decided to use SQLite for orders.', 'assistant'),
    { kind: 'message', data: { role: 'assistant', content: 'The orders table is done.', parts: [edit] } },
    say('Who writes the migration of old orders?'),
  ])
  await session.note('ship on Monday', 'decision')
  await session.note('write the guide', 'todo')
  await session.note('the disk is slow', 'problem')
  await session.summarise()
  const text = (await session.summary())?.text ?? ''
  for (const line of [
    '- We decided to use SQLite for orders.',
    '- decision: ship on Monday',
    '- question: Who writes the migration of old orders?',
    '- todo: write the guide',
    '- problem: the disk is slow',
    '- src/orders.ts (update)',
  ]) {
    ok(text.includes(line), line)
  }
  strictEqual(text.includes('question: Which one'), false)
  const before = (await session.head()).seq
  await session.rewind(before - 1)
  await session.summarise()
  strictEqual((await session.summary())?.text.replace(/^last.*$/m, ''), text.replace(/^last.*$/m, ''))
})

eachStore('a summary speaks the language of its session and forgets what was rewound', async ({ anna }) => {
  for (const [said, open, last, cue] of [
    ['Какую базу берём для заказов?', 'Открытые вопросы', 'последнее', 'решение: берём SQLite'],
    ['订单服务用哪个数据库？', '未决事项', '最后', '决定: 用SQLite'],
  ] as const) {
    const session = await anna.open()
    await session.append(say(said))
    await session.note(cue.slice(cue.indexOf(':') + 2), 'decision')
    await session.append(say(`${said.slice(0, -1)} (2)?`))
    await session.rewind(3)
    await session.summarise()
    const text = (await session.summary())?.text ?? ''
    for (const part of [open, last, cue, said]) ok(text.includes(part), `${part} in ${text}`)
    strictEqual(text.includes('(2)'), false)
  }
})

test('texts are split into sentences without code, and into terms without endings', () => {
  strictEqual(prose('a\n```ts\ncode. more?\n```\nb').includes('code'), false)
  strictEqual(prose('a\n```ts\nnever closed').includes('never'), false)
  strictEqual(sentencesOf('# Title\n- One. Two?\n第一句。第二句！').join('|'), 'Title|One.|Two?|第一句。|第二句！')
  strictEqual(termsOf('The databases').join(), termsOf('a database').join())
  strictEqual(termsOf('数据库').join(), '数据,据库')
  strictEqual(isQuestion('Why (really?)'), true)
  for (const [text, language] of [
    ['', 'en'],
    ['Исправь функцию parseOrder', 'ru'],
    ['请修复 parseOrder 函数里的错误', 'zh'],
  ]) {
    strictEqual(languageOf(text ?? ''), language)
  }
})

test('of near repeats one sentence stands, and the terms that are counted are bounded', () => {
  const counts = new TermCount()
  for (let index = 0; index < 120_000; index++) counts.add(['common', `rare${index}`])
  strictEqual(counts.of('common'), 120_000)
  strictEqual(counts.of('rare0'), 0)
  ok(weightOf('common words everywhere stand', counts) > weightOf('nothing here stands familiar', counts))
  strictEqual(weightOf('too short', counts), 0)
  const best = new Best(3)
  const texts = ['alpha beta gamma delta', 'alpha beta gamma epsilon', 'zeta eta theta iota', 'kappa lambda mu nu']
  for (const [at, text] of texts.entries()) best.offer({ text, score: 10 - at, at })
  strictEqual(
    best
      .pick(5)
      .map(({ at }) => at)
      .join(),
    '0,2',
  )
})
