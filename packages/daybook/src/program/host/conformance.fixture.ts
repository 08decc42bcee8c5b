// What every process host keeps, wherever its processes live: one test per promise of the contract, with real programs.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { heldSuite } from './conformance-held.fixture.ts'
import { lookSuite } from './conformance-look.fixture.ts'
import { namedSuite } from './conformance-named.fixture.ts'
import { markerName, type SpawnRequest } from './contract.ts'
import { bash, inTerminal, type Opening, output, refused, script, until } from './hosting.fixture.ts'
import { marked, statOf } from './proc.ts'

function starting(open: Opening): void {
  test('output and error arrive whole and apart, and the exit code behind them', async (t) => {
    const { host, folder } = open(t)
    const waits = 'until [ -e "$1/go" ]; do sleep 0.01; done'
    const text = `for i in $(seq 1 2000); do echo "line $i é"; done; echo bad >&2; ${waits}; exit 7`
    const started = await host.spawn(script('a', text, { args: [folder] }))
    assert.equal(started.exit, null)
    writeFileSync(join(folder, 'go'), '')
    const { out, err, exit, events } = await output(host, 'a')
    assert.equal(out, Array.from({ length: 2000 }, (_, index) => `line ${index + 1} é\n`).join(''))
    assert.equal(err, 'bad\n')
    assert.deepEqual({ code: exit?.code, signal: exit?.signal }, { code: 7, signal: null })
    assert.equal(events.at(-1)?.type, 'exit')
    const after = await host.get('a')
    assert.equal(after?.offset, Buffer.byteLength(out))
    assert.equal(after?.errorOffset, 4)
    assert.equal(after?.pid, started.pid)
  })

  test('following begins at any offset', async (t) => {
    const { host } = open(t)
    await host.spawn(script('a', 'printf 0123456789; printf abc >&2'))
    await output(host, 'a')
    const rest = await output(host, 'a', { out: 7, err: 2 })
    assert.deepEqual([rest.out, rest.err], ['789', 'c'])
    const nothing = await output(host, 'a', { out: 10, err: 3 })
    assert.deepEqual(
      nothing.events.map(({ type }) => type),
      ['exit'],
    )
  })

  test('a key that is asked for many times at once starts one process, and names it when it has ended', async (t) => {
    const { host, folder } = open(t)
    const request = script('same', 'echo started >> "$1"; sleep 0.2', { args: [join(folder, 'starts')] })
    const all = await Promise.all(Array.from({ length: 8 }, () => host.spawn(request)))
    assert.equal(new Set(all.map(({ pid }) => pid)).size, 1)
    await output(host, 'same')
    const again = await host.spawn(request)
    assert.equal(again.pid, all[0]?.pid)
    assert.equal(again.exit?.code, 0)
    assert.equal(readFileSync(join(folder, 'starts'), 'utf8'), 'started\n')
    assert.equal((await host.list()).length, 1)
  })
}

function refusing(open: Opening): void {
  test('a binary or folder that is not there is refused by name, and the key stays free', async (t) => {
    const { host } = open(t)
    const good = script('a', 'true')
    const faults: readonly (readonly [Partial<SpawnRequest>, string])[] = [
      [{ binary: '/nowhere/program' }, 'binary'],
      [{ binary: 'bash' }, 'binary'],
      [{ binary: '/etc' }, 'binary'],
      [{ binary: '/etc/passwd' }, 'binary'],
      [{ cwd: '/nowhere' }, 'cwd'],
      [{ cwd: bash }, 'cwd'],
      [{ args: ['a\0b'] }, 'args'],
      [{ env: { 'A=B': 'c' } }, 'env'],
      [{ mode: 'pipes', input: 'text' }, 'input'],
      [{ mode: 'pipes', keep: { first: 1, last: 1 } }, 'keep'],
      [{ keep: { first: -1, last: 1 } }, 'keep'],
    ]
    for (const [fault, field] of faults)
      await assert.rejects(host.spawn({ ...good, ...fault }), refused('invalid', field), field)
    const long = { ...good, args: ['x'.repeat(128 << 10)] }
    await assert.rejects(host.spawn(long), refused('too_large', 'args'))
    await assert.rejects(
      host.spawn({ ...good, args: Array(30_000).fill('x'.repeat(70)) }),
      refused('too_large', 'args'),
    )
    assert.deepEqual(await host.list(), [])
    await host.spawn(good)
    assert.equal((await output(host, 'a')).exit?.code, 0)
  })

  test('a script whose interpreter is missing is refused, or ends at once with 127 and says so', async (t) => {
    const { host, folder } = open(t)
    const binary = join(folder, 'program')
    writeFileSync(binary, '#!/no/such/interpreter\n', { mode: 0o755 })
    await assert.rejects(host.spawn({ ...script('files', ''), binary, args: [] }), refused('invalid'))
    await host.spawn({ ...script('pipes', ''), mode: 'pipes', binary, args: [] })
    const { err, exit } = await output(host, 'pipes')
    assert.deepEqual([exit?.code, err.split('\n').length], [127, 2])
    assert.deepEqual(
      (await host.list()).map(({ key }) => key),
      ['pipes'],
    )
  })
}

function giving(open: Opening): void {
  test('as much is given to a program as the system can give', async (t) => {
    const { host } = open(t)
    const args = Array.from({ length: 14 }, () => 'x'.repeat((128 << 10) - 1))
    for (const mode of ['files', 'pipes'] as const) {
      await host.spawn({ ...script(mode, ''), mode, binary: '/bin/echo', args })
      assert.equal((await output(host, mode)).out.length, 14 * (128 << 10))
    }
  })

  test('arguments arrive as they were given', async (t) => {
    const { host } = open(t)
    const args = ['', '--x', "it's", '"$HOME" `id` $(id)', 'a\nb\tc', '{prompt}', 'é 漢 👩‍👩‍👧', '*', '\\']
    await host.spawn({ ...script('a', ''), binary: '/usr/bin/printf', args: ['%s\\0', ...args] })
    assert.equal((await output(host, 'a')).out, `${args.join('\0')}\0`)
  })

  test('the environment is what was given and the marker, nothing else', async (t) => {
    const { host } = open(t)
    const env = { PATH: '/usr/bin', EMPTY: '', TEXT: 'a=b\nc é' }
    const started = await host.spawn({ ...script('a', ''), binary: '/bin/cat', args: ['/proc/self/environ'], env })
    const expected = Object.entries({ ...env, [markerName]: started.marker }).map(([name, value]) => `${name}=${value}`)
    const found = (await output(host, 'a')).out.split('\0').slice(0, -1)
    // Where lines are counted, Node itself hands this to every process.
    const own = found.filter((one) => !one.startsWith('NODE_V8_COVERAGE='))
    assert.deepEqual(own.sort(), expected.sort())
  })

  test('standard input is at its end, or at the end of the text that was given', async (t) => {
    const { host } = open(t)
    const cat = { ...script('a', ''), binary: '/bin/cat', args: [] }
    await host.spawn(cat)
    assert.deepEqual([(await output(host, 'a')).out, (await host.get('a'))?.exit?.code], ['', 0])
    const input = 'é\n'.repeat(100_000)
    await host.spawn({ ...cat, key: 'b', input })
    assert.equal((await output(host, 'b')).out, input)
  })

  test('what it makes is for its user alone, and it leads its own group', async (t) => {
    const { host, folder } = open(t)
    const text = 'umask; touch "$1"; stat -c %a "$1"; ps -o pgid= -p $$; echo $$'
    const { pid } = await host.spawn(script('a', text, { args: [join(folder, 'made')] }))
    const lines = (await output(host, 'a')).out.trim().split(/\s+/)
    assert.deepEqual(lines, ['0077', '600', `${pid}`, `${pid}`])
  })
}

function signalling(open: Opening): void {
  test('a signal reaches the process alone, or its group, and the exit names it', async (t) => {
    const { host } = open(t)
    await host.spawn(script('a', 'sleep 60 & echo $!; wait'))
    await host.spawn(script('b', 'sleep 60 & echo $!; wait'))
    for (const key of ['a', 'b']) await until(async () => ((await host.get(key))?.offset ?? 0) > 0, 'the sleeper')
    await host.signal('a', 'SIGKILL', 'process')
    await host.signal('b', 'SIGTERM', 'group')
    const [a, b] = [await output(host, 'a'), await output(host, 'b')]
    assert.deepEqual([a.exit?.code, a.exit?.signal, b.exit?.signal], [null, 'SIGKILL', 'SIGTERM'])
    assert.ok(statOf(Number(a.out)), 'the sleeper of a lives on')
    await until(() => statOf(Number(b.out)) === null, 'the end of the sleeper of b')
    await host.signal('a', 'SIGKILL', 'tree')
    assert.deepEqual(marked((await host.get('a'))?.marker ?? ''), [])
  })

  for (const mode of ['files', 'pipes', 'pty'] as const) {
    const where = mode === 'pty' ? inTerminal : {}
    test(`killing the tree leaves none: child, nohup, setsid, double fork (${mode})`, where, async (t) => {
      const { host } = open(t)
      const text = `sleep 60 & nohup sleep 60 & setsid sleep 60 & (setsid bash -c 'sleep 60 & sleep 60' &) ; echo up; wait`
      const { marker } = await host.spawn(script('a', text, { mode }))
      await until(() => marked(marker).length >= 6, 'all descendants')
      await host.signal('a', 'SIGKILL', 'tree')
      assert.deepEqual(marked(marker), [])
      assert.equal((await output(host, 'a')).exit?.signal, 'SIGKILL')
    })
  }

  test('what cannot be signalled is told by its code', async (t) => {
    const { host } = open(t)
    await assert.rejects(host.signal('a', 'SIGTERM', 'group'), refused('not_found'))
    await host.spawn(script('a', 'read < <(sleep 60)'))
    await assert.rejects(host.signal('a', 'SIGNONE' as 'SIGTERM', 'group'), refused('invalid', 'signal'))
    await assert.rejects(host.signal('a', 'SIGTERM', 'all' as 'tree'), refused('invalid', 'target'))
    await assert.rejects(host.signal('a', 'SIGTERM', 'foreground'), refused('invalid_state'))
    await assert.rejects(host.write('a', 'x'), refused('invalid_state'))
    await assert.rejects(host.forget('a'), refused('invalid_state'))
    await host.signal('a', 'SIGKILL', 'tree')
    await output(host, 'a')
    await assert.rejects(host.signal('a', 'SIGTERM', 'group'), refused('invalid_state'))
  })
}

function keeping(open: Opening): void {
  test('what was acknowledged is dropped once the process has ended, and is told as a gap', async (t) => {
    const { host } = open(t)
    await host.spawn(script('a', 'printf 12345; read < <(sleep 60)'))
    await until(async () => (await host.get('a'))?.offset === 5, 'output')
    await host.acknowledge('a', { out: 5, err: 0 })
    assert.equal((await host.get('a'))?.kept, 0)
    await host.signal('a', 'SIGKILL', 'tree')
    assert.equal((await output(host, 'a')).out, '12345')
    await host.acknowledge('a', { out: 5, err: 0 })
    assert.deepEqual([(await host.get('a'))?.kept, (await host.get('a'))?.offset], [5, 5])
    const { events } = await output(host, 'a')
    assert.deepEqual(events[0], { type: 'gap', stream: 'out', from: 0, to: 5 })
    assert.equal(events[1]?.type, 'exit')
  })

  test('a process that is forgotten is unknown, and its key is free', async (t) => {
    const { host } = open(t)
    await host.forget('a')
    const first = await host.spawn(script('a', 'true'))
    await output(host, 'a')
    await host.forget('a')
    assert.equal(await host.get('a'), null)
    await assert.rejects(output(host, 'a'), refused('not_found'))
    assert.notEqual((await host.spawn(script('a', 'true'))).pid, first.pid)
  })

  test('following ends when it is told to', async (t) => {
    const { host } = open(t)
    await host.spawn(script('a', 'echo up; read < <(sleep 60)'))
    const stop = new AbortController()
    const seen: string[] = []
    for await (const event of host.follow('a', { out: 0, err: 0 }, stop.signal)) {
      seen.push(event.type)
      setImmediate(() => stop.abort())
    }
    assert.deepEqual(seen, ['output'])
    assert.equal((await host.get('a'))?.exit, null)
  })
}

export function hostSuite(name: string, open: Opening): void {
  // Each has a host and a folder of its own, and waits most of the time.
  describe(`${name} keeps the contract of process hosts`, { concurrency: 2 }, () => {
    starting(open)
    refusing(open)
    giving(open)
    signalling(open)
    keeping(open)
    heldSuite(open)
    lookSuite(open)
    namedSuite(open)
  })
}
