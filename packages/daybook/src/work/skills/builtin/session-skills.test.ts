// Tests of the built-in skills that work on the session itself: `note`, `summarise`, `export-markdown`.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { closed, fenced } from '../../../session/document/markdown-parts.ts'
import { all, say } from '../../../session/testing.fixture.ts'
import { builtInSkills } from './all.ts'
import { asked, stage } from './builtin.fixture.ts'
import { exportMarkdown } from './export-markdown.ts'
import { note } from './note.ts'
import { summarise } from './summarise.ts'

const notes: readonly (readonly [said: string, text: string | null, type?: string])[] = [
  ['add a note: the cache is cold', 'the cache is cold'],
  ['note decision: ship on Monday', 'ship on Monday', 'decision'],
  ['todo: write the guide', 'write the guide', 'todo'],
  ['write down that Anna is away', 'Anna is away'],
  ['запиши решение: берём SQLite', 'берём SQLite', 'decision'],
  ['решение: выходим в пятницу', 'выходим в пятницу', 'decision'],
  ['запиши, что сервер упал', 'сервер упал'],
  ['добавь заметку: проверить логи', 'проверить логи'],
  ['проблема: диск полон', 'диск полон', 'problem'],
  ['记下决定：周一发布', '周一发布', 'decision'],
  ['决定：用SQLite', '用SQLite', 'decision'],
  ['待办：写文档', '写文档', 'todo'],
  ['记一条笔记：缓存是冷的', '缓存是冷的'],
  ['problem solving is fun', 'problem solving is fun'],
  ['add a note', null],
  ['решение:', null],
]

test('a note is found in its sentence, with the type that it names', () => {
  for (const [said, text, type] of notes) {
    deepStrictEqual(asked(note, said), text === null ? null : { text, ...(type ? { type } : undefined) }, said)
  }
})

test('a note is written once, however often the call is made', async () => {
  await using on = await stage()
  const input = { text: 'ship on Monday', type: 'decision' } as const
  const first = await note.run(input, on.context())
  deepStrictEqual(await note.run(input, on.context({ attempt: 2 })), first)
  const { notes: kept } = await on.session.view('notes')
  deepStrictEqual(
    kept.map(({ type, text }) => [type, text]),
    [['decision', 'ship on Monday']],
  )
})

test('a summary is written into the session once, and is what a repeat gets', async () => {
  await using on = await stage()
  await on.session.append([say('Which database do we take for orders?'), say('We decided to use SQLite.', 'assistant')])
  const first = await summarise.run({}, on.context())
  await on.session.append(say('More was said since then.'))
  deepStrictEqual(await summarise.run({}, on.context({ attempt: 2 })), first)
  strictEqual((await on.session.summary())?.text, first.text)
  ok(first.text.includes('We decided to use SQLite.'))
  strictEqual((await on.session.read()).filter(({ kind }) => kind === 'summary').length, 1)
})

test('a session is exported with its roles, code, hand-offs, notes and files in their order', async () => {
  await using on = await stage()
  await on.session.append(say('Fix this:\n```ts\nconst a = 1'))
  await on.session.note('keep it small', 'instruction')
  await on.session.handoff('coder', 'it is code')
  const edit = { type: 'edit', path: 'src/a.ts', operation: 'update', added: 2, removed: 1, diff: '+```' } as const
  await on.session.append({ kind: 'message', data: { role: 'assistant', content: 'Done.', parts: [edit] } })
  const { text, bytes } = await exportMarkdown(on.blobs).run({}, on.context())
  strictEqual(Buffer.byteLength(text), bytes)
  const expected = [
    '# Orders',
    '## user',
    '```ts\nconst a = 1\n```',
    '## Note · instruction',
    '## Hand-off · orchestrator → coder',
  ]
  let at = -1
  for (const piece of [
    ...expected,
    '## assistant',
    '````diff\n+```\n````',
    '## Files',
    '- `src/a.ts` (update, +2 −1)',
  ]) {
    const next = text.indexOf(piece, at + 1)
    ok(next > at, piece)
    at = next
  }
})

test('what does not fit into an entry becomes a blob that a message names, the same for a repeat', async () => {
  await using on = await stage()
  for (let part = 0; part < 3; part++) await on.session.append(say('слово '.repeat(40_000)))
  const skill = exportMarkdown(on.blobs)
  const first = await skill.run({}, on.context())
  const bytes = await on.world.runner.blobs.get(String(first.blob))
  strictEqual(bytes?.length, first.bytes)
  ok(first.text.includes(String(first.blob)))
  deepStrictEqual(await skill.run({}, on.context({ attempt: 2 })), first)
  const messages = await all((await on.session.view('history')).messages)
  strictEqual(messages.filter(({ parts }) => parts?.some((part) => part.type === 'file')).length, 1)
})

test('fences hold what they contain, and an open one is closed', () => {
  strictEqual(fenced('a ``` b'), '````\na ``` b\n````')
  strictEqual(closed('~~~\nx'), '~~~\nx\n~~~')
  strictEqual(closed('```a\nx\n```\ny'), '```a\nx\n```\ny')
})

test('every built-in skill has its own id, schemas, and words in three languages', async () => {
  await using on = await stage()
  const skills = builtInSkills({ blobs: on.blobs })
  const ids = ['calculate', 'dates', 'export-markdown', 'http-get', 'note', 'remind', 'summarise']
  deepStrictEqual(
    skills.map(({ id }) => id),
    ids,
  )
  for (const { id, input, output, tags = [], fromText } of skills) {
    ok(input && output && fromText, id)
    for (const script of [/[a-z]/, /[а-я]/, /\p{Script=Han}/u])
      ok(
        tags.some((tag) => script.test(tag)),
        id,
      )
  }
})
