// What every process host keeps of a look at a terminal: what it shows, what its program said, and whether it is read.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Look, ProcessHost } from './contract.ts'
import { inTerminal, type Opening, refused, script, until } from './hosting.fixture.ts'

const pty = { mode: 'pty', env: { PATH: '/usr/bin:/bin', PS1: '$ ', TERM: 'xterm-256color', LANG: 'C.UTF-8' } } as const

async function lookUntil(host: ProcessHost, seen: (look: Look) => boolean, what: string): Promise<Look> {
  let look = await host.look('a')
  await until(
    async () => {
      look = await host.look('a', { reads: true })
      return seen(look)
    },
    `${what}, at last ${JSON.stringify(look)}`,
  )
  return look
}

export function lookSuite(open: Opening): void {
  test('a look tells lines, cursor line, title, modes and what the program said of itself', inTerminal, async (t) => {
    const { host } = open(t)
    const words = [
      '\\033]0;a title\\007\\033]7501;state=working:app=codex\\007\\033]133;A;aid=x\\033\\\\\\033]133;D;7;aid=x\\007\\033[?2004h',
      'wide 漢字 and so on to the next row\\r\\nthe end: ',
    ]
    await host.spawn(
      script('a', `stty -echo; printf '${words.join('')}'; read -r; printf '\\033[?1049h\\033[H'; read -r`, {
        ...pty,
        cols: 20,
      }),
    )
    const first = await lookUntil(host, ({ line }) => line === 'the end: ', 'the last line')
    assert.equal(first.text.trimEnd(), 'wide 漢字 and so on to the next row\nthe end:')
    assert.deepEqual(
      [first.title, first.told, first.mark, first.bracketedPaste, first.alternate, first.cols, first.rows],
      ['a title', 'working', { kind: 'D', aid: 'x', exit: 7 }, true, false, 20, 40],
    )
    assert.equal(first.offset, (await host.get('a'))?.offset)
    assert.ok(!('ansi' in first) && !('reads' in (await host.look('a'))))
    await host.write('a', '\r')
    assert.equal((await lookUntil(host, ({ alternate }) => alternate, 'the alternate screen')).line, '')
    await host.signal('a', 'SIGKILL', 'tree')
    await until(async () => (await host.get('a'))?.exit !== null, 'the end')
    await assert.rejects(host.look('a'), refused('invalid_state'))
  })

  test(
    'who waits for a line, plainly or with an editor, reads the terminal; who sleeps or works does not',
    inTerminal,
    async (t) => {
      const { host } = open(t)
      await host.spawn({ ...script('a', '', pty), args: ['--norc', '--noprofile', '-i'] })
      await lookUntil(host, ({ line, reads }) => line === '$ ' && reads === true, 'the line editor of the shell')
      for (const [command, reads] of [
        ['read -r', true],
        ['sleep 60 | cat', false],
        ['while :; do :; done', false],
        ['cat', true],
      ] as const) {
        await host.write('a', `echo st"art"; ${command}\r`)
        const sees = ({ line, text, reads: now }: Look): boolean => {
          return line === '' && now === reads && /start\n*$/.test(text)
        }
        await lookUntil(host, sees, command)
        await host.write('a', '\x03')
        await lookUntil(host, ({ line }) => line === '$ ', 'the prompt')
        await host.write('a', 'clear\r')
        await lookUntil(host, ({ text }) => text.trimEnd() === '$', 'a clear screen')
      }
      await host.signal('a', 'SIGKILL', 'tree')
    },
  )
}
