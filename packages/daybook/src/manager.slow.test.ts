// What a person does with sessions of programs, through a real server with a process host of its own, and over its restart.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { endHost } from './program/host/hosting.fixture.ts'
import { alive, identityOf } from './program/host/proc.ts'
import { type RunningServer, startServer } from './serving.ts'
import { until } from './session/testing.fixture.ts'

/** A machine: a store, a state folder, a folder to work in, and one server after the other. */
class Machine {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'daybook-manager-')))
  readonly work = join(this.folder, 'work')
  #server: RunningServer | null = null

  constructor(t: TestContext, defaults: object = {}) {
    mkdirSync(this.work)
    writeFileSync(join(this.folder, 'programs.json'), JSON.stringify({ workdirs: ['work'], defaults }))
    t.after(async () => {
      await this.#server?.close()
      for (const name of readdirSync(join(this.folder, 'processes')))
        await endHost(join(this.folder, 'processes', name))
      rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
    })
  }

  async start(): Promise<void> {
    const { folder } = this
    const programs = { file: join(folder, 'programs.json'), state: folder }
    this.#server = await startServer({ port: 0, host: '127.0.0.1', store: `sqlite:${join(folder, 'a.db')}`, programs })
  }

  async stop(): Promise<void> {
    await this.#server?.close()
    this.#server = null
  }

  async call(line: string, body?: unknown, status?: number): Promise<ReturnType<typeof JSON.parse>> {
    const [method = '', path = ''] = line.split(' ')
    const key = readFileSync(join(this.folder, 'key'), 'utf8').trim()
    const answer = await fetch(`${this.#server?.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (status === undefined) assert.ok(answer.ok, `${line}: ${text}`)
    else assert.equal(answer.status, status, `${line}: ${text}`)
    return text === '' ? null : JSON.parse(text)
  }
}

/** What one prompt to bash answered. */
async function prompt(machine: Machine, session: string, input: string): Promise<string> {
  const run = await machine.call(`POST /sessions/${session}/runs`, { agent: 'bash', input, wait: true })
  assert.equal(run.status, 'done', JSON.stringify(run))
  return run.output.text
}

interface Opened {
  readonly session: string
  readonly process: string
  readonly pid: number
}

async function opened(machine: Machine): Promise<Opened> {
  const { session_id: session } = await machine.call('POST /sessions', { metadata: { cwd: machine.work } })
  const { process } = await machine.call(`POST /sessions/${session}/processes`, {
    program: 'bash',
    cols: 100,
    rows: 30,
  })
  assert.deepEqual([process.alive, process.now.cols, process.now.rows], [true, 100, 30])
  return { session, process: process.process.process_id, pid: process.process.pid }
}

test('[S5.9] sessions of programs are created, got, listed, made active, deleted and cleaned up, and a restart changes none of it', async (t) => {
  const machine = new Machine(t)
  await machine.start()
  assert.deepEqual(await machine.call('GET /active-session'), { session_id: null })
  const one = await opened(machine)
  const other = await opened(machine)
  assert.equal(await prompt(machine, one.session, 'MINE=kept; echo set'), 'set')
  assert.deepEqual(await machine.call('PUT /active-session', { session_id: one.session }), { session_id: one.session })
  await machine.call('PUT /active-session', { session_id: 'nowhere' }, 404)
  const listed = async (): Promise<string[]> =>
    (await machine.call('GET /sessions')).sessions.map((each: { session_id: string }) => each.session_id)
  const before = {
    sessions: await listed(),
    session: await machine.call(`GET /sessions/${one.session}`),
    processes: await machine.call(`GET /sessions/${one.session}/processes`),
  }
  assert.deepEqual(before.sessions.toSorted(), [one.session, other.session].toSorted())
  const alives = [identityOf(one.pid), identityOf(other.pid)]

  await machine.stop()
  await machine.start()
  assert.deepEqual(await machine.call('GET /active-session'), { session_id: one.session })
  assert.deepEqual(await listed(), before.sessions)
  assert.deepEqual(await machine.call(`GET /sessions/${one.session}`), before.session)
  assert.deepEqual(await machine.call(`GET /sessions/${one.session}/processes`), before.processes)
  assert.deepEqual(alives.map(alive), [true, true])
  assert.equal(await prompt(machine, one.session, 'echo $MINE $$'), `kept ${one.pid}`)

  assert.deepEqual(await machine.call('POST /processes/cleanup'), { closed: [] })
  await machine.call(`DELETE /sessions/${other.session}`)
  const { closed } = await machine.call('POST /processes/cleanup')
  assert.deepEqual(
    closed.map((each: { process_id: string }) => each.process_id),
    [other.process],
  )
  assert.deepEqual(alives.map(alive), [true, false])
  await machine.call(`DELETE /sessions/${one.session}`)
  assert.deepEqual(await machine.call('GET /active-session'), { session_id: null })
  assert.deepEqual(await listed(), [])
})

test('[S5.7] a turn is interrupted and its process lives on; a process that is closed leaves nothing behind', async (t) => {
  const machine = new Machine(t)
  await machine.start()
  const { session, process, pid } = await opened(machine)
  const at = `/sessions/${session}/processes/${process}`
  const { run_id } = await machine.call(`POST /sessions/${session}/runs`, {
    agent: 'bash',
    input: 'echo sleeping; sleep 1000',
  })
  await until(async () => /^sleeping$/m.test((await machine.call(`GET ${at}/screen`)).screen))
  assert.deepEqual(await machine.call(`POST ${at}/interrupt`), { by: 'run', run_id })
  await until(async () => (await machine.call(`GET /runs/${run_id}`)).status === 'cancelled')
  assert.equal(await prompt(machine, session, 'echo $$'), String(pid))

  // A tree of four: in the group, deaf to the end of its terminal, in a session of its own, and with no parent left.
  const left = join(machine.work, 'left')
  const kinds = ['sleep 1001 & echo $!', 'nohup sleep 1002 >nohup.out 2>&1 & echo $!']
  const away = ["setsid bash -c 'echo $$; exec sleep 1003' &", "(setsid bash -c 'echo $$; exec sleep 1004' &) &"]
  await prompt(machine, session, `{ ${[...kinds, ...away].join('\n')}\nsleep 0.2; } > left; echo done`)
  const pids = (): number[] => readFileSync(left, 'utf8').trim().split('\n').map(Number)
  await until(() => pids().length === 4)
  const tree = [pid, ...pids()].map(identityOf)
  assert.deepEqual(tree.map(alive), [true, true, true, true, true])
  const closed = await machine.call(`DELETE ${at}`)
  assert.ok(closed.by !== null)
  assert.deepEqual(tree.map(alive), [false, false, false, false, false])
  assert.equal((await machine.call(`GET ${at}`)).process.status, 'exited')
})

test('[S5.6] what a process prints and what ticks in it is told; unused for its idle time it is closed, and its session stays', async (t) => {
  const machine = new Machine(t, { idle_timeout_sec: 2 })
  await machine.start()
  const { session, process } = await opened(machine)
  const at = `/sessions/${session}/processes/${process}`
  const now = () => machine.call(`GET ${at}`)
  const script = 'for i in 1 2 3 4 5 6 7 8; do printf "\\rWorking (%ss) " $i; sleep 0.5; done; echo'
  const { run_id } = await machine.call(`POST /sessions/${session}/runs`, { agent: 'bash', input: script })
  await until(async () => (await now()).at_work?.active === true)
  const { at_work } = await now()
  assert.equal(at_work.by, 'tick')
  assert.match(at_work.value, /\ds/)
  assert.ok(at_work.seen >= 1)
  await until(async () => (await now()).now?.printed_at > at_work.at)
  assert.deepEqual(await machine.call('POST /processes/cleanup'), { closed: [] })
  const run = await machine.call(`GET /runs/${run_id}?wait=60000`)
  assert.equal(run.status, 'done')
  assert.equal((await now()).at_work.active, false)
  // Used a moment ago: it stays until its idle time, and the three seconds in which something may still tick, are over.
  assert.deepEqual(await machine.call('POST /processes/cleanup'), { closed: [] })
  // By this, or by the look that the server takes now and then.
  await until(async () => {
    await machine.call('POST /processes/cleanup')
    return !(await now()).alive
  })
  const { alive: lives, process: view } = await now()
  assert.deepEqual([lives, view.status], [false, 'exited'])
  assert.equal((await machine.call(`GET /sessions/${session}`)).place, 'open')
  assert.equal(await prompt(machine, session, 'echo back'), 'back')
})
