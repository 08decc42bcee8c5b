// Processes that live on: how they ended is written down without a prompt, and what nobody uses is closed.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { alive, identityOf } from '../../program/host/proc.ts'
import type { Session } from '../../session/contract.ts'
import { until } from '../../session/testing.fixture.ts'
import { Attached } from './attached.ts'
import { type Lives, lives } from './lived.fixture.ts'
import { Machine } from './programs.fixture.ts'

const file = { programs: { bash: { idle_timeout_sec: 60 } } }

async function exits(session: Session) {
  return (await session.view('processes')).processes.map(({ status, exitCode, signal }) => ({
    status,
    exitCode,
    signal,
  }))
}

async function printed(session: Session): Promise<string> {
  return (await session.read({ kinds: ['process.output'] }))
    .map(({ data }) => (data as unknown as { text: string }).text)
    .join('')
}

const over = (machine: Machine, { name }: Lives) => until(async () => (await machine.host.get(name))?.exit !== null)

test('a process that ends between prompts is written down with the rest of its output, without a prompt', async (t) => {
  const machine = await Machine.open(t)
  const session = await machine.session()
  const { name } = await lives(machine, session)
  const watch = machine.watch(t)
  watch.see(name)
  await machine.host.write(name, 'echo last "words"; exit 3\r')
  await until(async () => (await exits(session))[0]?.status === 'exited')
  deepStrictEqual(await exits(session), [{ status: 'exited', exitCode: 3, signal: undefined }])
  match(await printed(session), /last words/)
  deepStrictEqual(machine.errors, [])
})

test('what ended while no server ran is written down by the first look of the next, by one of several', async (t) => {
  const machine = await Machine.open(t)
  const session = await machine.session()
  const one = await lives(machine, session)
  const other = await lives(machine, session)
  await machine.host.write(one.name, 'exit 4\r')
  await over(machine, one)
  const watches = [0, 1, 2].map(() => machine.watch(t))
  await Promise.all(watches.map((watch) => watch.look()))
  deepStrictEqual(await exits(session), [
    { status: 'exited', exitCode: 4, signal: undefined },
    { status: 'running', exitCode: undefined, signal: undefined },
  ])
  await machine.host.write(other.name, 'exit 5\r')
  await until(async () => (await exits(session))[1]?.status === 'exited')
  strictEqual((await session.read({ kinds: ['process.exited'] })).length, 2)
  deepStrictEqual(machine.errors, [])
})

test('while a run is at work in the session it is the one to tell how its process ended', async (t) => {
  const machine = await Machine.open(t)
  const session = await machine.session()
  const one = await lives(machine, session)
  const { run } = await machine.anna.start(session.id, { agent: 'bash', input: 'until [ -e go ]; do sleep 0.05; done' })
  await machine.host.write(one.name, 'exit\r')
  await over(machine, one)
  const watch = machine.watch(t)
  await watch.look()
  strictEqual((await session.read({ kinds: ['process.exited'] })).length, 0)
  writeFileSync(join(machine.workdir, 'go'), '')
  await machine.anna.settled(run, { until: 'end' })
  await watch.look()
  const ended = (await session.view('processes')).processes
  deepStrictEqual(
    ended.map(({ process, status }) => [process === one.id, status]),
    [
      [true, 'exited'],
      [false, 'exited'],
    ],
  )
})

test('an unused process is closed after its idle time with all that it started, and its session stays', async (t) => {
  const machine = await Machine.open(t, file)
  const session = await machine.session()
  const { id, name } = await lives(machine, session)
  await machine.host.write(
    name,
    'sleep 1000 & nohup setsid sleep 1001 >/dev/null 2>&1 & echo $! > left; echo started\r',
  )
  const seen = async (): Promise<string> => (await machine.host.screen(name)).text
  await until(async () => /\nstarted/.test(await seen()))
  const { pid } = (await machine.host.get(name)) ?? { pid: 0 }
  const identity = identityOf(pid)
  const { printedAt } = (await machine.host.get(name)) ?? {}
  ok(printedAt)
  let now = 0
  const watch = machine.watch(t, { clock: () => now })
  for (const silent of [0, 30_000, 60_000]) {
    now = printedAt + silent
    deepStrictEqual(await watch.look(), [])
  }
  now = printedAt + 60_001
  const [closed] = await watch.look()
  deepStrictEqual([closed?.session, closed?.process], [session.id, id])
  strictEqual(alive(identity), false)
  deepStrictEqual(await machine.host.get(name).then((process) => process?.exit !== null), true)
  strictEqual((await exits(session))[0]?.status, 'exited')
  strictEqual((await session.head()).place, 'open')
  deepStrictEqual(await watch.look(), [])
  deepStrictEqual(machine.errors, [])
})

test('a process with a run, with output, with somebody attached here or elsewhere, or with git at work is not idle', async (t) => {
  const machine = await Machine.open(t, file)
  const session = await machine.session()
  const { name } = await lives(machine, session)
  let ahead = 0
  const clock = () => Date.now() + ahead
  const watch = machine.watch(t, { clock })
  const later = async () => {
    ahead = Math.max(ahead, 61_000)
    return (await watch.look()).length
  }
  await until(async () => /\$ $/.test((await machine.host.screen(name)).line))
  strictEqual((await watch.look()).length, 0, 'it printed just now')
  await machine.host.write(name, 'git init -q . && touch .git/index.lock\r')
  await until(async () => /lock\n\$/.test((await machine.host.screen(name)).text))
  strictEqual(await later(), 0, 'git works')
  await machine.host.write(name, 'rm .git/index.lock\r')
  await until(async () => /rm .*\n\$/.test((await machine.host.screen(name)).text))
  const leave = watch.attach(name)
  strictEqual(await later(), 0, 'somebody looks')
  leave()
  const elsewhere = new Attached(machine.sessions.store.bus, clock, 1)
  elsewhere.add(name)
  strictEqual(await later(), 0, 'somebody looks through another server')
  elsewhere.close()
  const { run } = await machine.anna.start(session.id, { agent: 'bash', input: 'until [ -e go ]; do sleep 0.05; done' })
  ahead = 200_000
  strictEqual(await later(), 0, 'a run is at work')
  writeFileSync(join(machine.workdir, 'go'), '')
  await machine.anna.settled(run, { until: 'end' })
  strictEqual(await later(), 1)
  deepStrictEqual(machine.errors, [])
})

test('a line that a person types between prompts is in the log at once, with what comes of it, each byte once', async (t) => {
  const machine = await Machine.open(t)
  const session = await machine.session()
  const { name, id } = await lives(machine, session)
  const [watch, other] = [machine.watch(t), machine.watch(t)]
  const type = async (text: string): Promise<void> => {
    await Promise.all([watch.typing(name), other.typing(name)])
    await machine.host.write(name, text)
  }
  await type('echo "one" and\r')
  await until(async () => (await printed(session)).endsWith('one and\r\n'))
  match(await printed(session), /\$ echo "one" and\r\n.*one and\r\n$/s)
  await type('echo "two"; seq 300000; echo "last" word\r')
  await until(async () => (await machine.host.look(name)).text.includes('\nlast word'))
  await type('echo "three"\r')
  await until(async () => /three\r\n$/.test(await printed(session)))
  const all = await printed(session)
  match(all, /echo "two".*two\r\n1\r\n2\r\n.*\r\n300000\r\nlast word\r\n.*echo "three"/s)
  // Two lines, each told by two servers, of 256 KB at most; and 2 MB were printed.
  ok(all.length <= 4 * 262_144, `of much its beginning and its end, not ${all.length}`)
  const draw = `for i in {1..1500}; do printf '\\e[2;1H%s%90s' "$i" ''; done; printf '\\e[HDONE %s' "$x"`
  await type(
    `printf '\\e[?1049h'; while read -r x && [ $x != over ]; do if [ $x = rest ]; then echo rested; else ${draw}; fi; done\r`,
  )
  await until(async () => (await machine.host.look(name)).alternate)
  for (const line of ['a', 'b']) {
    await type(`${line}\r`)
    await until(async () => (await machine.host.look(name)).text.includes(`DONE ${line}`))
  }
  await type('rest\r')
  await until(async () => (await printed(session)).includes('rested\r\n'))
  const drawn = (await printed(session)).length - all.length
  ok(drawn < 7 * 16_384, `of a screen that is drawn again and again a little, not ${drawn}`)
  await machine.host.write(name, 'over\r')
  await until(async () => (await machine.host.look(name)).line.endsWith('$ '))
  await machine.host.write(name, 'exit 6\r')
  await until(
    async () => (await exits(session))[0]?.status === 'running' && (await machine.host.get(name))?.exit !== null,
  )
  watch.see(name)
  await until(async () => (await exits(session))[0]?.exitCode === 6)
  let at = 0
  for (const { data } of await session.read({ kinds: ['process.output'] })) {
    const { process_id, offset, bytes } = data as unknown as { process_id: string; offset: number; bytes: number }
    deepStrictEqual([process_id, offset >= at], [id, true])
    at = offset + bytes
  }
  deepStrictEqual(machine.errors, [])
})

test('the processes of a session that was thrown away end at the next look', async (t) => {
  const machine = await Machine.open(t)
  const session = await machine.session()
  const { name } = await lives(machine, session)
  await session.trash()
  const watch = machine.watch(t)
  strictEqual((await watch.look()).length, 1)
  ok((await machine.host.get(name))?.exit)
  deepStrictEqual(machine.errors, [])
})
