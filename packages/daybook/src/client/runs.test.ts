// Runs through the client against a real server: started, waited for, decided, queued, and followed over cut connections.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createServer, type Server } from '../http/server.ts'
import { searchOf } from '../search/testing.fixture.ts'
import type { Sessions } from '../session/contract.ts'
import { openSessions } from '../session/sessions.ts'
import { gate } from '../session/testing.fixture.ts'
import { memoryStore } from '../store/memory.ts'
import type { Work } from '../work/contract.ts'
import { fixedSkills } from '../work/skills/fixed.ts'
import { skill } from '../work/testing.fixture.ts'
import { openWork } from '../work/work.ts'
import { type Client, isDaybookError, openClient, type RunItem } from './client.ts'

const scope = { tenant: 'local', subjects: ['local'] } as const
const skills = fixedSkills(
  skill('echo', (input) => `heard: ${input}`, { description: 'Repeats a text, an echo.', input: { type: 'string' } }),
  skill('hold', async () => {
    await letGo.promise
    return 'held'
  }),
  skill('push', (input) => `pushed ${input}`, { risk: 'high' }),
  skill('ask', async (_input, { ask }) => ask('which?'), { durable: true }),
  skill('mark', () => 'marked', { undo: async () => {} }),
  skill('steps', async (_input, { step }) => step('a', () => 'a').then(() => step('b', () => 'b')), { durable: true }),
)
let letGo = gate()
let sessions: Sessions
let work: Work
let server: Server
let client: Client

before(async () => {
  sessions = await openSessions({ store: memoryStore() })
  work = openWork({ sessions, skills, tickMs: 50 })
  server = await createServer({
    sessions,
    work,
    search: searchOf(sessions.store),
    scope,
    version: '0.0.0',
    heartbeat: 50,
  })
  client = openClient({ url: await server.listen({ port: 0, host: '127.0.0.1' }) })
})

after(async () => {
  await server.close()
  await work.close()
  await sessions.close()
})

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    if (isDaybookError(error)) return error.code
    throw error
  }
  return 'none'
}

const started = async (session: string, fields: Parameters<Client['runs']['start']>[1]) =>
  (await client.runs.start(session, fields)).run_id

test('a run is started, waited for and read', async () => {
  const { runs } = client
  const receipt = await runs.start('a', { skill: 'echo', input: 'hi' }, { key: 'k' })
  assert.equal((await runs.start('a', { skill: 'echo', input: 'hi' }, { key: 'k' })).run_id, receipt.run_id)
  const done = await runs.wait(receipt.run_id, { timeoutMs: 60_000 })
  assert.deepEqual([done.status, done.output], ['done', 'heard: hi'])
  assert.deepEqual(await runs.get(receipt.run_id), done)
  assert.equal(await codeOf(runs.get('none')), 'not_found')
  assert.equal((await runs.run({ query: 'echo this' })).output, 'heard: echo this')
  assert.equal((await runs.runAgent('orchestrator', { input: 'echo it' })).output, 'heard: echo it')
  assert.equal((await runs.route('echo this')).skill, 'echo')
  assert.ok((await runs.skills()).skills.some((one) => one.skill_id === 'push' && one.risk === 'high'))
  assert.equal((await runs.agents())[0]?.name, 'orchestrator')
  const { total } = await runs.metrics({ group: 'skill' })
  assert.equal(total.done, 3)
})

test('approvals and questions of all sessions are decided and answered', async () => {
  const { runs } = client
  const [push, ask] = [await started('b', { skill: 'push', input: 'x' }), await started('c', { skill: 'ask' })]
  const [pushing, asking] = [await runs.wait(push), await runs.wait(ask)]
  assert.deepEqual((await runs.approvals()).items.map(({ run_id }) => run_id).sort(), [push, ask].sort())
  const [approval, question] = [pushing.approvals[0], asking.questions[0]]
  assert.ok(approval && question)
  const decision = { decision: 'approved', digest: approval.digest } as const
  await runs.decide(push, approval.approval_id, decision)
  assert.equal(await codeOf(runs.decide(push, approval.approval_id, decision)), 'invalid_state')
  await runs.answer(ask, question.question_id, { branch: 1 })
  assert.equal((await runs.wait(push, { until: 'end' })).output, 'pushed x')
  assert.deepEqual((await runs.wait(ask, { until: 'end' })).output, { branch: 1 })
  const step = { step_id: 'none', resolution: 'done', reason: 'seen' } as const
  assert.equal(await codeOf(runs.resolve(push, step)), 'not_found')
})

test('the queue is read, edited and left; runs are cancelled and undone', async () => {
  letGo = gate()
  const { runs } = client
  const hold = await started('q', { skill: 'hold' })
  const [one, two] = [
    await started('q', { skill: 'echo', input: '1' }),
    await started('q', { skill: 'echo', input: '2' }),
  ]
  const [seen] = (await runs.queue('q')).runs.filter(({ run_id }) => run_id === two)
  const moved = await runs.edit(two, { input: 'two', before: one }, { expect: seen?.seq ?? 0 })
  assert.equal(moved.input, 'two')
  assert.equal(await codeOf(runs.edit(two, { input: '3' }, { expect: seen?.seq ?? 0 })), 'conflict')
  assert.equal((await runs.withdraw(one)).reason, 'withdrawn')
  assert.equal((await runs.wait(hold, { timeoutMs: 1 })).finished_at, null)
  assert.equal((await runs.cancel(hold)).reason, 'user')
  letGo.resolve()
  assert.equal((await runs.wait(two)).output, 'heard: two')
  const marked = await started('q', { skill: 'mark' })
  await runs.wait(marked)
  const undo = await runs.undo(marked)
  assert.equal((await runs.wait(undo.run_id)).undoes, marked)
})

test('a stream gives every entry once, over connections that are cut, and ends with the run', async () => {
  const run = await started('s', { skill: 'steps' })
  const whole: RunItem[] = []
  for await (const item of client.runs.stream(run)) whole.push(item)
  const seqs = whole.flatMap((item) => ('seq' in item ? item.seq : []))
  const log = (await client.session('s').entries({ limit: 1000 })).entries
  assert.deepEqual(
    seqs,
    log.filter((entry) => entry.run_id === run).map(({ seq }) => seq),
  )
  const last = whole.at(-1)
  assert.ok(last && 'run' in last)
  assert.deepEqual([last.run.status, last.run.output], ['done', 'b'])
  // Each connection gives one event more than the one before, then breaks.
  let connections = 0
  const cutting: typeof fetch = async (...given) => {
    const answer = await fetch(...given)
    connections += 1
    let left = connections
    const cut = new TransformStream<string, string>({
      transform(block, controller) {
        controller.enqueue(`${block}\n\n`)
        if (block.startsWith('id:')) left -= 1
        if (left === 0) controller.error(new Error('cut'))
      },
    })
    const text = await answer.text()
    const blocks = new ReadableStream<string>({
      start(controller) {
        for (const block of text.split('\n\n')) if (block !== '') controller.enqueue(block)
        controller.close()
      },
    })
    return new Response(blocks.pipeThrough(cut).pipeThrough(new TextEncoderStream()), { headers: answer.headers })
  }
  const broken = openClient({ url: client.url, fetch: cutting, wait: async () => {} })
  const found: number[] = []
  for await (const item of broken.runs.stream(run)) if ('seq' in item) found.push(item.seq)
  assert.deepEqual(found, seqs)
  assert.ok(connections > 1)
})
