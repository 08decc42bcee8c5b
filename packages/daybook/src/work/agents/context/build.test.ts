// Tests of contexts: what stands in one and why, how it is cut, and that it is the same for the same log.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict'
import { eachStore, say } from '../../../session/testing.fixture.ts'
import { called, contextOf, factsOf, gave, linesOf, said } from './context.fixture.ts'
import { unknownOutcome } from './units.ts'

eachStore('what a person and an agent said comes in its order, and the parts say why', async ({ runner }) => {
  const session = await runner.open({ state: { language: 'ru' } })
  await session.append([
    say('Read the log.'),
    called('c1'),
    gave('c1', { lines: 3 }),
    said('assistant', 'Three lines.', { agent: 'coder' }),
  ])
  await session.append(say('Thanks. And now?'))
  const context = await contextOf(session, 8000)
  deepStrictEqual(linesOf(context), [
    'user: Read the log.',
    'assistant: look({"at":"c1"})#c1',
    'tool: #c1={"lines":3}',
    'assistant: Three lines.',
    'user: <context>\nState of the session: {"language":"ru"}\n</context>\n\nThanks. And now?',
  ])
  deepStrictEqual(
    context.parts.map(({ kind }) => kind),
    ['instructions', 'state', 'messages'],
  )
  strictEqual(context.leftOut, null)
  ok(context.tokens <= context.budget)
  strictEqual(
    context.tokens,
    context.parts.reduce((sum, { tokens }) => sum + tokens, 0),
  )
})

eachStore('a call that never ended has a result that says so, and a late one follows its call', async ({ runner }) => {
  const session = await runner.open()
  await session.append([say('Go.'), called('c1'), say('Wait, one more thing.'), gave('c1', 'late'), called('c2')])
  const lines = linesOf(await contextOf(session, 8000))
  deepStrictEqual(lines, [
    'user: Go.',
    'assistant: look({"at":"c1"})#c1',
    'tool: #c1="late"',
    'user: Wait, one more thing.',
    'assistant: look({"at":"c2"})#c2',
    `tool: #c2=${JSON.stringify(unknownOutcome)}!`,
  ])
})

eachStore(
  'a text that is too long is cut in its middle and names its entry; what the person said last always stays',
  async ({ runner }) => {
    const session = await runner.open()
    await session.append(say(`Begin ${'with this '.repeat(60)} end.`))
    for (let at = 1; at <= 30; at += 1)
      await session.append([called(`c${at}`), gave(`c${at}`, `${'row of a table, '.repeat(200)}${at}`)])
    const context = await contextOf(session, 4000)
    ok(context.tokens <= context.budget)
    const lines = linesOf(context)
    match(
      lines[0] ?? '',
      /^user: <session>\nEntries 2 to \d+ of this session are left out here\.\n<\/session>\n\nBegin with this/,
    )
    match(lines[0] ?? '', /end\.\n\n\[Entries 3 to \d+, in between, are left out\.\]$/)
    match(lines.at(-1) ?? '', /characters left out here: entry 62 holds it whole/)
    match(lines.at(-1) ?? '', /, 30"$/)
    deepStrictEqual(context.leftOut?.to, (context.parts.at(-1)?.to ?? 0) - (lines.length - 1))
  },
)

eachStore(
  'thoughts and fields of a provider go back within the turn under way, and to nobody else',
  async ({ runner }) => {
    const session = await runner.open()
    const provider = { by: 'mock/small', metadata: { signature: 'x' } }
    const thought = { type: 'reasoning', text: 'hm', provider } as const
    const turn = (id: string) => [
      said('assistant', 'I look.', {
        agent: 'coder',
        model: 'mock/small',
        parts: [thought, { type: 'call', call_id: id, name: 'look', input: {}, provider }],
      }),
      gave(id, 'seen'),
    ]
    await session.append([
      say('One.'),
      ...turn('c1'),
      said('assistant', 'Done.', { agent: 'coder' }),
      say('Two.'),
      ...turn('c2'),
    ])
    const { messages } = await contextOf(session, 8000)
    const [first, second] = messages.filter(({ parts = [] }) => parts.some(({ type }) => type === 'call'))
    deepStrictEqual(first?.parts, [
      { type: 'text', text: 'I look.' },
      { type: 'call', call_id: 'c1', name: 'look', input: {} },
    ])
    deepStrictEqual(
      second?.parts?.map(({ type, provider: own }) => [type, own]),
      [
        ['reasoning', provider],
        ['text', undefined],
        ['call', provider],
      ],
    )
    const other = await contextOf(session, 8000, {
      model: { facts: factsOf(8000, { provider: 'other' }), estimate: (text) => text.length },
    })
    ok(!JSON.stringify(other.messages).includes('signature') && !JSON.stringify(other.messages).includes('hm'))
  },
)

eachStore(
  'a fork sends no summary that covers what was erased in its base later, and one written since then',
  async (world) => {
    const base = await world.runner.open()
    await base.append([say('The code is 1234.'), said('assistant', 'Noted.')])
    const middle = await base.fork()
    const fork = await middle.fork()
    await fork.summarise({ text: 'They spoke of 1234.', coversSeq: 3 })
    await fork.append([say('Go on.')])
    ok(JSON.stringify(await contextOf(fork, 8000)).includes('They spoke of 1234.'))
    world.clock.advance(10)
    await base.erase([2])
    deepStrictEqual(
      (await fork.erasedBelow()).map(({ seqs }) => seqs),
      [[2]],
    )
    deepStrictEqual(await base.erasedBelow(), [])
    ok(!JSON.stringify(await contextOf(fork, 8000)).includes('1234'))
    world.clock.advance(10)
    await fork.summarise({ text: 'They spoke of a code.', coversSeq: 3 })
    ok(JSON.stringify(await contextOf(fork, 8000)).includes('They spoke of a code.'))
  },
)

eachStore(
  'what other agents said and called is told with who it was; what was rewound or erased is not there, in forks too',
  async ({ runner }) => {
    const base = await runner.open()
    await base.append([say('Plan it.'), said('assistant', 'Three steps.', { agent: 'architect' })])
    await base.append([say('A secret.'), say('A mistake.')])
    await base.erase([4])
    await base.rewind(4)
    const fork = await base.fork()
    await fork.append([
      said('assistant', '', {
        agent: 'architect',
        parts: [{ type: 'call', call_id: 'a1', name: 'look', input: { at: 1 } }],
      }),
      gave('a1', 'seen'),
      say('Go on.'),
    ])
    deepStrictEqual(linesOf(await contextOf(fork, 8000)), [
      'user: Plan it.\n\n<told by="architect">Three steps.</told>\n\n<told by="architect">[called look {"at":1}]</told>\n\n<told by="result of look">seen</told>\n\nGo on.',
    ])
  },
)

eachStore(
  'pinned files and notes stand in front, and no more of the last messages than are wanted',
  async ({ anna, runner }) => {
    const { id } = await anna.open()
    await anna.session(id).pin('src/orders.ts')
    await anna.session(id).note('tabs, never spaces', 'instruction')
    const session = runner.session(id)
    for (let at = 1; at <= 40; at += 1)
      await session.append(said(at % 2 ? 'user' : 'assistant', `Message ${at}.`, at % 2 ? {} : { agent: 'coder' }))
    const context = await contextOf(session, 8000, { lastMessages: 10 })
    const lines = linesOf(context)
    match(lines[0] ?? '', /Pinned files: src\/orders\.ts\nNotes:\n- instruction: tabs, never spaces \(entry 3\)/)
    const messages = lines.filter((line) => line.includes('Message ')).length
    ok(messages <= 10 && messages >= 5, `${messages}`)
    match(context.parts.find(({ kind }) => kind === 'pins')?.why ?? '', /1 pinned file, 1 note/)
  },
)

eachStore('the beginning of what is sent stays the same for many turns', async ({ runner }) => {
  const session = await runner.open()
  let before: string[] = []
  let changes = 0
  for (let at = 1; at <= 150; at += 1) {
    await session.append(say(`Question ${at} ${'of some length '.repeat(4)}`))
    const now = (await contextOf(session, 3000)).messages.map((message) => JSON.stringify(message))
    if (before.some((message, place) => message !== now[place])) changes += 1
    before = now
    await session.append(said('assistant', `Answer ${at} ${'of some length '.repeat(4)}`, { agent: 'coder' }))
  }
  ok(changes > 0 && changes <= 15, `${changes} of 150`)
})

eachStore('pictures of what was said last are sent, earlier ones are named', async ({ runner }) => {
  const session = await runner.open()
  const blob = await runner.blobs.put(new Uint8Array([1, 2, 3]))
  const parts = [{ type: 'file', blob, name: 'a.png', media_type: 'image/png', size: 3 }] as const
  await session.append([said('user', 'See.', { parts: [...parts] }), said('assistant', 'Yes.', { agent: 'coder' })])
  await session.append(said('user', 'And this?', { parts: [...parts] }))
  const model = { facts: factsOf(16_000, { images: true }), estimate: (text: string) => text.length }
  const { messages } = await contextOf(session, 16_000, { model, blob: (hash) => runner.blobs.get(hash) })
  strictEqual(messages[0]?.content, 'See.\n\n[file a.png, image/png, 3 bytes]')
  deepStrictEqual([...(messages[2]?.files?.values() ?? [])], [new Uint8Array([1, 2, 3])])
  const text = await runner.blobs.put(new TextEncoder().encode('port = 8001'))
  const file = { type: 'file', blob: text, name: 'a.toml', media_type: 'application/toml', size: 11 } as const
  await session.append(said('user', 'And this.', { parts: [file] }))
  const told = await contextOf(session, 16_000, { blob: (hash) => runner.blobs.get(hash) })
  match(told.messages.at(-1)?.content ?? '', /<told by="file a\.toml, application\/toml, 11 bytes">port = 8001<\/told>/)
})
