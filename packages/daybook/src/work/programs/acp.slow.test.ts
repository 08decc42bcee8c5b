// Prompts to an agent that lives on and asks: approvals of the run, servers that come and go meanwhile, and how a turn ends otherwise.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { agentSettings } from '../../program/acp/talking.fixture.ts'
import type { Session } from '../../session/contract.ts'
import { until } from '../../session/testing.fixture.ts'
import { Machine } from './programs.fixture.ts'

interface Data {
  readonly [name: string]: unknown
}

const programs = { small: agentSettings([]) }

/** Of one kind, what the log says, in order. */
async function dataOf(
  session: Session,
  kind: 'message' | 'process.interrupted' | 'process.token_found',
): Promise<Data[]> {
  return (await session.read({ kinds: [kind] })).map(({ data }) => data as unknown as Data)
}

async function saidIn(session: Session): Promise<string[]> {
  const all = await dataOf(session, 'message')
  return all.flatMap(({ role, content }) => (role === 'assistant' && content !== '' ? [String(content)] : []))
}

async function asked(machine: Machine, session: Session, input: string): Promise<string> {
  return (await machine.anna.start(session.id, { agent: 'small', input })).run
}

async function answered(machine: Machine, session: Session, input: string): Promise<unknown> {
  const state = await machine.anna.settled(await asked(machine, session, input), { until: 'end' })
  strictEqual(state.status, 'done', JSON.stringify(state.error))
  return (state.output as Data).text
}

async function restarted(machine: Machine): Promise<void> {
  await machine.work.close()
  await machine.sessions.close()
  await machine.start()
}

test('what an agent may not do by itself is an approval of the run, which may be given to another server', async (t) => {
  const machine = await Machine.open(t, { programs })
  const session = await machine.session()
  const run = await asked(machine, session, 'write note.txt one line')
  const waiting = await machine.anna.settled(run)
  deepStrictEqual([waiting.status, waiting.reason], ['waiting', 'approval'])
  const [approval] = waiting.approvals
  ok(approval)
  strictEqual(approval.summary, 'small: Write note.txt')
  const asking = await session.read({ kinds: ['message', 'approval.requested'] })
  deepStrictEqual(
    asking.map(({ kind, data }) => `${kind} ${JSON.stringify(data).includes('"type":"call"')}`).slice(-2),
    ['message true', 'approval.requested false'],
    'the call stands before the question whether it may be made',
  )
  match(JSON.stringify(approval.input), /"rawInput":\{"path":"[^"]*note.txt","text":"one line"\}/)
  await restarted(machine)
  ok(!existsSync(join(machine.workdir, 'note.txt')))
  await machine.anna.decide(run, approval.id, { decision: 'approved', digest: approval.digest })
  const over = await machine.anna.settled(run, { until: 'end' })
  deepStrictEqual([over.status, (over.output as Data).text], ['done', 'written'])
  strictEqual(readFileSync(join(machine.workdir, 'note.txt'), 'utf8'), 'one line')
  const again = machine.handle(session.id)
  const parts = (await dataOf(again, 'message')).flatMap(({ parts = [] }) => parts as Data[])
  deepStrictEqual(
    parts.map(({ type }) => type),
    ['call', 'result', 'edit'],
  )
  strictEqual((await again.view('processes')).processes.length, 1)
  strictEqual(await answered(machine, again, 'recall'), 'write note.txt one line')
  deepStrictEqual(machine.errors, [])
})

test('what is not permitted is not done, and the turn goes on', async (t) => {
  const machine = await Machine.open(t, { programs })
  const session = await machine.session()
  const run = await asked(machine, session, 'write-two a.txt b.txt')
  for (const decision of ['denied', 'approved'] as const) {
    const { approvals } = await machine.anna.settled(run)
    const open = approvals.find(({ status }) => status === 'open')
    ok(open)
    await machine.anna.decide(run, open.id, { decision, digest: open.digest })
  }
  const { status, output } = await machine.anna.settled(run, { until: 'end' })
  deepStrictEqual([status, (output as Data).text], ['done', 'selected no, written'])
  deepStrictEqual(
    ['a.txt', 'b.txt'].map((name) => existsSync(join(machine.workdir, name))),
    [false, true],
  )
})

test('a server that ends leaves the agent at work, and the next one tells all of its turn once', async (t) => {
  const machine = await Machine.open(t, { programs })
  const session = await machine.session()
  const run = await asked(machine, session, 'wait go')
  await until(async () => (await session.read({ kinds: ['process.ready'] })).length === 1)
  await restarted(machine)
  writeFileSync(join(machine.workdir, 'go'), '')
  const { status, output } = await machine.anna.settled(run, { until: 'end' })
  deepStrictEqual([status, (output as Data).text], ['done', 'waiting, and gone on'])
  const again = machine.handle(session.id)
  strictEqual(await answered(machine, again, 'recall'), 'wait go')
  deepStrictEqual(await saidIn(again), ['waiting, and gone on', 'wait go'])
  const { processes } = await again.view('processes')
  deepStrictEqual(
    processes.map(({ program, status: now }) => [program, now]),
    [['small', 'running']],
  )
  const usage = (await dataOf(again, 'message')).flatMap((message) => (message.usage ? [message.usage] : []))
  deepStrictEqual(usage, Array(2).fill({ input_tokens: 10, output_tokens: 5 }))
})

test('a run that is cancelled ends the turn and not the agent, also where it waits for a decision', async (t) => {
  const machine = await Machine.open(t, { programs })
  const session = await machine.session()
  const first = await asked(machine, session, 'wait never')
  await until(async () => (await session.read({ kinds: ['process.ready'] })).length === 1)
  await machine.anna.cancel(first)
  strictEqual((await machine.anna.settled(first, { until: 'end' })).status, 'cancelled')
  const second = await asked(machine, session, 'write note.txt x')
  strictEqual((await machine.anna.settled(second)).status, 'waiting')
  const [{ key = '' } = {}] = await machine.host.list()
  machine.watch(t).see(key)
  await machine.anna.cancel(second)
  const ended = (): string => readFileSync(join(machine.workdir, 'agent.json'), 'utf8')
  await until(() => ended().includes('write note.txt x'))
  strictEqual(await answered(machine, session, 'recall'), 'wait never | write note.txt x')
  deepStrictEqual(
    (await dataOf(session, 'process.interrupted')).map(({ by }) => by),
    ['cancel'],
  )
  strictEqual((await session.view('processes')).processes.length, 1)
  ok(!existsSync(join(machine.workdir, 'note.txt')))
  deepStrictEqual(machine.errors, [])
})

test('an agent that ended goes on in its own session with the next prompt', async (t) => {
  const machine = await Machine.open(t, { programs })
  const session = await machine.session()
  strictEqual(await answered(machine, session, 'one'), 'heard one')
  const run = await asked(machine, session, 'exit 7')
  const { status, error } = await machine.anna.settled(run, { until: 'end' })
  deepStrictEqual([status, error?.message], ['failed', 'small ended with 7: it had enough'])
  strictEqual(await answered(machine, session, 'recall'), 'one')
  strictEqual((await session.view('processes')).processes.length, 2)
  strictEqual((await dataOf(session, 'process.token_found')).length, 1)
})

test('a session that the agent does not know any more fails one run, and the next one begins anew', async (t) => {
  const machine = await Machine.open(t, { programs: { small: agentSettings(['forgets']) } })
  const session = await machine.session()
  strictEqual(await answered(machine, session, 'one'), 'heard one')
  for (const { key } of await machine.host.list()) await machine.host.signal(key, 'SIGKILL', 'tree')
  await until(async () => (await machine.host.list()).every(({ exit }) => exit))
  const run = await asked(machine, session, 'two')
  const { status, reason, error } = await machine.anna.settled(run, { until: 'end' })
  deepStrictEqual([status, reason, error?.message], ['failed', 'resume_failed', 'there is no such session'])
  // It is told what was said before, for it does not know that.
  match(String(await answered(machine, session, 'three')), /heard one.*three$/s)
  strictEqual((await dataOf(session, 'process.token_found')).length, 2)
})

test('a way of driving whose adapter is not on this machine is not offered', async (t) => {
  const acp = { bin: 'daybook-no-such-adapter', argv: [] }
  const headless = { format: 'text', start: ['-c', '--', '{prompt}'] }
  const machine = await Machine.open(t, {
    programs: { both: { bin: 'bash', acp, headless }, only: { bin: 'bash', acp }, there: agentSettings([]) },
  })
  const driversOf = (name: string) => machine.programs.get(name)?.drivers.map((driver) => driver.name)
  deepStrictEqual(['both', 'only', 'there'].map(driversOf), [['headless'], undefined, ['acp']])
})
