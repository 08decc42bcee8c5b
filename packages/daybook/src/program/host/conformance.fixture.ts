// What every process host keeps, wherever its processes live: one test per promise of the contract, with real programs.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { isDaybookError } from '../../schema/errors.ts'
import { markerName, type SpawnRequest } from './contract.ts'
import { bash, type Opening, output, script, until } from './hosting.fixture.ts'
import { marked, statOf } from './proc.ts'

const refused =
  (code: string, field?: string) =>
  (error: unknown): boolean =>
    isDaybookError(error) && error.code === code && (field === undefined || error.field === field)

function starting(open: Opening): void {
  test('output and error arrive whole and apart, and the exit code behind them', async (t) => {
    const { host } = open(t)
    const text = 'for i in $(seq 1 2000); do echo "line $i é"; done; echo bad >&2; exit 7'
    const started = await host.spawn(script('a', text))
    assert.equal(started.exit, null)
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

  test('as much is given to a program as the system can give', async (t) => {
    const { host } = open(t)
    const args = Array.from({ length: 14 }, () => 'x'.repeat((128 << 10) - 1))
    for (const mode of ['files', 'pipes'] as const) {
      await host.spawn({ ...script(mode, ''), mode, binary: '/bin/echo', args })
      assert.equal((await output(host, mode)).out.length, 14 * (128 << 10))
    }
  })

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
    assert.deepEqual((await output(host, 'a')).out.split('\0').slice(0, -1).sort(), expected.sort())
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

  test('killing the tree leaves none: child, nohup, setsid, double fork', async (t) => {
    const { host } = open(t)
    const text = `sleep 60 & nohup sleep 60 & setsid sleep 60 & (setsid bash -c 'sleep 60 & sleep 60' &) ; echo up; wait`
    const { marker } = await host.spawn(script('a', text))
    await until(() => marked(marker).length >= 6, 'all descendants')
    await host.signal('a', 'SIGKILL', 'tree')
    assert.deepEqual(marked(marker), [])
    assert.equal((await output(host, 'a')).exit?.signal, 'SIGKILL')
  })

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

function piped(open: Opening): void {
  const pipes = { mode: 'pipes' } as const

  test('what is written to pipes arrives in order, until the input is closed', async (t) => {
    const { host } = open(t)
    await host.spawn(script('a', 'cat; echo end >&2; exit 3', pipes))
    await host.write('a', 'é 1\n')
    await host.write('a', new Uint8Array([0, 255, 10]))
    await until(async () => (await host.get('a'))?.offset === 8, 'the echo')
    await host.closeInput('a')
    const { events, err, exit } = await output(host, 'a')
    const bytes = events.flatMap((event) => (event.type === 'output' && event.stream === 'out' ? [...event.bytes] : []))
    assert.deepEqual(bytes, [...Buffer.from('é 1\n'), 0, 255, 10])
    assert.deepEqual([err, exit?.code], ['end\n', 3])
    await assert.rejects(host.write('a', 'x'), refused('invalid_state'))
  })

  test('pipes are kept beyond one file, dropped as they are acknowledged, and lose nothing at the exit', async (t) => {
    const { host } = open(t)
    const size = 20_000_000
    await host.spawn(script('a', `head -c ${size} /dev/zero | tr '\\0' x; read -r; echo; echo last`, pipes))
    await until(async () => (await host.get('a'))?.offset === size, 'output')
    assert.equal((await host.get('a'))?.kept, 0)
    await host.acknowledge('a', { out: size - 10, err: 0 })
    const kept = (await host.get('a'))?.kept ?? 0
    assert.ok(kept > 0 && kept <= size - 10)
    await host.write('a', 'go on\n')
    const { events, out, exit } = await output(host, 'a')
    assert.deepEqual(events[0], { type: 'gap', stream: 'out', from: 0, to: kept })
    assert.equal(out.length, size - kept + '\nlast\n'.length)
    assert.match(out, /^x+\nlast\n$/)
    assert.equal(exit?.code, 0)
  })

  test('who reads no input is written to only so far, and neither waits for others', async (t) => {
    const { host } = open(t)
    await host.spawn(script('a', 'exec sleep 60', pipes))
    await host.spawn(script('b', 'cat', pipes))
    const text = 'x'.repeat(600_000)
    const writes = Promise.allSettled(Array.from({ length: 4 }, () => host.write('a', text)))
    await host.write('b', 'free\n')
    await until(async () => (await host.get('b'))?.offset === 5, 'the neighbour')
    await host.signal('a', 'SIGKILL', 'tree')
    const codes = (await writes).map((each) => (each.status === 'rejected' ? each.reason.code : 'written'))
    assert.ok(codes.includes('busy'), String(codes))
    assert.ok(!codes.includes('written'), String(codes))
  })

  test('a descendant that keeps the pipes of its parent holds up no exit', async (t) => {
    const { host } = open(t)
    await host.spawn(script('a', 'sleep 60 & echo up; exit 9', pipes))
    const { out, exit } = await output(host, 'a')
    assert.deepEqual([out, exit?.code], ['up\n', 9])
    await host.signal('a', 'SIGKILL', 'tree')
    assert.deepEqual(marked((await host.get('a'))?.marker ?? ''), [])
  })
}

function terminals(open: Opening): void {
  const pty = { mode: 'pty', env: { PATH: '/usr/bin:/bin', PS1: '$ ', TERM: 'xterm-256color' } } as const
  const shell = (key: string, more: Partial<SpawnRequest> = {}): SpawnRequest => ({
    ...script(key, '', { ...pty, ...more }),
    args: ['--norc', '--noprofile', '-i'],
  })

  test('a shell in a terminal is at its prompt, answers, and is resized', async (t) => {
    const { host } = open(t)
    await host.spawn(shell('a', { cols: 80, rows: 24 }))
    const prompt = async (): Promise<boolean> => (await host.screen('a')).line.endsWith('$ ')
    await until(prompt, 'the prompt')
    assert.equal((await host.screen('a')).bracketedPaste, true)
    await host.write('a', 'stty size; printf "\\033]2;a title\\007\\033[?25l"; [ -t 0 ] && echo té漢\r')
    await until(async () => (await host.screen('a')).text.includes('\nté漢\n'), 'the answer')
    const screen = await host.screen('a')
    assert.match(screen.text, /\n24 80\n/)
    assert.deepEqual([screen.title, screen.cursorHidden, screen.cols, screen.rows], ['a title', true, 80, 24])
    await host.resize('a', 100, 30)
    await host.write('a', 'stty size; printf "\\033[?25h"\r')
    await until(async () => (await host.screen('a')).text.includes('30 100'), 'the new size')
    await until(async () => !(await host.screen('a')).cursorHidden, 'the cursor')
    assert.ok((await host.screen('a')).ansi.includes('té漢'))
    await host.write('a', 'exit 4\r')
    assert.equal((await output(host, 'a')).exit?.code, 4)
    await assert.rejects(host.screen('a'), refused('invalid_state'))
  })

  test('a signal to the foreground ends what runs in the shell, not the shell', async (t) => {
    const { host } = open(t)
    await host.spawn(shell('a'))
    await host.write('a', `bash --norc -c 'trap "" INT TERM; echo st"art"ed; sleep 60; sleep 60'\r`)
    await until(async () => (await host.screen('a')).text.includes('\nstarted'), 'the command')
    await host.signal('a', 'SIGKILL', 'foreground')
    await until(async () => (await host.screen('a')).line.endsWith('$ '), 'the prompt')
    assert.equal((await host.get('a'))?.exit, null)
    await host.signal('a', 'SIGKILL', 'tree')
    assert.equal((await output(host, 'a')).exit?.signal, 'SIGKILL')
  })

  test('a program that asks where the cursor is, and what the terminal can do, is answered', async (t) => {
    const { host } = open(t)
    const ask = `stty raw -echo; printf 'abc\\033[6n'; read -rsd R a; printf '\\033[c'; read -rsd c b; printf '%q %q' "$a" "$b"`
    await host.spawn(script('a', ask, pty))
    const { out } = await output(host, 'a')
    assert.ok(out.includes('[1;4') && out.includes('[?1;2'), JSON.stringify(out))
  })

  test('the oldest output of a terminal is let go and told as a gap, and its tail is never lost', async (t) => {
    const { host } = open(t)
    const size = 20 << 20
    await host.spawn(script('a', `stty -opost; head -c ${size} /dev/zero | tr '\\0' x; printf last`, pty))
    await until(async () => (await host.get('a'))?.exit !== null, 'the exit')
    const { kept = 0, offset } = (await host.get('a')) ?? {}
    assert.equal(offset, size + 4)
    assert.ok(kept > 0 && size - kept <= 16 << 20 && size - kept >= 8 << 20, String(kept))
    const { events, out } = await output(host, 'a')
    assert.deepEqual(events[0], { type: 'gap', stream: 'out', from: 0, to: kept })
    assert.ok(out.endsWith('xlast'))
    assert.equal(out.length, size + 4 - kept)
  })

  test('a screen and the output from its offset on give what the whole output gives', async (t) => {
    const { host } = open(t)
    const text =
      'for i in $(seq 1 500); do echo "line $i"; done; read -r; printf "\\033[?1049h\\033[Halternate"; read -r'
    await host.spawn(script('a', text, { ...pty, cols: 60, rows: 10 }))
    await until(async () => (await host.screen('a')).text.includes('line 500'), 'the lines')
    const first = await host.screen('a')
    assert.equal(first.offset, (await host.get('a'))?.offset)
    assert.ok(first.ansi.includes('line 310') && !first.ansi.includes('line 280'), '200 lines of what scrolled away')
    await host.write('a', '\r')
    await until(async () => (await host.screen('a')).text.startsWith('alternate'), 'the alternate screen')
    assert.ok((await host.screen('a')).ansi.includes('line 500'), 'the normal screen behind the alternate one')
    await host.signal('a', 'SIGKILL', 'tree')
  })

  test('programs in terminals and behind pipes inherit no descriptor, neither of other terminals nor of this process', async (t) => {
    const { host } = open(t)
    await host.spawn(shell('other'))
    for (const mode of ['pty', 'pipes'] as const) {
      await host.spawn({ ...script(mode, ''), mode, binary: '/bin/ls', args: ['/proc/self/fd'] })
      const { out, err } = await output(host, mode)
      assert.deepEqual(out.split(/\s+/), ['0', '1', '2', '3', ''], `${mode}: ${out}${err}`)
    }
    await host.signal('other', 'SIGKILL', 'tree')
  })

  test('the environment in a terminal and behind pipes is what was given, and signals are as usual', async (t) => {
    const { host } = open(t)
    const env = { PATH: '/usr/bin:/bin', NODE_OPTIONS: '--no-such-option' }
    for (const mode of ['pty', 'pipes'] as const) {
      const started = await host.spawn({
        ...script(mode, ''),
        mode,
        env,
        binary: '/bin/cat',
        args: ['/proc/self/environ'],
      })
      const expected = Object.entries({ ...env, [markerName]: started.marker }).map((pair) => pair.join('='))
      assert.deepEqual((await output(host, mode)).out.split('\0').slice(0, -1).sort(), expected.sort())
      const key = `${mode} signals`
      await host.spawn({ ...script(key, ''), mode, binary: '/bin/grep', args: ['Sig[IB]', '/proc/self/status'] })
      assert.match((await output(host, key)).out, /SigBlk:\s*0+\s+SigIgn:\s*0+\s/)
    }
  })
}

export function hostSuite(name: string, open: Opening): void {
  describe(`${name} keeps the contract of process hosts`, () => {
    starting(open)
    signalling(open)
    keeping(open)
    piped(open)
    terminals(open)
  })
}
