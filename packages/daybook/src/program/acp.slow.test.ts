// Prompts to an agent that speaks the Agent Client Protocol: what it says, asks and does, and that each is sent once.

import { deepStrictEqual, match, ok, rejects, strictEqual } from 'node:assert/strict'
import { hash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Talking } from './acp/talking.fixture.ts'
import type { PromptEvent } from './contract.ts'

const png = Buffer.from('\x89PNG\r\n\x1a\n0123', 'latin1')
const delta = (text: string) => (event: PromptEvent) => event.type === 'delta' && event.text === text

test('an agent keeps process and session for all prompts, and of each answer one message is the last', async (t) => {
  const talking = new Talking(t)
  const first = await talking.give({ number: 1, text: 'one: a red house' })
  deepStrictEqual(first.types.filter((type) => type !== 'delta').slice(0, 3), ['started', 'token', 'ready'])
  deepStrictEqual(first.said, ['heard one: a red house'])
  strictEqual(first.messages.at(-1)?.final, true)
  deepStrictEqual(
    first.events.find(({ type }) => type === 'usage'),
    { type: 'usage', usage: { input_tokens: 10, output_tokens: 5 } },
  )
  strictEqual(first.events.at(-1)?.type, 'done')
  const second = await talking.give({ number: 2, text: 'two' })
  deepStrictEqual(second.said, ['heard two'])
  const third = await talking.give({ number: 3, text: 'recall' })
  deepStrictEqual(third.said, ['one: a red house | two'])
  strictEqual((await talking.host.list()).length, 1)
})

test('a prompt that is given again by its key is told again, and the agent hears it once', async (t) => {
  const talking = new Talking(t)
  const left = await talking.ended({ number: 1, text: 'wait go' }, 'leave', delta('waiting'))
  ok(!left.done)
  const again = talking.give({ number: 1, text: 'wait go' })
  writeFileSync(join(talking.folder, 'go'), '')
  const whole = await again
  deepStrictEqual(whole.said, ['waiting, and gone on'])
  const thrice = await talking.give({ number: 1, text: 'wait go' })
  const kept = (events: readonly PromptEvent[]) => events.filter(({ type }) => type === 'message' || type === 'done')
  deepStrictEqual(kept(thrice.events), kept(whole.events))
  deepStrictEqual((await talking.give({ number: 2, text: 'recall' })).said, ['wait go'])
})

test('what it may not do by itself is asked, and done only where that is permitted', async (t) => {
  const talking = new Talking(t)
  const text = 'write note.txt one line'
  const asking = await talking.give({ number: 1, text })
  const { asks } = asking
  ok(asks)
  deepStrictEqual([asks.kind, asks.summary], ['permission', 'small: Write note.txt'])
  match(JSON.stringify(asks.input), /"text":"one line"/)
  ok(!existsSync(join(talking.folder, 'note.txt')))
  deepStrictEqual((await talking.give({ number: 1, text })).asks, asks)
  const permitted = await talking.give({ number: 1, text, replies: [{ id: asks.id, answer: true }] })
  deepStrictEqual(permitted.said, ['written'])
  strictEqual(readFileSync(join(talking.folder, 'note.txt'), 'utf8'), 'one line')
  const [call, result] = permitted.messages.map(({ parts }) => parts?.[0])
  deepStrictEqual([call?.type, result?.type], ['call', 'result'])
  const edits = permitted.messages.flatMap(({ parts = [] }) => parts.filter(({ type }) => type === 'edit'))
  const path = join(talking.folder, 'note.txt')
  const diff = '@@ -0,0 +1,1 @@\n+one line\n'
  const after = hash('sha256', 'one line', 'base64url')
  deepStrictEqual(edits, [{ type: 'edit', path, operation: 'create', diff, added: 1, removed: 0, after }])

  const other = { number: 2, text: 'write other.txt no' }
  const denying = await talking.give(other)
  const denied = await talking.give({ ...other, replies: [{ id: denying.asks?.id ?? '', answer: false }] })
  deepStrictEqual(denied.said, ['selected no'])
  strictEqual(denied.done?.ok, true)
  ok(!existsSync(join(talking.folder, 'other.txt')))
  const refused = denied.messages.flatMap(({ parts = [] }) => parts.filter(({ type }) => type === 'result'))
  deepStrictEqual(refused, [{ type: 'result', call_id: 'write other.txt', error: true, output: 'not permitted' }])
})

test('what was permitted lets nothing else through that comes with the same number', async (t) => {
  const talking = new Talking(t, ['renumbers'])
  const given = { number: 1, text: 'write-two a.txt b.txt' }
  const first = (await talking.give(given)).asks
  const one = { id: first?.id ?? '', answer: true }
  const second = (await talking.give({ ...given, replies: [one] })).asks
  deepStrictEqual([first?.summary, second?.summary], ['small: Write a.txt', 'small: Write b.txt'])
  ok(!existsSync(join(talking.folder, 'b.txt')))
  const { said } = await talking.give({ ...given, replies: [one, { id: second?.id ?? '', answer: false }] })
  deepStrictEqual(said, ['written, selected no'])
})

test('of several things that it asks at once each has an answer of its own', async (t) => {
  const talking = new Talking(t)
  const given = { number: 1, text: 'write-two a.txt b.txt' }
  const first = (await talking.give(given)).asks
  const one = { id: first?.id ?? '', answer: false }
  const second = (await talking.give({ ...given, replies: [one] })).asks
  ok(second && second.id !== first?.id)
  const over = await talking.give({ ...given, replies: [one, { id: second.id, answer: true }] })
  deepStrictEqual(over.said, ['selected no, written'])
})

test('a permission for ever is never given', async (t) => {
  const talking = new Talking(t, ['always'])
  const turn = await talking.give({ number: 1, text: 'write note.txt x' })
  deepStrictEqual(turn.said, ['refused with -32602'])
})

test('thoughts, plans and what is no protocol are told as what they are', async (t) => {
  const talking = new Talking(t)
  const thought = await talking.give({ number: 1, text: 'think' })
  deepStrictEqual(thought.messages[0]?.parts, [{ type: 'reasoning', text: 'first thought' }])
  const plan = thought.events.find((event) => event.type === 'foreign')
  strictEqual(plan?.kind, 'plan')
  const printed = await talking.give({ number: 2, text: 'print' })
  const noise = printed.events.find((event) => event.type === 'foreign')
  deepStrictEqual(noise, { type: 'foreign', kind: 'noise', record: { text: 'this is no protocol' } })
  deepStrictEqual(printed.said, ['printed'])
})

test('files and terminals of ours are not offered', async (t) => {
  const talking = new Talking(t)
  deepStrictEqual((await talking.give({ number: 1, text: 'read agent.json' })).said, ['reading is -32601'])
})

test('a turn that fails says why, and the next one goes on', async (t) => {
  const talking = new Talking(t)
  const failed = await talking.give({ number: 1, text: 'fail' })
  deepStrictEqual(failed.done, { type: 'done', ok: false, error: 'Internal error: the model is away' })
  for (const [number, reason] of ['refusal', 'max_tokens', 'max_turn_requests', 'cancelled', 'of_old'].entries()) {
    const { done } = await talking.give({ number: number + 2, text: `stop ${reason}` })
    strictEqual(done?.ok, false, reason)
  }
  deepStrictEqual((await talking.give({ number: 9, text: 'on' })).said, ['heard on'])
})

test('an image is in the prompt where the agent takes images, else the prompt is refused', async (t) => {
  const talking = new Talking(t)
  const image = join(talking.folder, 'a.png')
  writeFileSync(image, png)
  const seen = await talking.give({ number: 1, text: 'look', images: [image] })
  deepStrictEqual(seen.said, ['heard look image/png'])
  const blind = new Talking(t, ['blind'])
  await rejects(blind.give({ number: 1, text: 'look', images: [image] }), { code: 'invalid', field: 'images' })
})

test('what it said in earlier turns does not stay on the disk for ever, and it goes on', async (t) => {
  const talking = new Talking(t)
  for (let number = 1; number <= 4; number += 1) await talking.give({ number, text: 'chatter 12' })
  const recalled = await talking.give({ number: 5, text: 'recall' })
  deepStrictEqual(recalled.said, ['chatter 12 | chatter 12 | chatter 12 | chatter 12'])
  const [process] = await talking.host.list()
  ok(process && process.offset > 48_000_000)
  const spools = readdirSync(talking.folder, { recursive: true, withFileTypes: true })
  const sizes = spools
    .filter(({ name }) => /^out\.\d+$/.test(name))
    .map((one) => statSync(join(one.parentPath, one.name)).size)
  ok(sizes.reduce((sum, size) => sum + size, 0) < 30_000_000, String(sizes))
})

test('what this driver cannot give is refused before anything is started', async (t) => {
  const talking = new Talking(t)
  const invalid = { code: 'invalid' }
  const commands = talking.driverOf([], { command_prefixes: ['/'] })
  await rejects(talking.give({ number: 1, text: '/quit' }, commands), invalid)
  const typing = talking.driverOf([], { auto_commands: [{ text: 'x', optional: false }] })
  await rejects(talking.give({ number: 1, text: 'hello' }, typing), invalid)
  deepStrictEqual(await talking.host.list(), [])
})
