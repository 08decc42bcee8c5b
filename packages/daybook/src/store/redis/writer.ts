// The one writer of a store: a group of changes is one call, known by its number, so that sending it again changes nothing.

import { randomUUID } from 'node:crypto'
import { type DaybookError, isDaybookError } from '../../schema/errors.ts'
import { isSessionId } from '../../schema/ids.ts'
import { LaneFailure } from '../lane.ts'
import type { Asker } from '../shape.ts'
import { isPassing, lacksLibrary, toDaybookError } from './errors.ts'
import { type Link, pause } from './link.ts'
import type { Given, Op } from './ops.ts'
import { askerTexts } from './texts.ts'

export type Answer = string

/** A group that is not answered yet. */
interface Flight {
  readonly given: readonly Given[]
  readonly free: boolean
  /** When waiting for an answer ends, on the monotonic clock. */
  readonly end: number
  readonly resolve: (answer: string) => void
  readonly reject: (error: unknown) => void
  sent: boolean
}

export class Writer {
  /** Unique per store object; under it the server keeps the answers to its last groups. */
  readonly instance: string = randomUUID()
  readonly #link: Link
  #turn = 0
  /** In the order of their numbers, in which they are sent, and sent again: the server takes no number below its last. */
  #flights: Flight[] = []
  #recovering = false

  constructor(link: Link) {
    this.#link = link
  }

  /** Answers in order. Throws when nothing of the group was written, or nobody can know. */
  async commit(group: readonly Op[]): Promise<readonly (Answer | LaneFailure)[]> {
    const frees = group.every((op) => op.frees)
    try {
      return await this.#send(group, frees)
    } catch (error) {
      // Out of memory is said before anything is done: what takes none, or frees some, still goes through alone.
      if (frees || !isFull(error) || !group.some((op) => op.frees)) throw error
      return this.#apart(group, error)
    }
  }

  async #apart(group: readonly Op[], full: DaybookError): Promise<readonly (Answer | LaneFailure)[]> {
    const answers: (Answer | LaneFailure)[] = []
    for (const op of group) {
      if (op.frees) answers.push(...(await this.#send([op], true)))
      else answers.push(new LaneFailure(full))
    }
    return answers
  }

  async #send(group: readonly Op[], free: boolean): Promise<readonly Answer[]> {
    const given = this.#given(group)
    const answer = await new Promise<string>((resolve, reject) => {
      const flight: Flight = { given, free, end: this.#link.patience(), resolve, reject, sent: false }
      this.#flights.push(flight)
      if (this.#recovering) return
      if (this.#link.isReady) this.#fire(flight)
      else this.#recover()
    })
    return answer.split('\n')
  }

  #given(group: readonly Op[]): Given[] {
    this.#turn += 1
    const askers = new Map<Asker, { at: number; readonly sessions: Set<string> }>()
    const tail: Given[] = []
    for (const { asker, short, given, session } of group) {
      const known = askers.get(asker) ?? { at: askers.size + 1, sessions: new Set() }
      askers.set(asker, known)
      if (session !== undefined && isSessionId(session)) known.sessions.add(session)
      tail.push(`${known.at} ${short}`)
      for (const each of given) tail.push(each)
    }
    const head: Given[] = [this.instance, String(this.#turn), String(askers.size)]
    // With each asker the sessions that it will name, so that their rows are read together.
    for (const [asker, { sessions }] of askers) head.push(...askerTexts(asker), [...sessions].join(' '))
    head.push(String(group.length))
    return head.concat(tail)
  }

  #fire(flight: Flight): void {
    flight.sent = true
    this.#link.change(flight.given, flight.free).then(
      (answer) => {
        this.#land(flight)
        flight.resolve(answer)
      },
      (error: unknown) => {
        flight.sent = false
        if (isPassing(error) || lacksLibrary(error)) this.#recover(error)
        else this.#fail(flight, error)
      },
    )
  }

  #failUnsent(error: unknown): void {
    for (const flight of this.#flights) if (!flight.sent) this.#fail(flight, error)
  }

  #land(flight: Flight): void {
    this.#flights = this.#flights.filter((one) => one !== flight)
  }

  #fail(flight: Flight, error: unknown): void {
    this.#land(flight)
    flight.reject(toDaybookError(error))
  }

  /** Waits for the server and sends what is not answered again, in order; what is new waits behind it. */
  #recover(cause?: unknown): void {
    if (this.#recovering) return
    this.#recovering = true
    if (lacksLibrary(cause)) this.#link.forgetServer()
    this.#again(cause).finally(() => {
      this.#recovering = false
      for (const flight of this.#flights) if (!flight.sent) this.#fire(flight)
    })
  }

  async #again(cause: unknown): Promise<void> {
    for (let error = cause; this.#flights.length > 0; ) {
      if (error !== undefined) await new Promise((resolve) => setTimeout(resolve, pause))
      for (const flight of this.#flights) {
        if (!flight.sent && error !== undefined && performance.now() >= flight.end) {
          this.#fail(flight, this.#link.reason(error))
        }
      }
      try {
        await this.#link.judge()
      } catch (problem) {
        error = problem
        if (!isPassing(problem)) this.#failUnsent(problem)
        continue
      }
      // All were sent on one connection: once one of them failed, the others are about to, or are answered.
      if (!this.#flights.some((flight) => flight.sent)) return
      error = cause ?? null
    }
  }
}

function isFull(error: unknown): error is DaybookError {
  return isDaybookError(error) && error.code === 'store_full'
}
