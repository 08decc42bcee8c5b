// A bench's own child process: asked over IPC, one question at a time, and ended by the bench that started it.
import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'

export class Child {
  readonly #process: ChildProcess
  #ended: Error | undefined

  /** `file` is run by this same Node with `args`; its standard error goes to ours. */
  constructor(file: string, args: readonly string[] = []) {
    this.#process = fork(file, [...args], {
      execPath: process.execPath,
      execArgv: ['--expose-gc'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    this.#process.once('exit', (code, signal) => {
      this.#ended = new Error(`${file} ended with ${signal ?? code}`)
    })
  }

  /** The next message of the child. */
  next<T>(): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended)
      const gone = (): void => reject(this.#ended ?? new Error('the child ended'))
      this.#process.once('exit', gone)
      this.#process.once('message', (answer) => {
        this.#process.off('exit', gone)
        resolve(answer as T)
      })
    })
  }

  /** Sends a question and waits for its answer. */
  ask<T>(question: object): Promise<T> {
    const answer = this.next<T>()
    this.#process.send(question)
    return answer
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.#ended !== undefined) return
    const gone = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill(signal)
    await gone
  }
}
