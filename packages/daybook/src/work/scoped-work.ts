// Runs as one scope sees them: starting, the queue, decisions, and waiting for an end.

import { DaybookError, isDaybookError } from '../schema/errors.ts'
import type { Head } from '../schema/heads.ts'
import { newId, type RunId, type SessionId } from '../schema/ids.ts'
import type { Json } from '../schema/json.ts'
import type { Receipt, ScopedSessions, Session } from '../session/contract.ts'
import { idFromKey, keyOf } from '../session/keys.ts'
import type { Scope } from '../store/store.ts'
import { ask, begin, receiptFor } from './asking.ts'
import type {
  Decision,
  QueuedRun,
  QueueFields,
  QueueOptions,
  Resolution,
  Route,
  RunChange,
  RunFields,
  RunReceipt,
  RunState,
  ScopedWork,
  StartOptions,
  WorkCaller,
  WorkOptions,
} from './contract.ts'
import { entryOf } from './entry.ts'
import { again, type Instead, insteadOf } from './instead.ts'
import {
  cancelEntries,
  checkAgent,
  checkCaller,
  editEntries,
  keyMissing,
  moveEntries,
  mustBeOpen,
  queueEntries,
  type Wanted,
} from './queue.ts'
import { routeOf } from './route.ts'
import { type KnownRun, queueOf, stateOf } from './run-state.ts'
import { settledRun } from './settled.ts'
import { mayCall } from './skill-performer.ts'
import type { RunCaller } from './skills/contract.ts'
import type { WorkEngine } from './work.ts'

export class WorkOfScope implements ScopedWork {
  readonly #engine: WorkEngine
  readonly #scope: Scope
  readonly #sessions: ScopedSessions
  readonly #programs: boolean

  constructor(engine: WorkEngine, scope: Scope, caller?: WorkCaller) {
    this.#engine = engine
    this.#scope = scope
    this.#programs = caller?.programs ?? true
    const actor = caller?.actor ?? engine.sessions.within(scope).caller.actor
    this.#sessions = engine.sessions.within(scope, { actor, writer: 'R' })
  }

  async start(session: SessionId | null, fields: RunFields, options: StartOptions = {}): Promise<RunReceipt> {
    const { caller } = this.#sessions
    const key = options.key === undefined ? undefined : keyOf(caller, options.key, 'run', [session, fields])
    const id = session ?? (key ? idFromKey('ses', this.#scope, 'run', key) : newId('ses', this.#engine.clock()))
    const run = key ? idFromKey('run', this.#scope, `run ${id}`, key) : newId('run', this.#engine.clock())
    const opens = session === null ? (options.opens ?? true) : options.opens
    const isNew = session === null && !key
    const handle = this.#sessions.session(id, opens === undefined ? {} : { opens, isNew })
    const place = { tenant: this.#scope.tenant, session: id }
    const now = this.#engine.clock()
    const instead = await this.#instead(handle, run, fields)
    const given = instead ? again(fields, instead) : fields
    // Whether it may be started is asked with the rest: the repeat of a call is answered as the first was.
    const make = (head: Head) => queueEntries(head, this.#wanted(run, given, now), this.#engine.agents)
    const rewind = instead?.to
    const asking = { handle, actor: caller.actor, run, make, fields, rewind, ...(key ? { key } : undefined) }
    const touches = fields.onBusy === 'steer' || fields.onBusy === 'interrupt'
    if (touches && !this.#programs) await this.#mayReach(handle)
    const claim = instead ? null : this.#engine.claim(place)
    const asked = (claim && (await begin(asking, claim, this.#engine))) ?? (await ask(asking))
    const { receipt, before } = asked
    if (!asked.begun) this.#engine.poke(place)
    this.#interrupt(id, receipt)
    return receiptFor(handle, receipt, before)
  }

  /** A repeat finds its run, and the message that it took the place of no more. */
  async #instead(session: Session, run: RunId, { insteadOf: message }: RunFields): Promise<Instead | null> {
    if (message === undefined || (await this.#sessions.locate({ type: 'run', value: run })) !== null) return null
    return insteadOf(session, message)
  }

  #wanted(run: RunId, fields: RunFields, now: number): Wanted {
    const { caller = {}, skill, agent } = fields
    const { skills, agents } = this.#engine
    const found = skill === undefined ? undefined : skills.get(skill)
    if (skill !== undefined) {
      if (!found) throw new DaybookError('not_found', `there is no skill ${skill}`, { field: 'skill' })
      if (found.programs && !this.#programs) {
        throw keyMissing(`${skill} takes the key of the user of this machine`)
      }
      if (!mayCall(found, { ...caller, programs: this.#programs }))
        throw new DaybookError('forbidden', `${skill} is not for this role`, { field: 'caller.role' })
    }
    if (agent !== undefined && !agents.get(agent))
      throw new DaybookError('not_found', `there is no agent ${agent}`, { field: 'agent' })
    const route = (text: string) => this.route(text, caller)
    return { run, fields, now, programs: this.#programs, needsPrograms: found?.programs ?? false, route }
  }

  /** What an interrupting run ended is told at once. */
  #interrupt(session: SessionId, { entries }: Receipt): void {
    for (const entry of entries) {
      if (entry.kind === 'run.cancelled' && entry.run !== undefined) {
        this.#engine.cancelled({ tenant: this.#scope.tenant, session }, entry.run)
      }
    }
  }

  async get(run: RunId): Promise<RunState> {
    return stateOf(await this.#sessionOf(run), run)
  }

  async settled(run: RunId, options: Parameters<ScopedWork['settled']>[1] = {}): Promise<RunState> {
    return settledRun(await this.#sessionOf(run), run, this.#engine.here.performed(run), options)
  }

  async queue(session: SessionId): Promise<readonly QueuedRun[]> {
    return queueOf(this.#sessions.session(session))
  }

  edit(run: RunId, input: Json, options: QueueOptions = {}): Promise<RunChange> {
    return this.change(run, { input }, options)
  }

  move(run: RunId, before: RunId | null, options: QueueOptions = {}): Promise<RunChange> {
    return this.change(run, { before }, options)
  }

  async change(run: RunId, { input, before }: QueueFields, options: QueueOptions = {}): Promise<RunChange> {
    if (input === undefined && before === undefined) {
      throw new DaybookError('invalid', 'neither an input nor a place is given', { field: 'input' })
    }
    const { expect } = options
    const session = await this.#sessionOf(run)
    const { queued: chosen } = await this.#reached(session, run)
    const routed = (text: string) => this.route(text, chosen.caller ?? {})
    return this.#change(session, ['change', run, input, before, expect], options, (head) => [
      ...(input === undefined ? [] : editEntries(head, run, input, expect, chosen, routed)),
      ...(before === undefined ? [] : moveEntries(head, run, before, expect)),
    ])
  }

  async withdraw(run: RunId, options: QueueOptions = {}): Promise<RunChange> {
    const session = await this.#sessionOf(run)
    await this.#mayEnd(session, run)
    return this.#change(session, ['withdraw', run, options.expect], options, (head) => {
      mustBeOpen(head, run, 'queued', options.expect)
      return [entryOf('run.withdrawn', run, {})]
    })
  }

  async cancel(run: RunId, options: WorkOptions = {}): Promise<RunChange> {
    const session = await this.#sessionOf(run)
    await this.#mayEnd(session, run)
    const change = await this.#change(session, ['cancel', run], options, (head) => cancelEntries(head, run, 'user'))
    this.#engine.cancelled({ tenant: this.#scope.tenant, session: session.id }, run)
    return change
  }

  async decide(run: RunId, approval: string, decision: Decision, options: WorkOptions = {}): Promise<RunChange> {
    const session = await this.#sessionOf(run)
    const asked = (await this.#reached(session, run)).approvals.find(({ id }) => id === approval)
    if (!asked) throw new DaybookError('not_found', `${run} asks for no approval ${approval}`)
    if (asked.digest !== decision.digest) {
      throw new DaybookError('conflict', 'another thing was asked than what was seen', { field: 'digest' })
    }
    const head = await session.head()
    const who = this.#mayDecide(head, asked.deciders)
    const now = this.#engine.clock()
    return this.#change(session, ['decide', run, approval, decision], options, (present) => {
      if (!present.attention.some(({ id }) => id === approval)) throw over(`approval ${approval} is decided or over`)
      if (asked.until !== null && asked.until <= now) throw over(`approval ${approval} has expired`)
      return [entryOf('approval.decided', run, { approval_id: approval, by: who, ...decision })]
    })
  }

  /** @throws DaybookError `forbidden` */
  #mayDecide(head: Head, deciders: readonly string[]): string {
    const { subjects } = this.#scope
    if (subjects === 'all') return this.#sessions.caller.actor
    const who = subjects.find((subject) =>
      deciders.length === 0 ? subject === head.owner : deciders.includes(subject),
    )
    if (who === undefined) throw new DaybookError('forbidden', 'somebody else has to decide this')
    return who
  }

  async answer(run: RunId, question: string, answer: Json, options: WorkOptions = {}): Promise<RunChange> {
    const session = await this.#sessionOf(run)
    const asked = (await this.#reached(session, run)).questions.find(({ id }) => id === question)
    if (!asked) throw new DaybookError('not_found', `${run} asks no question ${question}`)
    return this.#change(session, ['answer', run, question, answer], options, (head) => {
      if (!head.attention.some(({ id }) => id === question)) throw over(`question ${question} is answered or over`)
      return [entryOf('question.answered', run, { question_id: question, answer })]
    })
  }

  async resolve(run: RunId, step: string, resolution: Resolution, options: WorkOptions = {}): Promise<RunChange> {
    const session = await this.#sessionOf(run)
    const known = (await this.#reached(session, run)).steps.find((one) => one.step === step)
    if (!known) throw new DaybookError('not_found', `${run} has no step ${step}`)
    return this.#change(session, ['resolve', run, step, resolution], options, (head) => {
      if (known.status !== 'unknown') throw over(`step ${step} is ${known.status}`)
      const root = mustBeOpen(head, run, 'waiting')
      if (!head.attention.some((one) => one.kind === 'blocked' && one.run === root.run))
        throw over(`${run} waits for nobody`)
      return [entryOf('step.resolved', run, { step, by: this.#sessions.caller.actor, ...resolution })]
    })
  }

  async undo(run: RunId, options: WorkOptions = {}): Promise<RunReceipt> {
    const session = await this.#sessionOf(run)
    const done = await stateOf(session, run)
    const key = options.key === undefined ? undefined : keyOf(this.#sessions.caller, options.key, 'undo', run)
    const id = key ? idFromKey('run', this.#scope, `undo ${run}`, key) : newId('run', this.#engine.clock())
    const now = this.#engine.clock()
    const make = (head: Head) => queueEntries(head, this.#undoing(id, done, now), this.#engine.agents)
    const receipt = await session.appendOn(make, ['undo', run], {
      ...(key ? { key } : undefined),
      refs: [{ type: 'run', value: id }],
    })
    this.#engine.poke({ tenant: this.#scope.tenant, session: session.id })
    return receiptFor(session, receipt, null)
  }

  /** @throws DaybookError `invalid_state` */
  #undoing(id: RunId, done: KnownRun, now: number): Wanted {
    const skill = done.skill === undefined ? undefined : this.#engine.skills.get(done.skill)
    if (done.status !== 'done' || !skill?.undo) throw over(`${done.run} has nothing that can be undone`)
    if (done.steps.some(({ status }) => status === 'undone')) throw over(`${done.run} is undone already`)
    const fields: RunFields = { input: { seq: done.seq }, skill: skill.id, caller: done.queued.caller ?? {} }
    return { ...this.#wanted(id, fields, now), undoes: done.run }
  }

  route(text: string, caller: RunCaller = {}): Route {
    const { skills, clock, timeZone } = this.#engine
    return routeOf(skills, text, caller, { now: clock(), timeZone })
  }

  /** What is said to a run of a program reaches the program: that takes the right to give it prompts. */
  async #reached(session: Session, run: RunId): Promise<KnownRun> {
    const state = await stateOf(session, run)
    checkAgent(this.#engine.agents.get(state.agent ?? ''), this.#programs)
    checkCaller(state.queued.caller as RunCaller | undefined, this.#programs)
    return state
  }

  /** The end of a prompt is keys and signals to its program: whoever may not give it one ends none. Others need no look. */
  async #mayEnd(session: Session, run: RunId): Promise<void> {
    if (!this.#programs) await this.#reached(session, run)
  }

  /** Whoever steers speaks to the run that is under way, and whoever interrupts ends it. */
  async #mayReach(session: Session): Promise<void> {
    const head = await session.head().catch((error) => {
      if (isDaybookError(error) && error.code === 'not_found') return null
      throw error
    })
    const present = head?.openRuns.find(({ parent, status }) => parent === undefined && status !== 'queued')
    if (present) await this.#reached(session, present.run)
  }

  async #sessionOf(run: RunId): Promise<Session> {
    const found = await this.#sessions.locate({ type: 'run', value: run })
    if (found === null) throw new DaybookError('not_found', `no run ${run}`)
    return this.#sessions.session(found)
  }

  async #change(
    session: Session,
    request: unknown,
    { key }: WorkOptions,
    make: Parameters<Session['appendOn']>[0],
  ): Promise<RunChange> {
    const { last, replayed } = await session.appendOn(make, request, key === undefined ? {} : { key })
    this.#engine.poke({ tenant: this.#scope.tenant, session: session.id })
    return { session: session.id, seq: last, replayed }
  }
}

function over(message: string): DaybookError {
  return new DaybookError('invalid_state', message)
}
