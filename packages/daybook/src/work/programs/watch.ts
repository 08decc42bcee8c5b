// Looks after processes that live on: writes down how they ended, ends what prompts left in them, and closes those that nobody uses any more.

import { type Closed, closeProcess, endFor } from '../../program/closing.ts'
import type { LivePrograms } from '../../program/contract.ts'
import type { HostProcess } from '../../program/host/contract.ts'
import type { Tenant } from '../../schema/ids.ts'
import type { Session, Sessions } from '../../session/contract.ts'
import { type Hint, hintTopic } from '../../store/bus.ts'
import { Attached } from './attached.ts'
import { writeEnded } from './ended.ts'
import { isGone } from './gone.ts'
import { Idle, type Lived } from './idle.ts'
import { Leftovers } from './left.ts'
import { newest } from './newest.ts'
import { TypedLines } from './typed.ts'

/** Milliseconds between two looks. */
const usualMs = 30_000

export interface WatchOptions {
  readonly sessions: Sessions
  readonly tenant: Tenant
  readonly programs: Pick<LivePrograms, 'get' | 'git' | 'processes'>
  /** Milliseconds between two looks; default 30,000. Null: only {@link Watch.look} looks. */
  readonly everyMs?: number | null
  /** Milliseconds; default: the store's. */
  readonly clock?: () => number
  readonly onError: (error: unknown) => void
}

export interface EndedProcess extends Closed {
  readonly session: string
  readonly process: string
}

export interface Watch extends AsyncDisposable {
  /** One look at all processes that live on; says which it closed because nobody used them. */
  look(): Promise<readonly EndedProcess[]>
  /** Writes down the end of this one as soon as it ends. Named as the host names it. */
  see(name: string): void
  /** Somebody looks at it from now on; returns the call that ends that. */
  attach(name: string): () => void
  /** A line is about to be typed into it, past the queue of prompts: what comes of it is written down. It may be sent once this resolves. */
  typing(name: string): Promise<void>
  /** How many look at it on this server. */
  attached(name: string): number
  /** Ends it and all that it started. `not_found` where the host does not know it. */
  close(session: string, process: string): Promise<Closed>
}

/** Begins with a look at once, for which a host is started where there was one. */
export function openWatch(options: WatchOptions): Watch {
  return new Watching(options)
}

class Watching implements Watch {
  readonly #options: WatchOptions
  readonly #clock: () => number
  readonly #attached: Attached
  readonly #idle: Idle
  readonly #stop = new AbortController()
  readonly #following = new Map<string, Promise<void>>()
  readonly #leftovers: Leftovers
  readonly #typed: TypedLines
  readonly #unsubscribe: () => void
  /** Whose end the log has, or never will have. */
  readonly #over = new Set<string>()
  readonly #timer: NodeJS.Timeout | null
  #look: Promise<readonly EndedProcess[]> | null = null
  #woken = false

  constructor(options: WatchOptions) {
    const { sessions, everyMs = usualMs, programs } = options
    this.#options = options
    this.#clock = options.clock ?? (() => sessions.store.now())
    this.#attached = new Attached(sessions.store.bus, this.#clock, 3 * (everyMs ?? usualMs))
    this.#idle = new Idle(programs, this.#attached)
    const placeOf = (name: string) => this.#placeOf(name)
    this.#leftovers = new Leftovers(programs, placeOf, options.onError)
    this.#typed = new TypedLines(programs.processes, placeOf, options.onError)
    this.#unsubscribe = sessions.store.bus.subscribe(hintTopic, (hint) => this.#written(hint as Hint))
    const look = (): void => void this.look().catch(options.onError)
    this.#timer = everyMs === null ? null : setInterval(look, everyMs).unref()
    if (everyMs !== null) look()
  }

  attach(name: string): () => void {
    return this.#attached.add(name)
  }

  typing(name: string): Promise<void> {
    return this.#typed.about(name)
  }

  attached(name: string): number {
    return this.#attached.count(name)
  }

  look(): Promise<readonly EndedProcess[]> {
    this.#look ??= this.#all().finally(() => {
      this.#look = null
    })
    return this.#look
  }

  async #all(): Promise<readonly EndedProcess[]> {
    this.#attached.say()
    const listed = await this.#options.programs.processes.list({ wake: !this.#woken })
    this.#woken = true
    const kept = (listed ?? []).filter(({ mode }) => mode !== 'files')
    const names = new Set(kept.map(({ key }) => key))
    for (const name of this.#over) if (!names.has(name)) this.#over.delete(name)
    this.#idle.keep(names)
    const closed: EndedProcess[] = []
    for (const process of kept) {
      if (this.#stop.signal.aborted) break
      try {
        const ended = await this.#one(process)
        if (ended) closed.push(ended)
      } catch (error) {
        this.#options.onError(error)
      }
    }
    return closed
  }

  async #one(process: HostProcess): Promise<EndedProcess | null> {
    const { key, exit } = process
    if (exit !== null) {
      await this.#ended(key)
      return null
    }
    const { session, id } = this.#placeOf(key)
    const lived = await this.#lived(process, session, id)
    this.see(key)
    this.#leftovers.see(key)
    if (lived !== 'gone' && !(lived && (await this.#idle.is(lived, this.#clock())))) return null
    return { session: session.id, process: id, ...(await this.close(session.id, id)) }
  }

  /** Null for one that the log does not know yet; of a session that is deleted, or on the way there, nobody asks for more. */
  async #lived(process: HostProcess, session: Session, id: string): Promise<Lived | 'gone' | null> {
    try {
      const { place, openRuns } = await session.head()
      if (place === 'trash') return openRuns.length > 0 ? null : 'gone'
      const started = await newest(session, 'process.started', 0, (data) => data.process_id === id)
      return started && { process, session, started, program: this.#options.programs.get(started.program) }
    } catch (error) {
      if (isGone(error)) return 'gone'
      throw error
    }
  }

  see(name: string): void {
    if (this.#following.has(name) || this.#stop.signal.aborted) return
    const following = this.#follow(name)
      .catch(this.#options.onError)
      .finally(() => this.#following.delete(name))
    this.#following.set(name, following)
  }

  async #follow(name: string): Promise<void> {
    const exit = await endFor(this.#options.programs.processes, name, this.#stop.signal)
    if (exit !== null) await this.#ended(name)
  }

  /** A hint without a session stands for all that was missed. */
  #written({ tenant, session }: Hint): void {
    if (session !== '' && tenant !== this.#options.tenant) return
    for (const name of this.#following.keys()) {
      if (session === '' || name.startsWith(`${session}/`)) this.#leftovers.see(name)
    }
  }

  async #ended(name: string): Promise<void> {
    if (this.#over.has(name)) return
    const { session, id } = this.#placeOf(name)
    try {
      if (await writeEnded(session, id, this.#options.programs.processes)) this.#over.add(name)
    } catch (error) {
      if (!isGone(error)) throw error
      this.#over.add(name)
    }
  }

  async close(session: string, process: string): Promise<Closed> {
    const { processes, get } = this.#options.programs
    const name = `${session}/${process}`
    const { session: handle } = this.#placeOf(name)
    const started = await newest(handle, 'process.started', 0, (data) => data.process_id === process).catch(goneAsNull)
    const keys = (started && get(started.program)?.keys.exit) ?? []
    const closed = await closeProcess(processes, name, { keys })
    await this.#ended(name)
    return closed
  }

  #placeOf(name: string): { readonly session: Session; readonly id: string } {
    const [session = '', id = ''] = name.split('/')
    const { sessions, tenant } = this.#options
    const scope = { tenant, subjects: 'all' } as const
    return { session: sessions.within(scope, { actor: 'engine', writer: 'P' }).session(session), id }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    this.#unsubscribe()
    this.#stop.abort()
    this.#attached.close()
    await this.#look?.catch(() => []) // told already
    const ends = [this.#leftovers, this.#typed].map((one) => one[Symbol.asyncDispose]())
    await Promise.all([...this.#following.values(), ...ends])
  }
}

function goneAsNull(error: unknown): null {
  if (isGone(error)) return null
  throw error
}
