// An open store: the connection that appends behind its lane, those that ask, and the order of opening and closing.

import { DaybookError } from '../../schema/errors.ts'
import type { SessionId, Tenant } from '../../schema/ids.ts'
import { type Bus, type Hint, hintTopic } from '../bus.ts'
import { Heads } from '../heads.ts'
import { LaneFailure } from '../lane.ts'
import { ServerClock } from '../server-clock.ts'
import type { Outcome } from '../store.ts'
import { Announcer } from './announcer.ts'
import type { AppendOp } from './batch.ts'
import { Connection } from './connection.ts'
import { loadDriver, parsedUrl } from './driver.ts'
import { changedUnderUs, toDaybookError } from './errors.ts'
import { tip } from './feed.ts'
import { type Answer, Lanes } from './lanes.ts'
import { outgrown, prepareSchema, presentFormat, type SchemaFormat, type Standing } from './migrations.ts'
import { type Names, namesOf } from './names.ts'
import { unfitPooler } from './pooler.ts'
import { SessionCalls } from './session-calls.ts'
import { Writer } from './writer.ts'

export interface OpenOptions {
  readonly url: string
  readonly schema: string
  readonly connections: number
  readonly wait: number
  readonly clock: (() => number) | null
  readonly bus?: Bus
  readonly present?: SchemaFormat
}

/** What reads and single calls work with. */
export interface Looking {
  readonly asking: Connection
  /** For the operator, whose questions may take long. */
  readonly patient: Connection
  readonly heads: Heads
  readonly calls: SessionCalls
  /** Null where the server's clock counts. */
  now(): number | null
}

interface State extends Looking {
  readonly appending: readonly Connection[]
  readonly lanes: Lanes
}

/** Milliseconds that an operator's question may take. */
const patience = 3_600_000

export class OpenStore {
  readonly bus: Announcer
  readonly options: OpenOptions
  readonly names: Names
  readonly #present: SchemaFormat
  readonly #clock = new ServerClock({ ask: () => this.look(({ asking }) => this.#ask(asking)) })
  /** As last seen. Where a newer version lifted it, or wrote what this one does not understand, nothing is read or written. */
  #standing: Standing | null = null
  #state: State | null = null
  #opening: Promise<void> | null = null
  #closing: Promise<void> | null = null

  constructor(options: OpenOptions) {
    parsedUrl(options.url)
    this.options = options
    this.bus = new Announcer(options.bus)
    this.#present = options.present ?? presentFormat
    this.names = namesOf(options.schema, this.#present)
  }

  open(): Promise<void> {
    if (this.#closing) return Promise.reject(closed())
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = null
      throw toDaybookError(error)
    })
    return this.#opening
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** Errors in the codes of daybook. */
  async look<T>(work: (looking: Looking) => Promise<T>): Promise<T> {
    const state = this.#ready()
    try {
      return await work(state)
    } catch (error) {
      throw await this.#reason(error, state.asking)
    }
  }

  /** No async function: every append passes here, and each promise in between costs it. */
  push(ops: readonly AppendOp[]): Promise<readonly Outcome[]> {
    try {
      return this.#ready().lanes.push(ops)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Milliseconds since 1970, by the clock of the server. */
  time(): number {
    const { clock } = this.options
    return clock ? Math.floor(clock()) : this.#clock.now()
  }

  wrote(tenant: Tenant, session: SessionId, seq: number): void {
    this.bus.publish(hintTopic, { tenant, session, seq } satisfies Hint)
  }

  #ready(): State {
    if (this.#closing) throw closed()
    const newer = this.#newer()
    if (newer) throw newer
    if (!this.#state)
      throw new DaybookError('unreachable', 'The store is not open yet.', { hint: 'Await open() first.' })
    return this.#state
  }

  async #open(): Promise<void> {
    if (this.#state) return
    const driver = await loadDriver()
    const { url, wait, connections, clock } = this.options
    const between = { pooled: false }
    const connected = (max: number, longest: number) =>
      new Connection(driver, { url, max, wait: longest, between, named: this.names.named })
    const asking = connected(connections, wait)
    const appending = [connected(1, wait), connected(1, wait)]
    const patient = connected(1, patience)
    try {
      const sharing = await asking.sharing()
      if (sharing === 'statements') throw unfitPooler()
      const { kinds } = await prepareSchema(asking, patient, this.names, this.#present)
      const listens = sharing !== 'transactions'
      await this.bus.start({ asking, schema: this.options.schema, listens, tip: () => tip(asking) })
      const writers = appending.map(
        (connection) => new Writer(connection, { clock, kinds, reason: (error) => this.#reason(error, asking) }),
      )
      const lanes = new Lanes({
        commits: writers.map((writer) => (group: readonly AppendOp[]) => writer.commit(group)),
        committed: (group, results) => this.#hint(group, results),
        contended: () => this.bus.contended(),
      })
      const calls = new SessionCalls(asking, clock)
      const now = () => (clock ? Math.floor(clock()) : null)
      this.#state = { asking, patient, appending, heads: new Heads(), calls, now, lanes }
      if (!clock) await this.#clock.start()
    } catch (error) {
      this.#state = null
      await this.bus.stop()
      await Promise.all([asking, ...appending, patient].map((connection) => connection.close()))
      throw error
    }
  }

  /** The server's time; in passing, whether the store is still one that this version understands. */
  async #ask(connection: Connection): Promise<number> {
    const [row] = await connection.ask(`SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8,
      (SELECT v FROM daybook.meta WHERE k = 'format'), (SELECT v FROM daybook.meta WHERE k = 'kinds')`)
    this.#standing = { format: Number(row?.[1]), kinds: Number(row?.[2]) }
    return Number(row?.[0])
  }

  #newer(): DaybookError | null {
    return this.#standing && outgrown(this.#standing, this.#present)
  }

  /** In the codes of daybook. What is not there any more may have been lifted away by a newer version. */
  async #reason(error: unknown, connection: Connection): Promise<DaybookError> {
    const known = toDaybookError(error)
    if (!changedUnderUs(error)) return known
    // Where even this cannot be asked, what was met first tells more.
    await this.#ask(connection).catch(() => {})
    return this.#newer() ?? known
  }

  /** One hint per session and commit, with the last seq written. */
  #hint(group: readonly AppendOp[], results: readonly Answer[]): void {
    const written = new Map<string, readonly [Tenant, SessionId, number]>()
    for (const [index, { asker, append }] of group.entries()) {
      const result = results[index]
      if (!result || result instanceof LaneFailure || !result.ok || result.replayed) continue
      written.set(`${append.session} ${asker.tenant}`, [asker.tenant, append.session, result.last])
    }
    for (const [tenant, session, seq] of written.values()) this.wrote(tenant, session, seq)
  }

  async #close(): Promise<void> {
    await this.#opening?.catch(() => {})
    const state = this.#state
    if (!state) return
    this.#clock.stop()
    await state.lanes.drained()
    await this.bus.close()
    await Promise.all([state.asking, ...state.appending, state.patient].map((connection) => connection.close()))
    this.#state = null
  }
}

function closed(): DaybookError {
  return new DaybookError('shutting_down', 'The store is closed.')
}
