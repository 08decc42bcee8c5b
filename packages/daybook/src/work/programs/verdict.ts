// What became of a prompt: the answer, or why there is none. An exit code is evidence; what the program said goes before it.

import { stripVTControlCharacters } from 'node:util'
import type { ProgramMessage, PromptEvent } from '../../program/contract.ts'
import type { Usage } from '../../schema/parts.ts'
import { RunFailure } from '../failure.ts'
import { added } from './usage.ts'

export type Outcome = {
  readonly text: string
  readonly process_id: string
  readonly exit_code?: number
}

/** Characters of an answer. */
const answerLength = 262_144

/** Characters of standard error that are kept to say why. */
const complaintLength = 2048

export class Verdict {
  readonly #program: string
  /** Its process takes further prompts: that one ends where the program says so, not where it exits. */
  readonly #keeps: boolean
  /** Something may have happened. */
  started = false
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
  /** The end of what it printed to standard error. */
  #complaint = ''

  constructor(program: string, keeps: boolean) {
    this.#program = program
    this.#keeps = keeps
  }

  /** The program said how its turn ended. */
  get done(): boolean {
    return this.#done !== null
  }

  /** It did nothing, and this is why. */
  get refused(): 'token' | 'arguments' | null {
    return this.#exit?.refused ?? null
  }

  get exited(): boolean {
    return this.#exit !== null
  }

  /** The message before, once another one is the last. */
  see(event: PromptEvent): ProgramMessage | null {
    this.started = true
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
  result(over: 'timeout' | 'idle_timeout' | null, process: string): Outcome {
    const name = this.#program
    if (over) {
      throw new RunFailure(
        over,
        `${name} ${over === 'timeout' ? 'took longer than it may' : 'said nothing for too long'}`,
      )
    }
    const done = this.#done
    if (done && !done.ok) {
      const reason = this.refused === 'token' ? 'resume_failed' : 'error'
      throw new RunFailure(reason, done.error ?? `${name} could not do it`, 'program_failed')
    }
    const code = done?.exit_code ?? this.#exit?.code ?? null
    // A prompt may be to end, and one that is only left has neither.
    if (done || (this.#keeps && this.#exit?.code === 0))
      return { text: this.#answer, process_id: process, ...(code === null ? {} : { exit_code: code }) }
    throw this.#unfinished()
  }

  /** It ended without a word of being done. */
  #unfinished(): RunFailure {
    const name = this.#program
    const exit = this.#exit
    if (!exit || (exit.code === null && exit.signal === null)) {
      return new RunFailure('lost', `nobody saw how ${name} ended`)
    }
    const how = exit.signal === null ? `ended with ${exit.code}` : `was ended by ${exit.signal}`
    const said = lastLine(this.#complaint)
    const message = said === '' ? `${name} ${how}` : `${name} ${how}: ${said}`
    return new RunFailure(exit.refused === 'token' ? 'resume_failed' : 'error', message, 'program_failed')
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
