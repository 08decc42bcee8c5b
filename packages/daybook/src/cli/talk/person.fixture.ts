// A person at a real terminal who works with the real command line.

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import pty from '@lydell/node-pty'
import headless from '@xterm/headless'
import { until } from '../../session/testing.fixture.ts'
import { bin, type Home } from '../bin.fixture.ts'

/** A person at a terminal. */
export class Person {
  readonly #pty: pty.IPty
  readonly #terminal: InstanceType<typeof headless.Terminal>
  exit: number | null = null

  constructor(t: TestContext, home: Home, args: readonly string[], { cols = 100, rows = 40 } = {}) {
    this.#terminal = new headless.Terminal({ cols, rows, allowProposedApi: true, scrollback: 1000 })
    const env = { ...home.env, TERM: 'xterm-256color' }
    this.#pty = pty.spawn(process.execPath, [bin, ...args], { cols, rows, cwd: home.path('here'), env })
    this.#terminal.onData((answer) => this.#pty.write(answer))
    this.#pty.onData((text) => this.#terminal.write(text))
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

  /** All rows, what scrolled away too. */
  async text(): Promise<string> {
    await new Promise<void>((resolve) => this.#terminal.write('', resolve))
    const { active } = this.#terminal.buffer
    const lines = Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true))
    return lines.join('\n').trimEnd()
  }

  /** A process that starts beside many others takes its time: three times as long as other tests wait. */
  async sees(text: RegExp): Promise<string> {
    for (let left = 2; ; left -= 1) {
      try {
        await until(async () => text.test(await this.text()))
        return await this.text()
      } catch (error) {
        if (left === 0) throw new Error(`${text} is not on the screen:\n${await this.text()}`, { cause: error })
      }
    }
  }

  async leaves(): Promise<void> {
    this.type('\u0004')
    await until(() => this.exit !== null)
    assert.equal(this.exit, 0)
  }
}
