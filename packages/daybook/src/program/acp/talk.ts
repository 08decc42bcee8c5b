// One side of a talk with an agent: what is sent is sent once, whoever takes it up again; what it says is heard in order.

import { isDaybookError } from '../../schema/errors.ts'
import type { Prompt, PromptEvent } from '../contract.ts'
import type { ProcessHost } from '../host/contract.ts'
import type { Program } from '../resolve.ts'
import type { Ending } from './ending.ts'
import { type Heard, Listening } from './listening.ts'
import {
  type Answer,
  answerTo,
  codes,
  noticeOf,
  type Request,
  type RpcError,
  type RpcId,
  requestOf,
  rpcRefusal,
} from './rpc.ts'

/** Milliseconds that an agent gets. */
export interface AgentPatience {
  /** To have started, and for its session to be there: on a machine with much to do one took nine seconds. */
  readonly answerMs: number
  /** To stop where its turn is cancelled: one took three seconds. */
  readonly cancelMs: number
}

/** By which an agent asks whether it may make a call. */
export const permission = 'session/request_permission'

/** What nothing more can be made of, so that its process is to end. */
export interface GivenUp {
  readonly error: string
  readonly refused?: 'token'
}

export interface TalkSetting {
  readonly program: Program
  readonly host: ProcessHost
  readonly prompt: Prompt
  readonly ending: Ending
  readonly patience: AgentPatience
}

export class Talk {
  readonly program: Program
  readonly prompt: Prompt
  readonly ending: Ending
  readonly #host: ProcessHost
  readonly patience: AgentPatience
  #complained = 0

  constructor({ program, host, prompt, ending, patience }: TalkSetting) {
    this.patience = patience
    this.program = program
    this.prompt = prompt
    this.ending = ending
    this.#host = host
  }

  /** Of its complaints, the offset behind what was told. */
  get complained(): number {
    return this.#complained
  }

  /** @param out the offset of its output from which on it is heard */
  listen(out: number): Listening {
    return new Listening(this.#host, this.prompt.process, { out, err: this.#complained }, this.ending.left)
  }

  /** @param name under which it is sent once in the life of the process */
  async send(name: string, line: string): Promise<void> {
    try {
      await this.#host.write(this.prompt.process, line, name)
    } catch (error) {
      // That it has ended is told where its output ends.
      if (!isDaybookError(error) || error.code !== 'invalid_state') throw error
    }
  }

  answer(id: RpcId, result: object): Promise<void> {
    return this.send(replyName(id), answerTo(id, result))
  }

  /** What it asks of whoever shows files or terminals: it was told that there is nothing of the kind. */
  refuse({ id, method }: Request): Promise<void> {
    return this.send(replyName(id), rpcRefusal(id, codes.unknownMethod, `${method} is not offered`))
  }

  /** Nobody decides any more what it asks: a permission is not given, the rest is not offered. */
  letGo(request: Request): Promise<void> {
    const cancelled = { outcome: { outcome: 'cancelled' } }
    return request.method === permission ? this.answer(request.id, cancelled) : this.refuse(request)
  }

  cancel(name: string, session: string): Promise<void> {
    return this.send(name, noticeOf('session/cancel', { sessionId: session }))
  }

  /** What it says next; its complaints are told on the way. @param ms to wait at most */
  async *heard(listening: Listening, ms?: number): AsyncGenerator<PromptEvent, Exclude<Heard, { type: 'complained' }>> {
    for (;;) {
      const heard = await listening.next(ms)
      if (heard.type !== 'complained') return heard
      this.#complained = listening.seen.err
      yield { type: 'output', ...heard.piece }
    }
  }

  /** Asks and waits for the answer; null where there is none, and all that is to be told was. The method is the id: it is asked once. */
  async *asked(listening: Listening, method: string, params: object): AsyncGenerator<PromptEvent, Answer | null> {
    await this.send(method, requestOf(method, method, params))
    const until = performance.now() + this.patience.answerMs
    for (;;) {
      const heard = yield* this.heard(listening, Math.max(until - performance.now(), 0))
      if (heard.type === 'said') {
        if (heard.said.type === 'answer' && heard.said.id === method) return heard.said
        if (heard.said.type === 'request') await this.refuse(heard.said)
      } else if (heard.type === 'silent') {
        const error = `${this.program.name} did not answer ${method} within ${this.patience.answerMs / 1000} s`
        yield* this.giveUp(listening, { error, ...(isTakingUp(method) ? { refused: 'token' } : {}) })
        return null
      } else {
        yield* this.lost(listening, heard)
        return null
      }
    }
  }

  /** It is to be left, has ended, or speaks no protocol. */
  async *lost(
    listening: Listening,
    heard: Extract<Heard, { type: 'left' | 'exited' | 'broken' }>,
  ): AsyncGenerator<PromptEvent> {
    if (heard.type === 'left') return this.ending.check()
    if (heard.type === 'broken') return yield* this.giveUp(listening, { error: `${this.program.name}: ${heard.why}` })
    yield* this.ended(listening, heard)
  }

  /** Ends the process, which is told with the reason. */
  async *giveUp(listening: Listening, { error, refused }: GivenUp): AsyncGenerator<PromptEvent> {
    if (!this.ending.signalled) this.ending.climb()
    yield { type: 'done', ok: false, error }
    yield* this.drained(listening, refused)
  }

  /** Up to its end nothing that it says matters. */
  async *drained(listening: Listening, refused?: 'token'): AsyncGenerator<PromptEvent> {
    for (;;) {
      const heard = yield* this.heard(listening)
      if (heard.type === 'left') return this.ending.check()
      if (heard.type === 'exited') return yield* this.ended(listening, heard, refused)
    }
  }

  async *ended(
    listening: Listening,
    { exit }: Extract<Heard, { type: 'exited' }>,
    refused?: 'token',
  ): AsyncGenerator<PromptEvent> {
    const { code, signal } = exit
    const { by, wanted } = this.ending
    await this.ending.sweep()
    if (wanted && by !== null) yield { type: 'interrupted', by }
    yield { type: 'exited', code, signal, bytes: listening.seen.out, ...(refused ? { refused } : {}) }
  }

  /** What an error of its protocol means for whoever gave the prompt. */
  wordsOf({ code, message }: RpcError): string {
    const { name, bin } = this.program
    return code === codes.authRequired
      ? `${name} is not logged in: start ${bin} by hand once and log in (${message})`
      : message
  }
}

export function isTakingUp(method: string): boolean {
  return method === 'session/load' || method === 'session/resume'
}

/** What it asks is answered once. */
export function replyName(id: RpcId): string {
  return `reply ${typeof id} ${id}`
}
