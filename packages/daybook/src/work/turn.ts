// One run as its performer sees it: steps that are done once, waits, questions and child runs, replayed from the journal.

import type { IdPrefix, RunId, Seq } from '../schema/ids.ts'
import type { Json } from '../schema/json.ts'
import type { Message } from '../schema/parts.ts'
import { sha256 } from '../session/chain.ts'
import type { Session } from '../session/contract.ts'
import { idIn, stepId, stepStarted } from './begin.ts'
import type { StepOptions } from './contract.ts'
import { entryOf, moment, recorded } from './entry.ts'
import { EffectLeft, type Execution, Paused, type Pending } from './execution.ts'
import { NoRoom, RunFailure, recordOf } from './failure.ts'
import type { AskedRecord, RunRecord, StepRecord } from './journal.ts'
import type { Live } from './live.ts'
import type { Said, StepEnd, TellAttempt } from './performer.ts'
import { type ApprovalPolicy, guarded } from './policy.ts'
import type { RunCaller, StepAttempt } from './skills/contract.ts'
import { type StepNamed, tell } from './tell.ts'

/** What the engine gives to every turn. */
export interface TurnSetting {
  readonly session: Session
  readonly clock: () => number
  readonly timeZone: string
  readonly policy: ApprovalPolicy | undefined
  readonly live: Live
  /** Performs a child run. */
  readonly child: (
    parent: TurnOfRun,
    run: RunId,
    fields: { readonly agent?: string; readonly skill?: string; readonly input?: Json },
  ) => Promise<Json | undefined>
}

/** Of an approval: so long it may stay open, so that a stale one never blocks the queue for ever. */
const approvalMs = 24 * 60 * 60 * 1000
const [retryMs, longestRetryMs] = [1000, 60 * 60 * 1000]

export class TurnOfRun {
  readonly run: RunId
  readonly session: Session
  readonly input: Json | undefined
  readonly asked: number
  readonly caller: RunCaller
  readonly timeZone: string
  readonly execution: Execution
  /** This run, then its parents. */
  readonly line: readonly RunId[]
  /** What came as deltas and stands nowhere else yet. */
  partial = ''
  /** The last message that a step of it told; its seq is known once it is written. */
  told: { seq: Seq; readonly content: string } | null = null
  /** In whose name it is told, where that is not the agent that was asked. */
  speaker: string | undefined
  readonly #setting: TurnSetting
  readonly #record: RunRecord
  readonly #counts = new Map<string, number>()
  readonly live: Live

  constructor(execution: Execution, setting: TurnSetting, record: RunRecord, parents: readonly RunId[] = []) {
    this.execution = execution
    this.#setting = setting
    this.live = setting.live
    this.#record = record
    this.line = [record.run, ...parents]
    this.run = record.run
    this.session = setting.session
    this.timeZone = setting.timeZone
    this.asked = record.at
    this.input = record.queued.input as Json | undefined
    this.caller = Object.freeze({ ...record.queued.caller }) as RunCaller
  }

  get now(): number {
    return this.#setting.clock()
  }

  get signal(): AbortSignal {
    return this.execution.signal
  }

  async step<T extends Json | undefined>(
    name: string,
    effect: (attempt: StepAttempt) => T | Promise<T>,
    given: StepOptions = {},
  ): Promise<T> {
    const { id, record, options } = this.stepNamed(name, given)
    if (this.execution.begun === id) return this.#attempt(id, name, effect, options, undefined)
    const known = record && (await this.#recorded(id, name, record, options))
    if (known) return known.output as T
    if (options.risk === 'high') await this.approval(id, name, options)
    return this.#attempt(id, name, effect, options, record)
  }

  tell<T>(
    name: string,
    effect: (attempt: TellAttempt) => Promise<T>,
    says: (end: StepEnd<T>) => Said | null,
    options: StepOptions = {},
  ): Promise<Message> {
    return tell(this, name, effect, says, options)
  }

  /** The next step of this name, with what the journal knows of it. */
  stepNamed(name: string, given: StepOptions): StepNamed {
    const [{ begun = '' }, count] = [this.execution, this.#count(`step ${name}`)]
    const id = count === 1 && this.#record.steps.get(begun)?.name === name ? begun : stepId(this.run, name, count)
    return { id, name, record: this.#record.steps.get(id), options: guarded(this.#setting.policy, name, given) }
  }

  /** What the journal says of a step; null when it is to be done (again). */
  async #recorded(
    id: string,
    name: string,
    record: StepRecord,
    options: StepOptions,
  ): Promise<{ readonly output: unknown } | null> {
    const { end, resolution } = record
    if (resolution?.resolution === 'done') return { output: resolution.output }
    if (resolution?.resolution === 'fail') throw new RunFailure('error', `${name}: ${resolution.reason}`)
    if (resolution) return null
    if (end && end.error === undefined && !end.unknown) {
      if (end.replayable !== false) return { output: end.output }
      if (options.idempotent) return null
      throw new RunFailure('resume_failed', `${name} gave a secret, which was masked: it cannot be replayed`)
    }
    if (end?.error !== undefined) return this.#failed(name, record, options)
    if (options.idempotent) return null
    if (!end) this.execution.log.write(entryOf('step.finished', this.run, { step: id, unknown: true }))
    const summary = `nobody knows whether "${name}" took effect`
    if (options.onUnknown !== 'operator') throw new RunFailure('outcome_unknown', summary)
    return this.#waitFor({ reason: 'operator', summary })
  }

  /** A recorded failure: tried again when its time has come, else thrown again. */
  #failed(name: string, { failures, end }: StepRecord, { retries = 0 }: StepOptions): null {
    if (failures <= retries) return null
    const { code, message } = (end as { error: { code: string; message: string } }).error
    throw new RunFailure('error', `${name}: ${message}`, code)
  }

  async #attempt<T extends Json | undefined>(
    id: string,
    name: string,
    effect: (attempt: StepAttempt) => T | Promise<T>,
    options: StepOptions,
    record: StepRecord | undefined,
  ): Promise<T> {
    const attempt = (record?.attempts ?? 0) + 1
    const { log } = this.execution
    const input = recorded(options.input, 'input')
    const end = await this.execution.effect(async (): Promise<{ readonly output: T } | { readonly error: unknown }> => {
      if (!this.execution.takeBegun(id)) {
        this.goOn()
        log.write(stepStarted(this.run, id, name, input, options.risk, attempt))
        await log.flush()
      }
      try {
        const output = recorded(await effect({ key: id, attempt, signal: this.signal }), 'output')
        log.write(entryOf('step.finished', this.run, { step: id, ...(output === undefined ? undefined : { output }) }))
        return { output }
      } catch (error) {
        if (isLeft(options, this.signal)) throw new EffectLeft()
        if (error instanceof NoRoom) throw new Paused(error, this.line)
        log.write(entryOf('step.finished', this.run, { step: id, error: recordOf(error) }))
        return { error }
      }
    }, options.leavable)
    if ('output' in end) return end.output
    return this.#again(name, (record?.failures ?? 0) + 1, options, end.error)
  }

  /** After a failure: put aside until the next attempt, or thrown. */
  #again(name: string, failures: number, options: StepOptions, error: unknown): Promise<never> {
    if (failures > (options.retries ?? 0) || this.signal.aborted) throw error
    const pause = Math.min((options.retryMs ?? retryMs) * 2 ** (failures - 1), longestRetryMs)
    const summary = `"${name}" is tried again after: ${recordOf(error).message}`
    return this.#waitFor({ reason: 'until', until: this.now + pause, summary })
  }

  async approval(step: string, name: string, { input, check, ...options }: StepOptions): Promise<void> {
    const id = idIn(this.run, 'apr', step)
    const asked = this.#record.asked.get(id)
    const summary = (options.summary ?? name).slice(0, 512)
    if (asked) return this.#decided(id, asked, summary)
    await check?.()
    const until = this.now + (options.approvalMs ?? approvalMs)
    this.execution.log.write(
      entryOf('approval.requested', this.run, {
        approval_id: id,
        summary,
        digest: sha256(JSON.stringify([this.run, step, name, input ?? null])),
        ...(input === undefined ? undefined : { input }),
        ...(options.deciders ? { deciders: [...options.deciders] } : undefined),
        until: moment(until),
      }),
    )
    return this.#waitFor({ reason: 'approval', until, summary, asked: id })
  }

  async #decided(id: string, asked: AskedRecord, summary: string): Promise<void> {
    if (asked.status === 'approved') return
    if (asked.status === 'denied') throw new RunFailure('denied', asked.comment ?? `denied: ${summary}`)
    if (asked.status === 'expired') throw new RunFailure('expired', `nobody decided in time: ${summary}`)
    if (asked.until !== null && asked.until <= this.now) {
      this.execution.log.write(entryOf('approval.expired', this.run, { approval_id: id }))
      throw new RunFailure('expired', `nobody decided in time: ${summary}`)
    }
    return this.#waitFor({ reason: 'approval', summary, asked: id, ...untilOf(asked) })
  }

  async wait(until: number, name?: string): Promise<void> {
    const id = this.#id('stp', `wait ${name ?? ''}`)
    const known = this.#record.waits.get(id)
    if (known?.ended) return
    const end = known?.until ?? until
    if (end > this.now) {
      if (!known) {
        this.execution.log.write(
          entryOf('wait.started', this.run, {
            wait_id: id,
            until: moment(end),
            ...(name === undefined ? undefined : { name }),
          }),
        )
      }
      return this.#waitFor({ reason: 'until', until: end, ...(name === undefined ? undefined : { summary: name }) })
    }
    this.goOn()
    if (known) this.execution.log.write(entryOf('wait.ended', this.run, { wait_id: id }))
  }

  async ask(question: string, options: { readonly until?: number } = {}): Promise<Json> {
    const id = this.#id('apr', `ask ${question}`)
    const summary = question.slice(0, 512)
    const known = this.#record.asked.get(id)
    if (known?.status === 'answered') return known.answer ?? null
    if (known) {
      if (known.until !== null && known.until <= this.now) {
        throw new RunFailure('expired', `nobody answered in time: ${summary}`)
      }
      return this.#waitFor({ reason: 'question', summary, asked: id, ...untilOf(known) })
    }
    const { until = this.now + approvalMs } = options
    this.execution.log.write(entryOf('question.asked', this.run, { question_id: id, summary, until: moment(until) }))
    return this.#waitFor({ reason: 'question', until, summary, asked: id })
  }

  async child(fields: { readonly agent?: string; readonly skill?: string; readonly input?: Json }) {
    return this.#setting.child(this, this.#id('run', `child ${fields.agent ?? ''} ${fields.skill ?? ''}`), fields)
  }

  progress(text: string): void {
    this.live.progress(this.run, text)
  }

  delta(text: string): void {
    this.partial += text
    this.live.piece({ run_id: this.run }, { text })
  }

  get untouched(): boolean {
    return !this.execution.log.disturbed
  }

  steered(): readonly Json[] {
    return this.#record.steered
  }

  /** A child run that waited works again; the root's own entry was written when it was taken. */
  goOn(): void {
    if (this.line.length === 1 || !this.#record.waiting) return
    this.#record.waiting = false
    this.execution.log.write(entryOf('run.started', this.run, {}))
  }

  #waitFor(pending: Omit<Pending, 'line'>): Promise<never> {
    return this.execution.waitFor({ ...pending, line: this.line })
  }

  /** The same for the same call in every attempt: by name, and by how many of that name there were. */
  #id(prefix: IdPrefix, name: string): string {
    return idIn(this.run, prefix, `${name} ${this.#count(name)}`)
  }

  #count(name: string): number {
    const count = (this.#counts.get(name) ?? 0) + 1
    this.#counts.set(name, count)
    return count
  }
}

/** Nobody ended the run: this process only goes on without it, and the effect goes on by itself or is done again. */
function isLeft({ leavable, idempotent }: StepOptions, { aborted, reason }: AbortSignal): boolean {
  return (leavable === true || idempotent === true) && aborted && (reason === 'shutdown' || reason === 'lost')
}

function untilOf({ until }: AskedRecord): { until?: number } {
  return until === null ? {} : { until }
}
