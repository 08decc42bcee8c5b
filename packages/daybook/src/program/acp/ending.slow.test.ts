// How the turn of an agent ends otherwise: by whoever gave it, by signals, and by the agent itself.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import type { PromptEvent } from '../contract.ts'
import { until } from '../host/hosting.fixture.ts'
import { statOf } from '../host/proc.ts'
import { Talking } from './talking.fixture.ts'

const delta = (text: string) => (event: PromptEvent) => event.type === 'delta' && event.text === text

test('a turn that is interrupted ends by the protocol, and the agent takes the next prompt', async (t) => {
  const talking = new Talking(t)
  const turn = await talking.ended({ number: 1, text: 'wait never' }, 'interrupt', delta('waiting'))
  deepStrictEqual(
    turn.events.find(({ type }) => type === 'interrupted'),
    { type: 'interrupted', by: 'cancel' },
  )
  deepStrictEqual([turn.types.at(-1), turn.done?.ok], ['done', false])
  deepStrictEqual((await talking.give({ number: 2, text: 'recall' })).said, ['wait never'])
})

test('an agent that does not listen is ended by signals, with all that it began', async (t) => {
  for (const [text, signal] of [
    ['deaf', 'SIGTERM'],
    ['deaf quite', 'SIGKILL'],
  ] as const) {
    const talking = new Talking(t)
    let pid = 0
    const said = (event: PromptEvent): boolean => {
      if (event.type === 'delta') pid = Number(event.text.replace('deaf with ', ''))
      return event.type === 'delta'
    }
    const turn = await talking.ended({ number: 1, text }, 'interrupt', said)
    deepStrictEqual(turn.types.slice(-2), ['interrupted', 'exited'])
    deepStrictEqual(turn.events.at(-2), { type: 'interrupted', by: signal })
    strictEqual(turn.exited?.signal, signal)
    ok(pid > 0)
    await until(() => statOf(pid) === null || statOf(pid)?.state === 'Z', 'the end of what it began')
  }
})

test('a question that comes when the turn is to end is answered by nobody', async (t) => {
  const talking = new Talking(t)
  const given = { number: 1, text: 'write note.txt x' }
  const turn = await talking.ended(given, 'interrupt', ({ type }) => type === 'message')
  strictEqual(turn.asks, null)
  strictEqual(turn.done?.ok, false)
  deepStrictEqual((await talking.give({ number: 2, text: 'recall' })).said, ['write note.txt x'])
})

test('a prompt that is interrupted before it was sent is not sent', async (t) => {
  const talking = new Talking(t)
  const turn = await talking.ended({ number: 1, text: 'one' }, 'interrupt', ({ type }) => type === 'ready')
  deepStrictEqual([turn.done?.ok, turn.exited], [false, undefined])
  deepStrictEqual((await talking.give({ number: 2, text: 'recall' })).said, [])
})

test('one that is interrupted while it starts is ended, and one that runs is left as it is', async (t) => {
  const talking = new Talking(t)
  const started = (event: PromptEvent): boolean => event.type === 'started'
  const fresh = await talking.ended({ number: 1, text: 'one' }, 'interrupt', started)
  ok(fresh.exited)
  talking.begin()
  await talking.give({ number: 2, text: 'two' })
  const running = await talking.ended({ number: 3, text: 'three' }, 'interrupt', started)
  strictEqual(running.exited, undefined)
  strictEqual(running.done?.ok, false)
  deepStrictEqual((await talking.give({ number: 4, text: 'recall' })).said, ['two'])
})

test('an agent that ends in the middle is told with what it had said, whatever it exits with', async (t) => {
  for (const code of [7, 0]) {
    const talking = new Talking(t)
    const turn = await talking.give({ number: 1, text: `exit ${code}` })
    deepStrictEqual(turn.said, ['going'])
    strictEqual(turn.exited?.code, code)
    strictEqual(turn.done?.ok, code === 0 ? false : undefined)
    const words = turn.events.flatMap((event) => (event.type === 'output' ? [Buffer.from(event.bytes).toString()] : []))
    deepStrictEqual(words, ['it had enough\n'])
  }
})

test('one that prints without end is no agent any more', async (t) => {
  const talking = new Talking(t)
  const turn = await talking.give({ number: 1, text: 'flood' })
  match(turn.done?.error ?? '', /longer than/)
  ok(turn.exited)
})

test('of a process that nobody knows any more nothing is told', async (t) => {
  const talking = new Talking(t)
  await talking.ended({ number: 1, text: 'one' }, 'interrupt', (event) => event.type === 'started')
  for (const { key } of await talking.host.list()) await talking.host.forget(key)
  await talking.give({ number: 1, text: 'one' }).then(
    () => ok(false, 'it was told'),
    (error: { code?: string }) => strictEqual(error.code, 'not_found'),
  )
})
