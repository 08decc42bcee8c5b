// What became of a prompt: the answer, or why there is none. An exit code is evidence; what the program said goes before it.

import { stripVTControlCharacters } from 'node:util'
import type { ProgramMessage, PromptEvent } from '../../program/contract.ts'
import type { Json } from '../../schema/json.ts'
import type { Usage } from '../../schema/parts.ts'
import { RunFailure } from '../failure.ts'
import { added } from './usage.ts'

/** Characters of plain output that make an answer. */
const answerLength = 262_144

/** Characters of standard error that are kept to say why. */
const complaintLength = 2048

export class Verdict {
  readonly #program: string
  /** It told messages, not only output. */
  structured = false
  /** The newest message: it is the answer if no other follows. */
  last: ProgramMessage | null = null
  /** What the prompt has cost so far, where the program tells each part. */
  used: Usage | null = null
  /** The sum since its session began, where it tells that. */
  total: Usage | null = null
  #done: Extract<PromptEvent, { type: 'done' }> | null = null
  #exit: Extract<PromptEvent, { type: 'exited' }> | null = null
  #resumed = false
  /** The end of what it printed to standard error. */
  #complaint = ''

  constructor(program: string) {
    this.#program = program
  }

  /** The message before, once another one is the last. */
  see(event: PromptEvent): ProgramMessage | null {
    if (event.type === 'started') this.#resumed = event.start.resumed
    if (event.type === 'done') this.#done = event
    if (event.type === 'output' && event.stream === 'err') this.#complain(event.bytes)
    if (event.type === 'exited') this.#exit = event
    if (event.type === 'foreign' || (event.type === 'token' && !event.printed)) this.structured = true
    if (event.type === 'usage' && event.total) this.total = event.usage
    else if (event.type === 'usage') this.used = added(this.used, event.usage)
    if (event.type !== 'message') return null
    if (!event.final) this.structured = true
    const before = this.last
    this.last = event
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
      return { text: this.#answer, process_id: process, ...code }
    }
    if (this.#done) throw new RunFailure('error', this.#done.error ?? `${program} could not do it`, 'program_failed')
    if (!exit || (exit.code === null && exit.signal === null)) {
      throw new RunFailure('lost', `nobody saw how ${program} ended`)
    }
    const how = exit.signal === null ? `ended with ${exit.code}` : `was ended by ${exit.signal}`
    const resumed = this.#resumed && !this.structured
    const said = lastLine(this.#complaint)
    const message = said === '' ? `${program} ${how}` : `${program} ${how}: ${said}`
    throw new RunFailure(resumed ? 'resume_failed' : 'error', message, 'program_failed')
  }

  #complain(bytes: Uint8Array): void {
    this.#complaint = (this.#complaint + new TextDecoder().decode(bytes.slice(-complaintLength))).slice(
      -complaintLength,
    )
  }

  get #answer(): string {
    return this.last?.role === 'assistant' ? this.last.content.slice(0, answerLength) : ''
  }
}

function lastLine(text: string): string {
  return stripVTControlCharacters(text).trimEnd().split('\n').at(-1)?.trim().slice(0, 512) ?? ''
}
