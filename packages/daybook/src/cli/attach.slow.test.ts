// Attaching from a real terminal, by the real command line, to a real bash beside a real server that is killed meanwhile.

import assert from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import pty from '@lydell/node-pty'
import headless from '@xterm/headless'
import { until } from '../session/testing.fixture.ts'
import { bin, type Home, openHome, type Running } from './bin.fixture.ts'

let home: Home
let server: Running & { readonly url: string }

before(async () => {
  home = openHome()
  server = await home.serve()
})
after(() => home.end())

/** A person at a terminal. */
class Person {
  readonly #pty: pty.IPty
  readonly #terminal: InstanceType<typeof headless.Terminal>
  /** All that came to the screen. */
  all = ''
  exit: number | null = null

  constructor(t: TestContext, args: readonly string[], { cols = 100, rows = 30 } = {}) {
    this.#terminal = new headless.Terminal({ cols, rows, allowProposedApi: true, scrollback: 0 })
    const env = { ...home.env, TERM: 'xterm-256color' }
    this.#pty = pty.spawn(process.execPath, [bin, ...args], { cols, rows, cwd: home.path('here'), env })
    this.#terminal.onData((answer) => this.#pty.write(answer))
    this.#pty.onData((text) => {
      this.all += text
      this.#terminal.write(text)
    })
    this.#pty.onExit(({ exitCode }) => {
      this.exit = exitCode
    })
    t.after(() => {
      if (this.exit === null) this.#pty.kill('SIGKILL')
    })
  }

  type(keys: string): void {
    this.#pty.write(keys)
  }

  resize(cols: number, rows: number): void {
    this.#pty.resize(cols, rows)
    this.#terminal.resize(cols, rows)
  }

  async screen(): Promise<string> {
    await new Promise<void>((resolve) => this.#terminal.write('', resolve))
    const { active } = this.#terminal.buffer
    const lines = Array.from({ length: this.#terminal.rows }, (_, row) =>
      active.getLine(active.baseY + row)?.translateToString(true),
    )
    return lines.join('\n').trimEnd()
  }

  async sees(text: RegExp): Promise<void> {
    try {
      await until(async () => text.test(await this.screen()))
    } catch (error) {
      throw new Error(`${text} is not on the screen:\n${await this.screen()}`, { cause: error })
    }
  }

  async leaves(): Promise<void> {
    this.type('\x1cd')
    await until(() => this.exit !== null)
    assert.equal(this.exit, 0)
    assert.match(this.all, /left bash in \S+/)
  }

  /** Of the session, as the command says it. */
  get tail(): string {
    return /attached to bash in (\S+)/.exec(this.all)?.[1] ?? ''
  }
}

async function started(t: TestContext): Promise<Person> {
  const person = new Person(t, ['start', 'bash'])
  await person.sees(/\$ ?$/)
  t.after(() => home.daybook(['stop', person.tail, '--close']))
  return person
}

test('start without a text opens a program on the screen: typed keys and its size arrive, and leaving leaves it running', async (t) => {
  const person = await started(t)
  assert.match(person.all, /attached to bash in \S+ {3}Ctrl-\\ then d leaves it running/)
  person.type('echo a$((1+1))b; stty size\r')
  await person.sees(/\na2b\n30 100\n/)
  person.resize(90, 20)
  // What is typed may be there before the size is.
  person.type(`until stty size | grep '^20 90'; do sleep 0.02; done\r`)
  await person.sees(/\n20 90\n/)
  person.type('MINE=kept; clear; echo still\r')
  await person.sees(/^still\n/)
  await person.leaves()
  const again = new Person(t, ['attach', person.tail], { cols: 80, rows: 24 })
  await again.sees(/^still\n[^\n]*\$ ?$/)
  again.type('echo $MINE; stty size\r')
  await again.sees(/\nkept\n24 80\n/)
  await again.leaves()
})

test('two see the same while output flows', async (t) => {
  const person = await started(t)
  person.type('for i in $(seq 3000); do echo "line $i"; done; echo e"n"d\r')
  await person.sees(/line \d{3}/)
  const other = new Person(t, ['attach', person.tail])
  await Promise.all([person.sees(/\nend\n/), other.sees(/\nend\n/)])
  assert.equal(await other.screen(), await person.screen())
})

test('a server that is killed takes nothing from whoever is attached: not a byte is missing, and none comes twice', async (t) => {
  const person = await started(t)
  person.type('clear; for i in $(seq 1 400); do echo "<$i>"; sleep 0.01; done; echo e"n"d\r')
  await person.sees(/<50>/)
  const { port } = new URL(server.url)
  server.process.kill('SIGKILL')
  await server.ended
  await until(() => /connection lost/.test(person.all))
  person.type('echo typed while away\r')
  server = await home.serve(['--port', port])
  await person.sees(/\nend\n[\s\S]*\ntyped while away\n/)
  const numbers = [...person.all.matchAll(/<(\d+)>\r/g)].map(([, number]) => Number(number))
  assert.deepEqual(
    numbers,
    Array.from({ length: 400 }, (_, at) => at + 1),
  )
  await person.leaves()
})

test('the end of the program is the end of the command, which says so', async (t) => {
  const person = await started(t)
  person.type('exit 3\r')
  await until(() => person.exit !== null)
  assert.equal(person.exit, 0)
  assert.match(person.all, /bash in \S+ ended with 3/)
  const { exit, err } = await home.daybook(['attach', person.tail])
  assert.equal(exit, 7, err)
})

test('stop closes what lives on, when it is asked to', async (t) => {
  const person = await started(t)
  await person.leaves()
  const asked = await home.daybook(['stop', person.tail])
  assert.deepEqual([asked.exit, asked.out], [0, `nothing is under way in ${person.tail}\n`])
  assert.match(asked.err, /stop \S+ --close/)
  const closed = await home.daybook(['stop', person.tail, '--close', '--json'])
  assert.equal((JSON.parse(closed.out) as { closed: string[] }).closed.length, 1)
  const gone = new Person(t, ['attach', person.tail])
  await until(() => gone.exit !== null)
  assert.equal(gone.exit, 3)
})
