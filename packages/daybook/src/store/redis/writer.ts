// The one writer of a store: a group of changes is one call, known by its number, so that sending it again changes nothing.

import { randomUUID } from 'node:crypto'
import { type DaybookError, isDaybookError } from '../../schema/errors.ts'
import { LaneFailure } from '../lane.ts'
import type { Asker } from '../shape.ts'
import type { Link } from './link.ts'
import type { Given, Op } from './ops.ts'
import { askerTexts } from './texts.ts'

export type Answer = string

export class Writer {
  /** Unique per store object; under it the server keeps the answers to the last group. */
  readonly instance: string = randomUUID()
  readonly #link: Link
  readonly #clock: (() => number) | undefined
  #turn = 0

  constructor(link: Link, clock: (() => number) | undefined) {
    this.#link = link
    this.#clock = clock
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

  #send(group: readonly Op[], free: boolean): Promise<Answer[]> {
    this.#turn += 1
    const askers = new Map<Asker, number>()
    const tail: Given[] = []
    for (const { asker, verb, given } of group) {
      const at = askers.get(asker) ?? askers.size + 1
      askers.set(asker, at)
      tail.push(String(at), verb)
      for (const each of given) tail.push(each)
    }
    const head = [this.#clock ? String(this.#clock()) : '', this.instance, String(this.#turn), String(askers.size)]
    for (const asker of askers.keys()) head.push(...askerTexts(asker))
    head.push(String(group.length))
    return this.#link.change([...head, ...tail], free)
  }
}

function isFull(error: unknown): error is DaybookError {
  return isDaybookError(error) && error.code === 'store_full'
}
