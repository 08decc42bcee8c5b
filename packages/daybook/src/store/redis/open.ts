// An open store: the connection, the lane in front of the writer, the bus, and the states of opening and closing.

import { DaybookError } from '../../schema/errors.ts'
import { limits } from '../../schema/json.ts'
import { hintTopic } from '../bus.ts'
import { Lane, type LaneFailure } from '../lane.ts'
import { ServerClock } from '../server-clock.ts'
import { WireBus } from './bus.ts'
import { Link, type LinkOptions } from './link.ts'
import { type Op, outcomeOf } from './ops.ts'
import { type Answer, Writer } from './writer.ts'

/** Groups on their way at once: the server shares one fsync among all that it finds waiting, and works while we pack. */
const depth = 4
/** Entries of one group: small enough that others are served between two of them, and that 64 writers keep us both busy. */
const groupEntries = 32

export class OpenRedis {
  readonly link: Link
  readonly bus: WireBus
  readonly prefix: string
  readonly url: string
  readonly #lane: Lane<Op, Answer>
  readonly #given: (() => number) | undefined
  readonly #clock = new ServerClock({ ask: () => this.link.time() })
  #state: 'new' | 'open' = 'new'
  #opening: Promise<void> | null = null
  #closing: Promise<void> | null = null

  constructor(options: LinkOptions) {
    this.prefix = options.prefix
    this.url = options.url
    this.#given = options.clock
    this.link = new Link(options)
    const writer = new Writer(this.link)
    this.bus = new WireBus({ ...options, instance: writer.instance })
    this.#lane = new Lane<Op, Answer>({
      commit: (group) => writer.commit(group),
      entries: (op) => op.entries,
      bytes: (op) => op.bytes,
      maxEntries: groupEntries,
      maxBytes: limits.commitBytes,
      depth,
      committed: (group, answers) => this.#hint(group, answers),
    })
  }

  open(): Promise<void> {
    if (this.#closing) return Promise.reject(closed())
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = null
      throw error
    })
    return this.#opening
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** The connection, where the store is open. */
  ready(): Link {
    if (this.#closing) throw closed()
    if (this.#state !== 'open') {
      throw new DaybookError('unreachable', 'The store is not open yet.', { hint: 'Await open() first.' })
    }
    return this.link
  }

  /** Milliseconds since 1970, by the clock of the server. */
  time(): number {
    return this.#given ? Math.floor(this.#given()) : this.#clock.now()
  }

  push(ops: readonly Op[], urgent = false): Promise<readonly Answer[]> {
    try {
      this.ready()
      return this.#lane.push(ops, urgent)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  async #open(): Promise<void> {
    await this.link.open()
    try {
      if (!this.#given) await this.#clock.start()
      await this.bus.open()
    } catch (error) {
      this.#clock.stop()
      this.link.close()
      throw error
    }
    this.#state = 'open'
  }

  async #close(): Promise<void> {
    await this.#opening?.catch(() => {})
    if (this.#state !== 'open') return
    this.#clock.stop()
    await this.#lane.drained()
    this.bus.close()
    this.link.close()
  }

  /** Listeners here hear at once, one hint per session; those of other processes heard it from the function. */
  #hint(group: readonly Op[], answers: readonly (Answer | LaneFailure)[]): void {
    const written = new Map<string, Map<string, number>>()
    for (const [index, { session, asker }] of group.entries()) {
      const answer = answers[index]
      if (session === undefined || typeof answer !== 'string' || !answer.startsWith('o')) continue
      const outcome = outcomeOf(answer)
      if (!outcome.ok) continue
      const sessions = written.get(asker.tenant) ?? new Map<string, number>()
      written.set(asker.tenant, sessions.set(session, outcome.last))
    }
    for (const [tenant, sessions] of written) {
      for (const [session, seq] of sessions) this.bus.here(hintTopic, { tenant, session, seq })
    }
  }
}

function closed(): DaybookError {
  return new DaybookError('shutting_down', 'The store is closed.')
}
