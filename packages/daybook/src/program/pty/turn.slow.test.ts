// One prompt in a terminal, beside its usual course: questions, dialogs, commands of the start, keys in texts, and hard ends.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { PromptEvent } from '../contract.ts'
import { refused } from '../host/hosting.fixture.ts'
import { after, type Told, Typed } from './typing.fixture.ts'

/** A program of our own in a shell: reads lines, knows what was said before. */
const script = (text: string, pty: object = {}, more: object = {}) => ({
  bin: '/bin/bash',
  drivers: ['pty'],
  pty: { argv: ['--norc', '--noprofile', '-c', text], prompt_regex: 'say: $', ...pty },
  ...more,
})
const echoes = 'n=0; while printf "say: "; read -r line; do n=$((n + 1)); echo "$n $line ${#line}"; done'
const only = (told: Told, type: PromptEvent['type']) => told.events.filter((event) => event.type === type)

function asking(): void {
  test('what a command reads is asked for, with its words, and the answer goes to it', async (t) => {
    const typed = new Typed(t, 'bash')
    const told = await typed.tell('read -p "your name? " name; echo "hello $name"; read -r b; echo "and $b"')
    assert.deepEqual([told.asks, told.events.at(-1)?.type, told.done], ['your name?', 'asks', undefined])
    const second = await typed.again({ replies: [{ id: '1', answer: 'é 漢' }] })
    assert.match(second.asks ?? '', /hello é 漢$/)
    const replies = [
      { id: '1', answer: 'é 漢' },
      { id: '2', answer: 'more' },
    ]
    const third = await typed.again({ replies })
    assert.deepEqual([third.done?.ok, third.done?.exit_code], [true, 0])
    assert.match(third.answer ?? '', /hello é 漢\nmore\nand more$/)
  })

  test('what asks without a word is not said with the rows of the prompt before', async (t) => {
    const typed = new Typed(t, 'bash')
    await typed.tell('echo earlier words')
    assert.equal((await typed.tell('read x; echo "got $x"')).asks, 'it waits for input')
    assert.equal((await typed.again({ replies: [{ id: '1', answer: 'this' }] })).done?.ok, true)
    const told = await typed.tell('echo "of this one"; read x')
    assert.equal(told.asks, 'of this one')
  })

  test('a question that nobody answered is given up before the next prompt', async (t) => {
    const typed = new Typed(t, 'python')
    const told = await typed.tell('input("name> ")')
    assert.equal(told.asks, 'name>')
    const next = await typed.tell('6 * 7')
    assert.deepEqual([next.answer, next.done?.ok], ['42', true])
  })

  test('a prompt that is not whole asks for the rest of it', async (t) => {
    const typed = new Typed(t, 'sqlite3')
    const told = await typed.tell('select 6')
    assert.equal(told.asks, '...>')
    const whole = await typed.again({ replies: [{ id: '1', answer: '* 7;' }] })
    assert.match(whole.answer ?? '', /42$/)
  })

  test('a dialog is answered with the key that is configured for it, any other by a person', async (t) => {
    const text =
      'read -rsn1 -p "Trust this folder? (y/n) " a; echo "$a"; read -r -p "Why? " b; echo "$b"; while printf "say: "; read -r c; do echo "got $c"; done'
    const dialogs = [
      { match: 'Trust this folder', answer: 'y' },
      { match: 'Why\\?$', answer: null },
    ]
    const typed = new Typed(t, 'own', script(text, { dialogs }))
    const told = await typed.tell('hi')
    assert.deepEqual([told.asks, only(told, 'ready').length], ['Why?', 0])
    const ready = await typed.again({ replies: [{ id: 'start 1', answer: 'because' }] })
    assert.deepEqual([ready.answer, ready.done?.ok], ['got hi', true])
  })
}

function blocks(): void {
  test('code with empty lines in its blocks, and without any behind them, is taken as a file with it would be', async (t) => {
    const typed = new Typed(t, 'python')
    const code = `import functools
def twice(text):
    """Says it

    two times."""

    if text:

        return text * 2
    else:
        return None

@functools.cache
def more(n):

    return [
n,

n + 1]
for n in range(2): print(more(n))
print(twice('ab'), '''x

y''')`
    const { answer, done } = await typed.tell(code)
    assert.deepEqual([answer, done?.ok], ['[0, 1]\n[1, 2]\nabab x\n\ny', true])
    assert.equal((await typed.tell('twice.__doc__')).answer, "'Says it\\n\\n    two times.'")
    assert.equal((await typed.tell('if True:\n\n    print(1)')).answer, '1')
  })
}

function starting(): void {
  test('the commands of a start are typed once for each process, and tell how they ended', async (t) => {
    const typed = new Typed(t, 'bash', { auto_commands: ['echo x >> marks', { text: 'false', optional: true }] })
    const told = await typed.tell('cat marks')
    assert.deepEqual(
      only(told, 'auto_command').map((event) => event.type === 'auto_command' && [event.index, event.ok]),
      [
        [0, true],
        [1, false],
      ],
    )
    assert.equal(told.answer, 'x')
    assert.equal((await typed.tell('cat marks')).answer, 'x')
    assert.equal(only(await typed.tell('cat marks'), 'auto_command').length, 0)
  })

  test('a command of the start that fails ends the prompt before it is typed, unless it is optional', async (t) => {
    const typed = new Typed(t, 'bash', { auto_commands: ['(exit 3)'] })
    const told = await typed.tell('echo x >> marks')
    assert.deepEqual([told.done?.ok, only(told, 'ready').length], [false, 0])
    assert.equal(existsSync(join(typed.folder, 'marks')), false)
  })

  test('a program that is never ready, or ends first, takes no prompt and says so', async (t) => {
    const never = new Typed(t, 'never', script('echo up; exec sleep 60', { ready_timeout_ms: 300 }))
    assert.deepEqual([(await never.tell('hi')).done?.ok], [false])
    const ends = new Typed(t, 'ends', script('echo bye; exit 0'))
    const told = await ends.tell('hi')
    assert.deepEqual([told.done?.ok, told.events.at(-1)?.type], [false, 'exited'])
  })

  test('a program is opened without a prompt, and takes the first one then', async (t) => {
    const typed = new Typed(t, 'bash')
    const opened = await typed.tell(null)
    assert.deepEqual([opened.done?.ok, opened.answer, only(opened, 'ready').length], [true, undefined, 1])
    assert.equal((await typed.tell('echo on')).answer, 'on')
  })

  test('a token that is printed at the end is told before the end', async (t) => {
    const text = 'printf "say: "; read -r a; echo "to go on: own --resume 0b52f4e0-8d7b-4c3f-9c39-0d1a7a3c1f11"; exit 0'
    const typed = new Typed(t, 'own', script(text, { resume: ['--norc'] }))
    const told = await typed.tell('hi')
    assert.deepEqual(told.events.slice(-2), [
      { type: 'token', token: '0b52f4e0-8d7b-4c3f-9c39-0d1a7a3c1f11', printed: true },
      { type: 'exited', code: 0, signal: null, bytes: (told.events.at(-1) as { bytes: number }).bytes },
    ])
  })
}

/** As agents do: what comes right behind a text is a part of it. Its arguments: Enters that it swallows, and whether it hides its cursor. */
const composer = `process.stdin.setRawMode(true)
      const put = (text) => process.stdout.write(text)
      let [drawn, typed, swallow, hides] = [Infinity, '', ...process.argv.slice(1).map(Number)]
      put('\\x1b[?2004h\\x1b]0;Ready\\x07> ')
      process.stdin.on('data', (data) => {
        const keys = String(data)
        if (keys === '\\r') {
          if (performance.now() < drawn + 50 || swallow-- > 0) return put('\\x1b[?25h')
          put('\\x1b]0;Working\\x07\\r\\x1b[K')
          return setTimeout(() => put('heard ' + typed + '\\r\\n\\x1b]0;Ready\\x07> '), 100)
        }
        typed = keys.replaceAll(/\\x1b\\[20[01]~/g, '')
        put('\\x1b[?25l')
        setTimeout(() => { put(typed + (hides ? '\\r\\n\\x1b[?25l' : '')); drawn = performance.now() }, 200)
      })`

function telling(): void {
  const works = 'for i in 1 2 3 4 5 6; do printf "\\rWorking (%ss" "$i"; sleep 0.4; done'
  const text = `printf '\\033]7501;state=idle\\007'; while read -r line; do
    printf '\\033]7501;state=working\\007'; ${works}; printf '\\rdone with %s\\n\\033]7501;state=done:app=own\\007' "$line"; done`
  const told = {
    prompt_regex: undefined,
    busy: { osc7501: 'working' },
    idle: { osc7501: ['idle', 'done'] },
    tick_regex: 'Working \\((\\d+)s',
  }

  test('a program that tells its state is ready and done when it says so, and is seen at work meanwhile', async (t) => {
    const typed = new Typed(t, 'own', script(text, told))
    for (const line of ['one', 'two']) {
      const { events, done, answer, asks } = await typed.tell(line)
      assert.deepEqual([done?.ok, asks], [true, undefined])
      assert.match(answer ?? '', new RegExp(`done with ${line}$`))
      const ready = events.find((event) => event.type === 'ready')
      assert.equal(ready?.by, 'signal')
      const activity = events.flatMap((event) => (event.type === 'activity' ? [[event.active, event.by]] : []))
      assert.deepEqual(activity, [
        [true, 'signal'],
        [false, 'signal'],
      ])
    }
  })

  test('an Enter comes once the text is drawn, and is given again where the text stands there still', async (t) => {
    for (const [swallowed, hidesCursor] of [
      ['0', '0'],
      ['1', '0'],
      ['1', '1'],
    ] as const) {
      const pty = {
        argv: ['-e', composer, swallowed, hidesCursor],
        busy: { title: 'Working' },
        idle: { title: 'Ready' },
      }
      const typed = new Typed(t, 'own', { bin: process.execPath, pty })
      const { done, answer } = await typed.tell('say it once')
      assert.equal(done?.ok, true)
      assert.match(answer ?? '', /heard say it once$/m)
    }
  })

  test('a program that takes no Enter is given a second one, never a third, and the prompt has failed', async (t) => {
    const deaf = "stty raw -echo; printf '\\033]7501;state=idle\\007'; cat > keys"
    const typed = new Typed(t, 'own', script(deaf, told))
    const { done } = await typed.tell('hi')
    assert.equal(done?.ok, false)
    assert.equal(readFileSync(join(typed.folder, 'keys'), 'utf8'), 'hi\r\r')
  })
}

function typing(): void {
  test('no key is typed for a prompt but its text: escape sequences and control characters are left out', async (t) => {
    const typed = new Typed(t, 'bash')
    const told = await typed.tell("echo 'a\u001b[201~\u0003b\u0004\u001b[Ac\u0015\u0007'")
    assert.equal(told.answer, 'ab[Ac')
    const plain = new Typed(t, 'own', script(echoes))
    assert.equal((await plain.tell('x\u0003\u0004y')).answer, '1 xy 2')
    await assert.rejects(plain.tell('\u0003'), refused('invalid', 'prompt'))
  })

  test('a line that a terminal would cut is refused before anything is typed, and the longest one arrives whole', async (t) => {
    const typed = new Typed(t, 'own', script(echoes))
    const long = 'y'.repeat(4094)
    assert.equal((await typed.tell(long)).answer, `1 ${long} 4094`)
    await assert.rejects(typed.tell(`${long}y`), refused('too_large', 'prompt'))
    await assert.rejects(typed.tell(`a\n${'é'.repeat(2048)}`), refused('too_large', 'prompt'))
    assert.equal((await typed.tell('next\nand next')).answer, '2 next 4\n3 and next 8')
  })

  test('a prompt that is a command of the program is refused, unless commands are allowed', async (t) => {
    const typed = new Typed(t, 'sqlite3')
    await assert.rejects(typed.tell('.shell touch made'), refused('invalid', 'prompt'))
    const allowed = new Typed(t, 'sqlite3', { allow_commands: true })
    assert.equal((await allowed.tell('.print hi')).answer, 'hi')
  })

  test('200 KB in short lines arrive whole, and an answer is its beginning and its end where it is longer than can be kept', async (t) => {
    const typed = new Typed(t, 'bash')
    const lines = Array.from({ length: 2000 }, (_, index) => `${index} ${'z'.repeat(90)}`)
    const told = await typed.tell(`cat > all <<'END'\n${lines.join('\n')}\nEND`)
    assert.deepEqual(
      [told.done?.exit_code, readFileSync(join(typed.folder, 'all'), 'utf8')],
      [0, `${lines.join('\n')}\n`],
    )
    const much = await typed.tell('seq 1 200000')
    const answer = (much.answer ?? '').split('\n')
    assert.deepEqual([answer[0], answer.at(-1), much.done?.exit_code], ['1', '200000', 0])
    assert.ok((much.answer ?? '').length <= 262_144 && answer.some((line) => /^\[… \d+ bytes …\]$/.test(line)))
  })
}

function ending(): void {
  test('what hears neither keys nor signals is killed, and the shell lives on', async (t) => {
    const typed = new Typed(t, 'bash')
    const hard = `bash --norc -c 'trap "" INT TERM; echo beg""un; while :; do sleep 60; done'`
    const told = await typed.tell(hard, {}, after('begun'))
    assert.deepEqual([told.interrupted, told.done?.ok], ['SIGKILL', false])
    assert.equal((await typed.tell('echo alive')).answer, 'alive')
  })

  test('a program that hears nothing itself is closed with all that it started', async (t) => {
    const text = 'trap "" INT TERM; printf "say: "; read -r a; echo begun; while :; do sleep 60; done'
    const typed = new Typed(t, 'own', script(text))
    const told = await typed.tell('go', {}, after('begun'))
    assert.equal(told.interrupted, 'SIGKILL')
    assert.equal(told.events.at(-1)?.type, 'exited')
  })

  test('a prompt that was not typed yet is ended without a key', async (t) => {
    const typed = new Typed(t, 'never', script('echo up; exec sleep 60'))
    const told = await typed.tell('hi', {}, after('up'))
    assert.deepEqual([told.interrupted, told.done?.ok], [undefined, false])
    assert.equal((await typed.host.get('session/process'))?.exit, null)
  })
}

// Most of their time is waiting for what comes not.
describe('a prompt in a terminal', { concurrency: 3 }, () => {
  asking()
  blocks()
  starting()
  telling()
  typing()
  ending()
})
