// What became of a prompt: the answer, or why there is none. An exit code is evidence; what the program said goes before it.

import type { ProgramMessage, PromptEvent } from '../../program/contract.ts'
import type { Json } from '../../schema/json.ts'
import { RunFailure } from '../failure.ts'

/** Characters of plain output that make an answer. */
const answerLength = 262_144

export class Verdict {
  readonly #program: string
  /** It told messages, not only output. */
  structured = false
  /** The newest message: it is the answer if no other follows. */
  #held: ProgramMessage | null = null
  #done: Extract<PromptEvent, { type: 'done' }> | null = null
  #exit: Extract<PromptEvent, { type: 'exited' }> | null = null
  #resumed = false

  constructor(program: string) {
    this.#program = program
  }

  /** The message that is no answer now, because of what came behind it. */
  see(event: PromptEvent): ProgramMessage | null {
    if (event.type === 'started') this.#resumed = event.start.resumed
    if (event.type === 'done') this.#done = event
    if (event.type === 'foreign' || event.type === 'token') this.structured = true
    if (event.type === 'exited') {
      this.#exit = event
      return this.#answer === null ? this.#drop() : null
    }
    if (event.type !== 'message') return null
    if (!event.final) this.structured = true
    const before = this.#drop()
    this.#held = event
    return before
  }

  /** What the run gives; throws a {@link RunFailure} with the reason where it gives nothing. */
  result(over: 'timeout' | 'idle_timeout' | null, process: string): Json {
    const exit = this.#exit
    const program = this.#program
    if (over)
      throw new RunFailure(
        over,
        `${program} ${over === 'timeout' ? 'took longer than it may' : 'said nothing for too long'}`,
      )
    if (this.#done?.ok) {
      const code = exit?.code === null || exit?.code === undefined ? {} : { exit_code: exit.code }
      return { text: this.#answer ?? '', process_id: process, ...code }
    }
    if (this.#done) throw new RunFailure('error', this.#done.error ?? `${program} could not do it`, 'program_failed')
    if (!exit || (exit.code === null && exit.signal === null)) {
      throw new RunFailure('lost', `nobody saw how ${program} ended`)
    }
    const how = exit.signal === null ? `ended with ${exit.code}` : `was ended by ${exit.signal}`
    const resumed = this.#resumed && !this.structured
    throw new RunFailure(resumed ? 'resume_failed' : 'error', `${program} ${how} and gave no answer`, 'program_failed')
  }

  /** The text of the held message, where it is an answer and nothing else. */
  get #answer(): string | null {
    if (!this.#held || !this.#done?.ok || this.#held.role !== 'assistant') return null
    const bare = this.#held.parts?.every(({ type }) => type === 'text') ?? true
    return bare ? this.#held.content.slice(0, answerLength) : null
  }

  #drop(): ProgramMessage | null {
    const held = this.#held
    this.#held = null
    return held
  }
}
