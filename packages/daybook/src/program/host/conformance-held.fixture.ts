// What every process host keeps of processes that it holds itself, by pipes or by a terminal.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { markerName, type SpawnRequest } from './contract.ts'
import { inTerminal, type Opening, output, refused, script, until } from './hosting.fixture.ts'
import { marked } from './proc.ts'

const pipes = { mode: 'pipes' } as const
const pty = { mode: 'pty', env: { PATH: '/usr/bin:/bin', PS1: '$ ', TERM: 'xterm-256color' } } as const
const modes = inTerminal.skip ? (['pipes'] as const) : (['pty', 'pipes'] as const)
const shell = (key: string, more: Partial<SpawnRequest> = {}): SpawnRequest => ({
  ...script(key, '', { ...pty, ...more }),
  args: ['--norc', '--noprofile', '-i'],
})

function writing(open: Opening): void {
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
}

function spooling(open: Opening): void {
  test('pipes are kept beyond one file, dropped but for the first as they are acknowledged, and lose nothing at the exit', async (t) => {
    const { host } = open(t)
    const size = 30_000_000
    await host.spawn(script('a', `head -c ${size} /dev/zero | tr '\\0' x; read -r; echo; echo last`, pipes))
    await until(async () => (await host.get('a'))?.offset === size, 'output')
    await host.acknowledge('a', { out: size - 10, err: 0 })
    assert.equal((await host.get('a'))?.kept, 0, 'a protocol begins there')
    await host.write('a', 'go on\n')
    const { events, out, exit } = await output(host, 'a')
    const gap = events.find(({ type }) => type === 'gap')
    assert.ok(gap?.type === 'gap' && gap.from > 0 && gap.to - gap.from > 8_000_000 && gap.to <= size - 10)
    assert.equal(out.length, size - (gap.to - gap.from) + '\nlast\n'.length)
    assert.match(out, /^x+\nlast\n$/)
    assert.equal(exit?.code, 0)
    await host.acknowledge('a', { out: size + 6, err: 0 })
    assert.equal((await host.get('a'))?.kept, size + 6, 'of one that has ended nothing stays')
  })

  test('what opens standard input, output or error of its pipes by name reaches them', async (t) => {
    const { host } = open(t)
    await host.spawn(script('a', 'read -r x < /dev/stdin; echo "out $x" > /dev/stdout; echo err > /dev/stderr', pipes))
    await host.write('a', 'here\n')
    const { out, err, exit } = await output(host, 'a')
    assert.deepEqual([out, err, exit?.code], ['out here\n', 'err\n', 0])
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

function shells(open: Opening): void {
  test('a shell in a terminal is at its prompt, answers, and is resized', inTerminal, async (t) => {
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

  test('a signal to the foreground ends what runs in the shell, not the shell', inTerminal, async (t) => {
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
}

function screens(open: Opening): void {
  test('a program that asks where the cursor is, and what the terminal can do, is answered', inTerminal, async (t) => {
    const { host } = open(t)
    const ask = `stty raw -echo; printf 'abc\\033[6n'; read -rsd R a; printf '\\033[c'; read -rsd c b; printf '%q %q' "$a" "$b"`
    await host.spawn(script('a', ask, pty))
    const { out } = await output(host, 'a')
    assert.ok(out.includes('[1;4') && out.includes('[?1;2'), JSON.stringify(out))
  })

  test(
    'the oldest output of a terminal is let go and told as a gap, and its tail is never lost',
    inTerminal,
    async (t) => {
      const { host } = open(t)
      const size = 17 << 20
      await host.spawn(script('a', `stty -opost; head -c ${size} /dev/zero | tr '\\0' x; printf last`, pty))
      await until(async () => (await host.get('a'))?.exit !== null, 'the exit')
      const { kept = 0, offset } = (await host.get('a')) ?? {}
      assert.equal(offset, size + 4)
      assert.ok(kept > 0 && size - kept <= 16 << 20 && size - kept >= 8 << 20, String(kept))
      const { events, out } = await output(host, 'a')
      assert.deepEqual(events[0], { type: 'gap', stream: 'out', from: 0, to: kept })
      assert.ok(out.endsWith('xlast'))
      assert.equal(out.length, size + 4 - kept)
    },
  )

  test('a screen and the output from its offset on give what the whole output gives', inTerminal, async (t) => {
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
}

function inheriting(open: Opening): void {
  test('programs in terminals and behind pipes inherit no descriptor, neither of other terminals nor of this process', async (t) => {
    const { host } = open(t)
    if (!inTerminal.skip) await host.spawn(shell('other'))
    for (const mode of modes) {
      await host.spawn({ ...script(mode, ''), mode, binary: '/bin/ls', args: ['/proc/self/fd'] })
      const { out, err } = await output(host, mode)
      assert.deepEqual(out.split(/\s+/), ['0', '1', '2', '3', ''], `${mode}: ${out}${err}`)
    }
    if (!inTerminal.skip) await host.signal('other', 'SIGKILL', 'tree')
  })

  test('the environment in a terminal and behind pipes is what was given, and signals are as usual', async (t) => {
    const { host } = open(t)
    const env = { PATH: '/usr/bin:/bin', NODE_OPTIONS: '--no-such-option' }
    for (const mode of modes) {
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

export function heldSuite(open: Opening): void {
  writing(open)
  spooling(open)
  shells(open)
  screens(open)
  inheriting(open)
}
