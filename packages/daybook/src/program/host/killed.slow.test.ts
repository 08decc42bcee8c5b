// What is left when a server, the host or its keeper is killed in the middle of output: every byte once, and the true exit.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { hostClient } from './client.ts'
import type { ProcessHost, Screen } from './contract.ts'
import { endHost, folderFor, hostPid, openClient, output, refused, script, until } from './hosting.fixture.ts'
import { alive, identityOf, marked } from './proc.ts'
import { placeOf, readRecord } from './record.ts'

const lines = 150
const counting = `for i in $(seq 1 ${lines}); do echo "line $i"; sleep 0.01; done; exit 5`
const counted = Array.from({ length: lines }, (_, index) => `line ${index + 1}\n`).join('')

/** A server of its own process; a shell starts it with a descriptor open that nobody may inherit. */
function server(folder: string, key: string, text: string): { child: ChildProcess; log: string } {
  const log = join(folder, `seen-${key}`)
  const writer = fileURLToPath(new URL('./writer.fixture.ts', import.meta.url))
  const args = ['-c', 'exec 9</dev/null; exec "$@"', 'server', process.execPath, writer, folder, key, text, log]
  return { child: spawn('/bin/bash', args, { stdio: ['ignore', 'ignore', 'inherit'] }), log }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

async function kill(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

async function startedIn(t: TestContext, key: string): Promise<{ folder: string; host: ProcessHost }> {
  const { folder, host } = openClient(t)
  await host.spawn(script(key, counting))
  await until(async () => ((await host.get(key))?.offset ?? 0) > 200, 'output')
  return { folder, host }
}

// Each has a host and a folder of its own, and waits most of the time.
describe('where something is killed', { concurrency: 3 }, () => {
  test('a server that is killed in mid output leaves the process alone, and the next one reads on where it was', async (t) => {
    const folder = folderFor(t)
    const killed = async (key: string): Promise<void> => {
      const { child, log } = server(folder, key, counting)
      await until(() => sizeOf(log) > 100, 'output that was seen')
      await kill(child)
      const host = hostClient({ folder })
      const seen = readFileSync(log, 'utf8')
      const process = await host.get(key)
      assert.equal(process?.pid, Number(readFileSync(`${log}.pid`, 'utf8')))
      assert.equal(process?.exit, null)
      const rest = await output(host, key, { out: Buffer.byteLength(seen), err: 0 })
      assert.equal(seen + rest.out, counted)
      assert.deepEqual([rest.exit?.code, rest.exit?.signal], [5, null])
      await host.close()
    }
    await Promise.all(['first', 'second', 'third'].map(killed))
  })

  test('no descriptor of a server or of its shell reaches a program', async (t) => {
    const folder = folderFor(t)
    const { child, log } = server(folder, 'a', 'exec /bin/ls /proc/self/fd')
    await until(() => sizeOf(log) >= 8, 'the list')
    await kill(child)
    assert.equal(readFileSync(log, 'utf8'), '0\n1\n2\n3\n', 'the last is that of the list itself')
  })

  test('a host that is killed leaves files growing, and the next one tells the rest and the true exit', async (t) => {
    const { folder, host } = await startedIn(t, 'a')
    const before = await host.get('a')
    const first = await hostPid(folder)
    const following = output(host, 'a')
    await endHost(folder, 'SIGKILL')
    const all = await following
    assert.equal(all.out, counted)
    assert.deepEqual([all.exit?.code, all.exit?.signal], [5, null])
    assert.notEqual(await hostPid(folder), first)
    const after = await host.get('a')
    assert.deepEqual([after?.pid, after?.startTime], [before?.pid, before?.startTime])
  })

  test('an exit that came while no host was there is known to the next one', async (t) => {
    const { folder, host } = await startedIn(t, 'a')
    await host.close()
    await endHost(folder, 'SIGKILL')
    const identity = readRecord(placeOf(folder, 'a'))?.process
    assert.ok(identity)
    await until(() => !alive(identity), 'the end of the process')
    const next = hostClient({ folder })
    const all = await output(next, 'a')
    assert.equal(all.out, counted)
    assert.deepEqual([all.exit?.code, all.exit?.signal], [5, null])
    await next.close()
  })

  test('where the keeper is killed too, the output is whole and the exit says neither code nor signal', async (t) => {
    const { folder, host } = await startedIn(t, 'a')
    const keeper = readRecord(placeOf(folder, 'a'))?.keeper
    assert.ok(keeper)
    assert.notEqual(keeper.pid, await hostPid(folder))
    process.kill(keeper.pid, 'SIGKILL')
    await endHost(folder, 'SIGKILL')
    const all = await output(host, 'a')
    assert.equal(all.out, counted)
    assert.deepEqual([all.exit?.code, all.exit?.signal], [null, null])
    await host.spawn(script('b', 'exit 3'))
    assert.equal((await output(host, 'b')).exit?.code, 3, 'a new keeper serves new processes')
  })

  test('a keeper that is killed alone is replaced', async (t) => {
    const { folder, host } = await startedIn(t, 'a')
    const keeper = readRecord(placeOf(folder, 'a'))?.keeper
    assert.ok(keeper)
    process.kill(keeper.pid, 'SIGKILL')
    await until(() => !alive(keeper), 'the end of the keeper')
    assert.equal((await output(host, 'a')).exit?.code, null)
    await until(async () => {
      const started = await host.spawn(script('b', 'exit 3')).catch(() => null)
      return started !== null
    }, 'another keeper')
    assert.equal((await output(host, 'b')).exit?.code, 3)
  })

  test('processes whose pipes or terminal were held by a host that was killed are ended, and their output is kept', async (t) => {
    const { folder, host } = openClient(t)
    const text = `trap '' HUP PIPE TERM; echo up; nohup sleep 60 & while :; do sleep 60; done`
    for (const mode of ['pipes', 'pty'] as const) await host.spawn(script(mode, text, { mode }))
    for (const mode of ['pipes', 'pty']) await until(async () => ((await host.get(mode))?.offset ?? 0) > 2, 'output')
    await endHost(folder, 'SIGKILL')
    for (const mode of ['pipes', 'pty']) {
      const { out, exit } = await output(host, mode)
      assert.ok(out.startsWith('up'), out)
      assert.deepEqual([exit?.code, exit?.signal], [null, null])
      await until(async () => marked((await host.get(mode))?.marker ?? '').length === 0, 'the end of its descendants')
    }
  })

  test('without their host those with pipes or a terminal end by themselves; the next host knows that, not how, and starts none again', async (t) => {
    const { folder, host } = openClient(t)
    const requests = [
      script('pipes', 'echo up; cat; exit 6', { mode: 'pipes' }),
      script('pty', 'echo up; read -r; exit 6', { mode: 'pty' }),
    ]
    const started = await Promise.all(requests.map((request) => host.spawn(request)))
    for (const { key } of requests) await until(async () => ((await host.get(key))?.offset ?? 0) > 2, 'output')
    await host.close()
    await endHost(folder, 'SIGKILL')
    for (const { pid, startTime } of started)
      await until(() => !alive({ ...identityOf(process.pid), pid, startTime }), 'the end of input, or of the terminal')
    const next = hostClient({ folder })
    for (const [index, request] of requests.entries()) {
      const again = await next.spawn(request)
      assert.deepEqual([again.pid, again.startTime], [started[index]?.pid, started[index]?.startTime])
      const { out, exit } = await output(next, request.key)
      assert.deepEqual([out.trim(), exit?.code, exit?.signal], ['up', null, null])
      await assert.rejects(next.write(request.key, 'x'), refused('invalid_state'))
    }
    await next.close()
  })

  test('a terminal and its screen go on under the next server', async (t) => {
    const { folder, host } = openClient(t)
    const started = await host.spawn(script('a', 'read -r a; echo "<$a>"; read -r b; exit 8', { mode: 'pty' }))
    await host.write('a', 'first\r')
    // To the end of its line, which may come apart from it.
    const answered = ({ text, line }: Screen): boolean => text.includes('<first>') && line === ''
    await until(async () => answered(await host.screen('a')), 'the answer')
    const { offset } = await host.screen('a')
    await host.close()
    const next = hostClient({ folder })
    assert.equal((await next.get('a'))?.pid, started.pid)
    assert.ok((await next.screen('a')).text.includes('<first>'))
    await next.write('a', 'second\r')
    const { out, exit } = await output(next, 'a', { out: offset, err: 0 })
    assert.deepEqual([out, exit?.code], ['second\r\n', 8])
    await next.close()
  })

  test('a host that ends by SIGTERM ends its processes first, also those that ignore it', async (t) => {
    const { folder, host } = openClient(t)
    await host.spawn(script('a', `trap '' TERM; echo up; sleep 60; sleep 60`))
    await until(async () => (await host.get('a'))?.offset === 3, 'the trap')
    const identity = identityOf((await host.get('a'))?.pid ?? 0)
    await endHost(folder)
    assert.equal(alive(identity), false)
    assert.equal((await host.get('a'))?.exit?.signal, 'SIGKILL')
  })

  test('hosts that are started at once are one in the end, over a socket that a dead one left', async (t) => {
    const folder = folderFor(t)
    const one = hostClient({ folder })
    await one.list()
    await endHost(folder, 'SIGKILL')
    const all = Array.from({ length: 4 }, () => hostClient({ folder }))
    const started = await Promise.all(all.map((host) => host.spawn(script('same', 'sleep 0.1; exit 4'))))
    assert.equal(new Set(started.map(({ pid }) => pid)).size, 1)
    assert.equal((await output(one, 'same')).exit?.code, 4)
    await Promise.all([one, ...all].map((host) => host.close()))
  })

  test('a host without processes and clients ends by itself', async (t) => {
    const folder = folderFor(t)
    const host = hostClient({ folder, idleAfter: 200 })
    await host.spawn(script('a', 'sleep 1'))
    const pid = identityOf(await hostPid(folder))
    await host.close()
    await until(() => !alive(pid), 'the end of the host')
    const next = hostClient({ folder, idleAfter: 200 })
    assert.equal((await next.get('a'))?.exit?.code, 0, 'not before its process had ended')
    await next.close()
  })

  test('a host whose folder was removed ends all the same, once its processes have ended', async (t) => {
    const folder = folderFor(t, () => Promise.resolve())
    const host = hostClient({ folder, idleAfter: 200 })
    const modes = ['files', 'pipes', 'pty'] as const
    for (const mode of modes) await host.spawn(script(mode, 'echo up; read < <(sleep 60)', { mode }))
    const pid = identityOf(await hostPid(folder))
    rmSync(folder, { recursive: true })
    for (const mode of modes) await host.signal(mode, 'SIGKILL', 'tree')
    await host.close()
    await until(() => !alive(pid), 'the end of the host')
  })
})
