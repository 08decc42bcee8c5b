// Tests of contexts: what stands in one and why, how it is cut, and that it is the same for the same log.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { eachStore, say } from '../../../session/testing.fixture.ts'
import { called, contextOf, gave, linesOf, said } from './context.fixture.ts'
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
