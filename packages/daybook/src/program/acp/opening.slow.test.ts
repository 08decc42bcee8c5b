// How an agent is made ready: sessions of its own taken up again, what it tells of the past, and why it cannot be given a prompt.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { PromptEvent } from '../contract.ts'
import { Talking, type Turn } from './talking.fixture.ts'

const delta = (text: string) => (event: PromptEvent) => event.type === 'delta' && event.text === text

/** Ends its process as a machine that restarts does. */
async function lost(talking: Talking): Promise<void> {
  for (const { key, exit } of await talking.host.list()) if (!exit) await talking.host.signal(key, 'SIGKILL', 'tree')
  talking.begin()
}

for (const [ways, how] of [
  [[], 'tells its history before it answers'],
  [['late'], 'tells its history when it has answered'],
  [['resumes'], 'takes up without telling'],
] as const) {
  test(`an agent that ${how} goes on in its session, and nothing of the past is told again`, async (t) => {
    const talking = new Talking(t, ways)
    await talking.give({ number: 1, text: 'one' })
    await talking.give({ number: 2, text: 'two' })
    const { token } = talking
    await lost(talking)
    const third = await talking.give({ number: 3, text: 'recall' })
    deepStrictEqual(third.said, ['one | two'])
    strictEqual(talking.token, token)
    const started = third.events.find((event) => event.type === 'started')
    strictEqual(started?.start.resumed, true)
    deepStrictEqual((await talking.give({ number: 4, text: 'four' })).said, ['heard four'])
  })
}

for (const [ways, how] of [
  [['forgets'], 'does not know its session any more'],
  [['loads-nothing'], 'takes no session up again'],
] as const) {
  test(`an agent that ${how} refuses the token and ends, and begins anew without it`, async (t) => {
    const talking = new Talking(t)
    await talking.give({ number: 1, text: 'one' })
    await lost(talking)
    const driver = talking.driverOf(ways)
    const refused = await talking.give({ number: 2, text: 'two' }, driver)
    strictEqual(refused.done?.ok, false)
    strictEqual(refused.exited?.refused, 'token')
    ok(!refused.types.includes('ready'))
    talking.begin()
    talking.token = null
    const anew = await talking.give({ number: 3, text: 'three' }, driver)
    deepStrictEqual(anew.said, ['heard three'])
  })
}

for (const [way, why] of [
  ['stranger', /^small is not logged in: start .*node by hand once and log in/],
  ['old', /^it speaks version 0 of the protocol$/],
  ['mute', /^small did not answer session\/new within 5 s$/],
] as const) {
  test(`an agent that is ${way} says why it takes no prompt, and is not left running`, async (t) => {
    const talking = new Talking(t, [way], {}, 5000)
    const turn: Turn = await talking.give({ number: 1, text: 'one' })
    match(turn.done?.error ?? '', why)
    strictEqual(turn.exited?.refused, undefined)
    ok((await talking.host.list()).every(({ exit }) => exit))
  })
}

test('a program that is no agent ends without an answer, and its last words are told', async (t) => {
  const talking = new Talking(t)
  const driver = talking.driverOf([], { acp: { argv: ['--eval', 'console.error("what?"); process.exit(3)'] } })
  const { types, exited, events } = await talking.give({ number: 1, text: 'one' }, driver)
  deepStrictEqual([types.at(-1), exited?.code], ['exited', 3])
  const words = events.flatMap((event) => (event.type === 'output' ? [Buffer.from(event.bytes).toString()] : []))
  deepStrictEqual(words, ['what?\n'])
})

test('a prompt that nobody waited for is cancelled before the next one is given', async (t) => {
  const talking = new Talking(t)
  await talking.ended({ number: 1, text: 'wait never' }, 'leave', delta('waiting'))
  const next = await talking.give({ number: 2, text: 'next' })
  deepStrictEqual(next.said, ['heard next'])
  const { asks } = await talking.give({ number: 3, text: 'write note.txt x' })
  ok(asks)
  const last = await talking.give({ number: 4, text: 'recall' })
  deepStrictEqual(last.said, ['wait never | next | write note.txt x'])
})

test('a prompt that is over before anybody came back for it is told whole, and so is the next one', async (t) => {
  const talking = new Talking(t)
  await talking.ended({ number: 1, text: 'wait go' }, 'leave', delta('waiting'))
  writeFileSync(join(talking.folder, 'go'), '')
  deepStrictEqual((await talking.give({ number: 1, text: 'wait go' })).said, ['waiting, and gone on'])
  deepStrictEqual((await talking.give({ number: 2, text: 'recall' })).said, ['wait go'])
})

test('a start that was cut off is gone on with, wherever that was', async (t) => {
  for (const type of ['started', 'token', 'ready'] as const) {
    const talking = new Talking(t)
    await talking.ended({ number: 1, text: 'one' }, 'leave', (event) => event.type === type)
    deepStrictEqual((await talking.give({ number: 1, text: 'one' })).said, ['heard one'], type)
    deepStrictEqual((await talking.give({ number: 2, text: 'recall' })).said, ['one'], type)
    strictEqual((await talking.host.list()).length, 1)
  }
})
