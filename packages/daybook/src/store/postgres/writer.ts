// The one writer of a process: a group of appends becomes one commit, or one without the guilty ones.

import type { DaybookError } from '../../schema/errors.ts'
import { kinds } from '../../schema/kinds.ts'
import { LaneFailure } from '../lane.ts'
import type { Outcome } from '../store.ts'
import { again } from './append-routine.ts'
import { type AppendOp, appended, outcomeOf, partsOf, valuesOf } from './batch.ts'
import { type Connection, says } from './connection.ts'
import { isDataFault } from './errors.ts'
import { readHeadRow } from './reader.ts'

type Answer = Outcome | LaneFailure

/** Sessions that others opened meanwhile cost another try; so many in a row do not happen. */
const tries = 20

export interface WriterOptions {
  /** Null where the server's clock counts. */
  readonly clock: (() => number) | null
  /** The highest kind number that the store admits to hold. */
  readonly kinds: number
  /** What an error means, in the codes of daybook. */
  reason(error: unknown): Promise<DaybookError>
}

export class Writer {
  readonly #connection: Connection
  readonly #options: WriterOptions
  /** Drawn, not given: nobody keeps a list of writers. */
  readonly #writer = Number((crypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n) >> 11n)
  #number = 0
  #kinds: number

  constructor(connection: Connection, options: WriterOptions) {
    this.#connection = connection
    this.#options = options
    this.#kinds = options.kinds
  }

  /** Answers in order. When it throws, the last part was not written, as far as the server could tell. */
  async commit(group: readonly AppendOp[]): Promise<readonly Answer[]> {
    const answers: Answer[] = []
    for (const part of partsOf(group)) {
      try {
        await this.#admit(part)
        answers.push(...(await this.#write(part)))
      } catch (error) {
        const failed = new LaneFailure(await this.#options.reason(error))
        while (answers.length < group.length) answers.push(failed)
        return answers
      }
    }
    return answers
  }

  /** A batch refused for data is halved until the guilty append is alone. */
  async #write(part: readonly AppendOp[]): Promise<readonly Answer[]> {
    try {
      return await this.#send(part)
    } catch (error) {
      if (!isDataFault(error)) throw error
      if (part.length === 1) return [await this.#guilty(part[0] as AppendOp)]
    }
    const middle = Math.ceil(part.length / 2)
    return [...(await this.#write(part.slice(0, middle))), ...(await this.#write(part.slice(middle)))]
  }

  async #send(part: readonly AppendOp[]): Promise<readonly Outcome[]> {
    this.#number += 1
    const number = this.#number
    const { clock } = this.#options
    const now = clock ? Math.floor(clock()) : null
    let whole = false
    for (let left = tries; ; left -= 1) {
      try {
        const values = valuesOf(part, { writer: this.#writer, number, now, wait: this.#connection.wait, whole })
        const [row] = await this.#connection.ask(appended, values)
        const words = String(row?.[0]).split(' ')
        return part.map(({ append }, index) => outcomeOf(words[index] ?? '', append.entries))
      } catch (error) {
        if (says(error, again.heads) && !whole) whole = true
        else if (!says(error, again.appeared) || left === 0) throw error
      }
    }
  }

  async #guilty({ asker, append }: AppendOp): Promise<Outcome> {
    const found = await readHeadRow(this.#connection, asker, append.session)
    return { ok: false, code: 'invalid', seq: found?.seq ?? 0 }
  }

  /** A store that gets an entry of a new kind says so, so that older versions leave it alone. */
  async #admit(part: readonly AppendOp[]): Promise<void> {
    let highest = this.#kinds
    for (const { append } of part) {
      for (const { kind } of append.entries) highest = Math.max(highest, kinds[kind].number)
    }
    if (highest === this.#kinds) return
    await this.#connection.ask("UPDATE daybook.meta SET v = greatest(v::bigint, $1)::text WHERE k = 'kinds'", [highest])
    this.#kinds = highest
  }
}

/** Entries and bytes that an append puts into a commit, about. */
export function entriesOf({ append }: AppendOp): number {
  return append.entries.length
}

export function bytesOf({ append }: AppendOp): number {
  let bytes = 600
  for (const entry of append.entries) bytes += 200 + (entry.body?.length ?? 0)
  return bytes
}
