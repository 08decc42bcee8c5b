// The run engine of one process: takes due sessions under leases, performs their runs, and is looked at by one loop.

import type { Head } from '../schema/heads.ts'
import type { RunId, SessionId } from '../schema/ids.ts'
import type { Caller, Session, Sessions } from '../session/contract.ts'
import type { Scope, SessionRef } from '../store/store.ts'
import { agentsOf } from './agents.ts'
import { type Claim, type Claimed, dueRun, type Taken } from './claim.ts'
import type { EndedRun, ScopedWork, Work, WorkCaller } from './contract.ts'
import type { Execution } from './execution.ts'
import { RunsHere } from './here.ts'
import { holderName } from './holder.ts'
import { readJournal } from './journal.ts'
import { type Held, Leases } from './leases.ts'
import { LiveRuns } from './live.ts'
import { Passing } from './passing.ts'
import type { Agents } from './performer.ts'
import { type Performed, Performing, type PerformSetting } from './performing.ts'
import type { ApprovalPolicy } from './policy.ts'
import { RunLog } from './run-log.ts'
import { WorkOfScope } from './scoped-work.ts'
import type { Skills } from './skills/contract.ts'

export interface WorkOptions {
  readonly sessions: Sessions
  readonly skills: Skills
  /** Default: the orchestrator alone. */
  readonly agents?: Agents
  /** Milliseconds between two looks for due work; default 1,000. Null: only {@link Work.tick} looks. */
  readonly tickMs?: number | null
  /** Runs performed at once; default 64. */
  readonly concurrency?: number
  /** Milliseconds that a process waits before it takes over the work of one that may be dead; default 30,000. */
  readonly leaseMs?: number
  /** Milliseconds that runs get at close to come to the end of their step; default 10,000. */
  readonly graceMs?: number
  /** Milliseconds that an aborted performer gets to end before the next run of its session begins; default 5,000. */
  readonly settleMs?: number
  /** Default: that of this machine. */
  readonly timeZone?: string
  /** Steps that wait for an approval, beside those of high risk. Default: none. */
  readonly policy?: ApprovalPolicy
  /** Failures that no caller waits for. Default: a warning of the process. */
  readonly onError?: (error: unknown) => void
}

/** Begins to look for work at once. */
export function openWork(options: WorkOptions): Work {
  return new WorkEngine(options)
}

type Place = Pick<SessionRef, 'tenant' | 'session'>

/** A session that this process works on. */
interface Active {
  readonly place: Place
  execution: Execution | null
  /** Something came while it was looked at. */
  again: boolean
  readonly done: Promise<void>
}

export class WorkEngine implements Work {
  readonly sessions: Sessions
  readonly skills: Skills
  readonly agents: Agents
  readonly clock: () => number
  readonly timeZone: string
  readonly policy: ApprovalPolicy | undefined
  readonly here = new RunsHere()
  readonly #leases: Leases
  readonly #setting: Omit<PerformSetting, 'live' | 'onBegin'>
  readonly #concurrency: number
  readonly #tickMs: number | null
  readonly #graceMs: number
  readonly #onError: (error: unknown) => void
  readonly #active = new Passing<string, Active>()
  readonly #waiting = new Map<string, Place>()
  #timer: NodeJS.Timeout | null = null
  /** Looks for due work that are under way. */
  readonly #looking = new Set<Promise<void>>()
  #closing: Promise<void> | null = null

  constructor(options: WorkOptions) {
    const { sessions, skills, onError = warn } = options
    const clock = () => sessions.store.now()
    this.sessions = sessions
    this.skills = skills
    this.agents = options.agents ?? agentsOf()
    this.clock = clock
    this.#onError = onError
    this.#concurrency = options.concurrency ?? 64
    this.#tickMs = options.tickMs === undefined ? 1000 : options.tickMs
    this.#graceMs = options.graceMs ?? 10_000
    this.timeZone = options.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
    this.policy = options.policy
    const settleMs = options.settleMs ?? 5000
    this.#setting = { skills, agents: this.agents, clock, timeZone: this.timeZone, policy: this.policy, settleMs }
    this.#leases = new Leases({
      store: sessions.store,
      holder: holderName(),
      ttl: options.leaseMs ?? 30_000,
      monotonic: () => performance.now(),
      onError,
    })
    this.#arm()
  }

  within(scope: Scope, caller?: WorkCaller): ScopedWork {
    return new WorkOfScope(this, scope, caller)
  }

  get load(): Work['load'] {
    const active = this.#active.values().filter(({ execution }) => execution?.signal.aborted === false).length
    return { active, waiting: this.#waiting.size, held: this.#active.size }
  }

  onEnded(listener: (run: EndedRun) => void): () => void {
    return this.here.onEnded(listener)
  }

  #arm(): void {
    if (this.#tickMs === null || this.#closing) return
    this.#timer = setTimeout(async () => {
      await this.tick().catch(this.#onError)
      this.#arm()
    }, this.#tickMs)
    this.#timer.unref()
  }

  tick(): Promise<void> {
    const looking = this.#tick().finally(() => this.#looking.delete(looking))
    this.#looking.add(looking)
    return looking
  }

  async #tick(): Promise<void> {
    await this.#leases.renew()
    await Promise.all(this.#active.values().map((active) => this.#look(active)))
    const free = this.#concurrency - this.#active.size
    if (free <= 0 || this.#closing) return
    const due = await this.sessions.store.due(free, 'open')
    // Whoever has enough to do leaves the work of the dead to others, or until their leases run out.
    const left = due.length < free && !this.#closing ? await this.#leases.giveOfDead() : []
    for (const place of [...due, ...left]) this.poke(place)
  }

  /** Ends what ran out of time, or was ended by another process. */
  async #look({ place, execution }: Active): Promise<void> {
    if (!execution || execution.signal.aborted) return
    if (execution.deadline !== null && execution.deadline <= this.clock()) return execution.abort('timeout')
    const head = await this.sessions.store.within({ tenant: place.tenant, subjects: 'all' }).head(place.session)
    if (!head?.openRuns.some(({ run }) => run === execution.root)) execution.abort('cancelled')
  }

  poke(place: Place): void {
    if (this.#closing) return
    const key = keyOf(place)
    const active = this.#active.get(key)
    if (active) active.again = true
    else if (this.#active.size >= this.#concurrency) this.#waiting.set(key, place)
    else this.#begin(key, place, (begun) => this.#serve(begun, null))
  }

  /** Room for a run that begins with the append that asks for it; null without, or while its session is worked on here. */
  claim(place: Place): Claim | null {
    const key = keyOf(place)
    if (this.#closing || this.#active.size >= this.#concurrency || this.#active.has(key)) return null
    const { promise, resolve } = Promise.withResolvers<Claimed | null>()
    const [wish, since] = [this.#leases.wish, performance.now()]
    this.#begin(key, place, async (active) => {
      const claimed = await promise
      if (claimed)
        await this.#serve(active, { ...claimed, held: this.#leases.taken(place, claimed.fence, wish, since) })
    })
    return { acquire: wish, settle: resolve }
  }

  /** A run was ended from here: what performs it in this process need not wait until it is looked at. */
  cancelled(place: Place, run: RunId): void {
    const execution = this.#active.get(keyOf(place))?.execution
    if (execution?.root === run) execution.abort('cancelled')
  }

  #begin(key: string, place: Place, work: (active: Active) => Promise<void>): void {
    const { promise, resolve } = Promise.withResolvers<void>()
    const active: Active = { place, execution: null, again: false, done: promise }
    this.#active.set(key, active)
    work(active)
      .catch(this.#onError)
      .finally(() => {
        if (this.#active.get(key) === active) this.#active.delete(key)
        resolve()
        if (active.again) this.poke(place)
        this.#next()
      })
  }

  #next(): void {
    for (const [key, place] of this.#waiting) {
      if (this.#active.size >= this.#concurrency) return
      this.#waiting.delete(key)
      this.poke(place)
    }
  }

  /** Works on a session while something in it is due, first on what was claimed. */
  async #serve(active: Active, claimed: (Claimed & { readonly held: Held }) | null): Promise<void> {
    const { place } = active
    const held = claimed ? claimed.held : await this.#leases.take(place)
    if (!held) return
    const perform = (taken: Taken | Claimed) => this.here.perform(taken.run, () => this.#perform(active, held, taken))
    try {
      let performed = claimed && (await perform(claimed))
      while (performed !== 'released' && performed !== 'left' && !this.#closing && !held.lost) {
        active.again = false
        const head = await this.#headOf(place)
        const open = head && dueRun(head, this.clock())
        if (head && open) performed = await perform({ head, run: open.run, from: open.seq })
        else if (!active.again) return
      }
    } finally {
      active.execution = null
      await this.#leases.give(held)
    }
  }

  #headOf({ tenant, session }: Place): Promise<Head | null> {
    return this.sessions.store.within({ tenant, subjects: 'all' }).head(session)
  }

  async #perform(active: Active, held: Held, { head, run, ...known }: Taken | Claimed): Promise<Performed> {
    const { place } = active
    const begun = 'journal' in known ? known : null
    const live = new LiveRuns(this.sessions.store.bus, place)
    const setting: PerformSetting = {
      ...this.#setting,
      live,
      onBegin: (execution) => {
        active.execution = execution
        execution.signal.addEventListener('abort', () => this.here.leave(run))
        if (this.#closing) execution.closeSoon()
      },
    }
    const session = this.#sessionOf(place, head, held.fence)
    const log = new RunLog(session, run, begun?.last ?? head.seq, begun?.entries)
    const performing = new Performing(setting, session, { log, fence: held.fence, run, begun })
    const began = performance.now()
    const journal = 'journal' in known ? known.journal : await readJournal(session, known.from, head.seq)
    const performed = await performing.perform(journal, held, head.model).finally(() => live.close())
    if (performed === 'released') {
      // Before anybody is told: the next run may begin with what they do then.
      this.#leases.given(held)
      this.#active.delete(keyOf(place))
    }
    if (performed === 'ended' || performed === 'released') {
      this.here.end({ run, status: performing.status, ms: performance.now() - began }, log.entries)
    }
    return performed
  }

  /** As its owner sees it, written to under the lease. */
  #sessionOf({ tenant, session }: Place, head: Head, fence: number): Session {
    const caller: Caller = { actor: `agent:${head.currentAgent}`, writer: 'R', fence }
    return this.sessions.within({ tenant, subjects: [head.owner] }, caller).session(session)
  }

  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #end(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    this.#waiting.clear()
    const active = this.#active.values()
    // Behind this turn, so that `closing` is seen by whatever begins meanwhile.
    await Promise.resolve()
    for (const { execution } of active) execution?.closeSoon()
    const timer = setTimeout(() => {
      for (const { execution } of active) execution?.abort('shutdown')
    }, this.#graceMs)
    await Promise.all(active.map(({ done }) => done))
    clearTimeout(timer)
    // What failed is told to whoever asked for the look; from here on the store may be closed.
    await Promise.allSettled(this.#looking)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

function keyOf({ tenant, session }: Place): string {
  return JSON.stringify([tenant, session satisfies SessionId])
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error))
}
