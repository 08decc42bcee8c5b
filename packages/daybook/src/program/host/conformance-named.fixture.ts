// What every process host keeps of input that has a name: it reaches its process once.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inTerminal, type Opening, output, refused, script, until } from './hosting.fixture.ts'
import { rememberedNames } from './named.ts'

export function namedSuite(open: Opening): void {
  telling(open)
  for (const mode of ['pipes', 'pty'] as const) {
    const name = `input with a name is sent to ${mode} once, however often and at once it is given, and without one each time`
    test(name, mode === 'pty' ? inTerminal : {}, async (t) => {
      const { host } = open(t)
      for (const key of ['a', 'b']) await host.spawn(script(key, 'stty -echo 2>/dev/null; echo up; exec cat', { mode }))
      for (const key of ['a', 'b']) await until(async () => ((await host.get(key))?.offset ?? 0) >= 3, 'the start')
      await Promise.all(Array.from({ length: 5 }, () => host.write('a', 'one\n', 'first')))
      const at = (await host.write('a', 'two\n', 'second')) ?? 0
      await until(async () => ((await host.get('a'))?.offset ?? 0) > at, 'the echo')
      assert.equal(await host.write('a', 'another text\n', 'second'), at, 'where it was sent the first time')
      assert.deepEqual(await host.sent('a', ['never', 'second']), [null, at])
      assert.ok(at >= 3 && ((await host.write('a', 'another text\n', 'first')) ?? at + 1) <= at)
      await host.write('a', 'three\n')
      await host.write('a', 'three\n')
      await host.write('b', 'of b\n', 'first')
      await host.write('a', 'end\n')
      const printed = async (key: string, last: string): Promise<string> => {
        let text = ''
        for await (const event of host.follow(key, { out: 0, err: 0 }, AbortSignal.timeout(60_000))) {
          if (event.type === 'output') text += Buffer.from(event.bytes).toString().replaceAll('\r', '')
          if (text.endsWith(last)) break
        }
        return text
      }
      assert.equal(await printed('a', 'end\n'), 'up\none\ntwo\nthree\nthree\nend\n')
      assert.equal(await printed('b', 'of b\n'), 'up\nof b\n')
      for (const key of ['a', 'b']) await host.signal(key, 'SIGKILL', 'tree')
    })
  }

  test('input that could not be sent may be given again under its name', async (t) => {
    const { host } = open(t)
    await host.spawn(script('a', 'read -r; exec cat', { mode: 'pipes' }))
    await host.signal('a', 'SIGSTOP', 'tree')
    const full = host.write('a', 'x'.repeat(2 << 20))
    await assert.rejects(host.write('a', '\nlast\n', 'last'), refused('busy'))
    await host.signal('a', 'SIGCONT', 'tree')
    await full
    await host.write('a', '\nlast\n', 'last')
    await host.write('a', '\nlast\n', 'last')
    await host.closeInput('a')
    assert.equal((await output(host, 'a')).out, 'last\n')
  })

  test('names are remembered for each process up to their number; one that is no name is refused', async (t) => {
    const { host } = open(t)
    await host.spawn(script('a', 'exec cat', { mode: 'pipes' }))
    for (const name of ['', 'x'.repeat(513)]) {
      await assert.rejects(host.write('a', 'x', name), refused('invalid', 'name'))
    }
    for (let index = 0; index <= rememberedNames; index += 1) await host.write('a', '.', `name ${index}`)
    await host.write('a', 'known', 'name 1')
    await host.write('a', 'new', 'name 0')
    await host.closeInput('a')
    assert.equal((await output(host, 'a')).out, `${'.'.repeat(rememberedNames + 1)}new`)
    await assert.rejects(host.write('a', 'x', 'name 0'), refused('invalid_state'))
  })
}

function telling(open: Opening): void {
  test('a name that says what its input is stands for that alone', async (t) => {
    const { host } = open(t)
    await host.spawn(script('a', 'exec cat', { mode: 'pipes' }))
    await host.write('a', 'one\n', 'first#1')
    await host.write('a', 'one\n', 'first#1')
    await assert.rejects(host.write('a', 'two\n', 'first#2'), refused('key_reused', 'name'))
    await host.write('a', 'two\n', 'second#2')
    assert.deepEqual(
      (await host.sent('a', ['first#1', 'second', 'third'])).map((at) => at !== null),
      [true, true, false],
    )
    await host.closeInput('a')
    assert.equal((await output(host, 'a')).out, 'one\ntwo\n')
  })
}
