// Prompts to programs that live on in a terminal: what they remember, what they ask, and servers that come and go meanwhile.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Kind } from '../../schema/kinds.ts'
import type { Session } from '../../session/contract.ts'
import { until } from '../../session/testing.fixture.ts'
import { Machine } from './programs.fixture.ts'

interface Data {
  readonly [name: string]: unknown
}

async function dataOf(session: Session, ...kinds: Kind[]): Promise<Data[]> {
  return (await session.read({ kinds })).map(({ data }) => data as unknown as Data)
}

async function outputOf(session: Session): Promise<string> {
  return (await dataOf(session, 'process.output')).map(({ text }) => String(text)).join('')
}

async function asked(machine: Machine, session: Session, text: string, agent = 'bash'): Promise<string> {
  return (await machine.anna.start(session.id, { agent, input: { text, driver: 'pty' } })).run
}

async function done(machine: Machine, session: Session, text: string, agent = 'bash'): Promise<Data> {
  const state = await machine.anna.settled(await asked(machine, session, text, agent), { until: 'end' })
  strictEqual(state.status, 'done', JSON.stringify(state.error))
  return state.output as Data
}

async function restarted(machine: Machine): Promise<void> {
  await machine.work.close()
  await machine.sessions.close()
  await machine.start()
}

test('[S5.1] prompts in a terminal go to one process, which remembers; each without one has a process of its own', async (t) => {
  const machine = await Machine.open(t)
  const session = await machine.session()
  strictEqual((await done(machine, session, 'a=42; cd /')).text, '')
  await restarted(machine)
  const again = machine.handle(session.id)
  deepStrictEqual((({ text, exit_code }) => [text, exit_code])(await done(machine, again, 'echo $a $PWD; (exit 3)')), [
    '42 /',
    3,
  ])
  const { processes } = await again.view('processes')
  deepStrictEqual(
    processes.map(({ driver, status }) => [driver, status]),
    [['pty', 'running']],
  )
  // What is chosen once holds for the session.
  const { run } = await machine.anna.start(session.id, { agent: 'bash', input: 'echo $((a + 1))' })
  strictEqual(((await machine.anna.settled(run)).output as Data).text, '43')
  const other = await machine.session()
  for (const [text, answer] of [
    ['b=1; echo $b', '1'],
    ['echo "$b."', '.'],
  ] as const) {
    const own = await machine.anna.start(other.id, { agent: 'bash', input: text })
    strictEqual(((await machine.anna.settled(own.run)).output as Data).text, answer)
  }
  strictEqual((await other.view('processes')).processes.length, 2)
  deepStrictEqual(machine.errors, [])
})

test('who opens a program says nothing with that, and what is said next is what its session is called', async (t) => {
  const machine = await Machine.open(t)
  const session = await machine.session()
  const { run } = await machine.anna.start(session.id, { agent: 'bash', input: { open: true, driver: 'pty' } })
  strictEqual((await machine.anna.settled(run, { until: 'end' })).status, 'done')
  deepStrictEqual(await dataOf(session, 'message'), [])
  strictEqual((await done(machine, session, 'echo hello')).text, 'hello')
  const [said] = await dataOf(session, 'message')
  deepStrictEqual([said?.role, said?.content, (await session.head()).title], ['user', 'echo hello', 'echo hello'])
  deepStrictEqual(machine.errors, [])
})

test('a server that ends in the middle of output leaves the terminal at work, and the next one tells each byte once', async (t) => {
  const machine = await Machine.open(t)
  const session = await machine.session()
  const go = join(machine.folder, 'go')
  const loop = `for i in 1 2 3; do echo line $i; done; until test -e ${go}; do sleep 0.02; done; echo the end`
  const run = await asked(machine, session, `echo x >> marks; ${loop}`)
  const queued = await asked(machine, session, 'cat marks')
  await until(async () => (await outputOf(session)).includes('\nline 3\r\n'))
  await restarted(machine)
  writeFileSync(go, '')
  const { output } = await machine.anna.settled(run, { until: 'end' })
  deepStrictEqual([(output as Data).text, (output as Data).exit_code], ['line 1\nline 2\nline 3\nthe end', 0])
  strictEqual(((await machine.anna.settled(queued, { until: 'end' })).output as Data).text, 'x')
  const again = machine.handle(session.id)
  const [{ key } = { key: '' }] = await machine.host.list()
  const printed: Uint8Array[] = []
  const bytes = (await machine.host.get(key))?.offset ?? 0
  for await (const event of machine.host.follow(key, { out: 0, err: 0 }, AbortSignal.timeout(60_000))) {
    if (event.type === 'output') printed.push(event.bytes)
    if (Buffer.concat(printed).length >= bytes) break
  }
  const logged = await outputOf(again)
  strictEqual(logged, Buffer.concat(printed).toString().slice(0, logged.length))
  deepStrictEqual((await dataOf(again, 'process.ready')).length, 2)
  deepStrictEqual(machine.errors, [])
})

test('of a program that draws its screen again and again the log gets a beginning and an end, and its answer is the screen', async (t) => {
  const draw = `for i in {1..4000}; do printf '\\e[2;1H%s%90s' "frame $i" ''; done`
  const script = `printf '\\e]0;Ready\\a'; while read -r line; do printf '\\e]0;Working\\a'; ${draw}; printf '\\e]0;Ready\\a'; done`
  const pty = { argv: ['--norc', '--noprofile', '-c', script], busy: { title: 'Working' }, idle: { title: 'Ready' } }
  const machine = await Machine.open(t, { programs: { drawing: { bin: 'bash', drivers: ['pty'], pty } } })
  const session = await machine.session()
  match(String((await done(machine, session, 'draw', 'drawing')).text), /frame 4000$/)
  const [{ key } = { key: '' }] = await machine.host.list()
  const printed = (await machine.host.get(key))?.offset ?? 0
  ok(printed > 400_000, String(printed))
  const pieces = await dataOf(session, 'process.output')
  const logged = pieces.reduce((sum, { bytes }) => sum + Number(bytes), 0)
  ok(logged > 32_768 && logged < 70_000, String(logged))
  const last = pieces.at(-1)
  strictEqual(Number(last?.offset) + Number(last?.bytes), printed)
  deepStrictEqual(machine.errors, [])
})

test('[S5.5] the commands of a start are typed once for each process, also over a restart, and the log says so', async (t) => {
  const programs = { bash: { auto_commands: ['echo x >> marks; b=7', { text: 'false', optional: true }] } }
  const machine = await Machine.open(t, { programs })
  const session = await machine.session()
  strictEqual((await done(machine, session, 'echo $b; cat marks')).text, '7\nx')
  await restarted(machine)
  const again = machine.handle(session.id)
  strictEqual((await done(machine, again, 'echo $b; cat marks')).text, '7\nx')
  deepStrictEqual(
    (await dataOf(again, 'process.auto_command_sent')).map(({ index, ok: good }) => [index, good]),
    [
      [0, true],
      [1, false],
    ],
  )
  strictEqual((await done(machine, again, 'exit 0')).exit_code, 0)
  strictEqual((await done(machine, again, 'echo $b; cat marks')).text, '7\nx\nx')
  strictEqual((await again.view('processes')).processes.length, 2)
})

test('what a program asks is a question of the run, whose answer may be given to another server', async (t) => {
  const machine = await Machine.open(t)
  const session = await machine.session()
  const run = await asked(machine, session, 'name = input("name? ")', 'python')
  const waiting = await machine.anna.settled(run)
  deepStrictEqual([waiting.status, waiting.reason], ['waiting', 'question'])
  const [question] = await dataOf(session, 'question.asked')
  match(JSON.stringify(question), /name\?/)
  await restarted(machine)
  await machine.anna.answer(run, String(question?.question_id ?? question?.id), 'anna')
  strictEqual((await machine.anna.settled(run, { until: 'end' })).status, 'done')
  strictEqual((await done(machine, machine.handle(session.id), 'print(name)', 'python')).text, 'anna')
})

test('a run that is cancelled ends what it began and not its terminal, also where it waits for an answer', async (t) => {
  const machine = await Machine.open(t)
  const session = await machine.session()
  const first = await asked(machine, session, 'echo be""gun; sleep 600')
  await until(async () => (await outputOf(session)).includes('begun'))
  await machine.anna.cancel(first)
  strictEqual((await machine.anna.settled(first, { until: 'end' })).status, 'cancelled')
  const second = await asked(machine, session, 'read -r a')
  strictEqual((await machine.anna.settled(second)).status, 'waiting')
  const [{ key = '' } = {}] = await machine.host.list()
  const line = async (): Promise<string> => (await machine.host.screen(key)).line
  strictEqual(await line(), '')
  machine.watch(t).see(key)
  await machine.anna.cancel(second)
  await until(async () => (await line()).endsWith('$ '))
  strictEqual((await done(machine, session, 'echo on')).text, 'on')
  match(String((await dataOf(session, 'process.interrupted'))[0]?.by), /^(keys|SIGINT)$/)
  strictEqual((await session.view('processes')).processes.length, 1)
})

test('what a cancelled prompt left in the terminal is ended, however it holds on, and takes no later prompt', async (t) => {
  const machine = await Machine.open(t)
  const session = await machine.session()
  const first = await asked(machine, session, 'python3 -q')
  strictEqual((await machine.anna.settled(first)).status, 'waiting')
  await machine.anna.cancel(first)
  strictEqual((await done(machine, session, 'echo "in ${0##*/}" && pgrep -c -P $$ python3')).text, 'in bash\n0')
  strictEqual((await session.view('processes')).processes.length, 1)
})

test('without the packages for terminals programs are driven in their other ways', async (t) => {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== '@lydell/node-pty') return next(specifier, context)
      throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
    },
  })
  t.after(() => hooks.deregister())
  const machine = await Machine.open(t)
  for (const program of machine.programs.list()) ok(!program.drivers.some(({ name }) => name === 'pty'), program.name)
  const session = await machine.session()
  const { run } = await machine.anna.start(session.id, { agent: 'bash', input: 'echo without > made; echo without' })
  strictEqual(((await machine.anna.settled(run)).output as Data).text, 'without')
  strictEqual(readFileSync(join(machine.workdir, 'made'), 'utf8'), 'without\n')
  const refused = await asked(machine, session, 'echo no')
  deepStrictEqual((({ status, reason }) => [status, reason])(await machine.anna.settled(refused)), [
    'failed',
    'refused',
  ])
})
