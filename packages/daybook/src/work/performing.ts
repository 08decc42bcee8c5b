// Performing one root run under a lease: from its journal to its end, or to where it has to wait.

import type { NewEntry, StoredEntry } from '../schema/entries.ts'
import type { RunId } from '../schema/ids.ts'
import type { Json } from '../schema/json.ts'
import type { Session } from '../session/contract.ts'
import { type Beginning, beginEntries } from './begin.ts'
import { BoundTurn } from './bound-turn.ts'
import { entryOf, recorded, textOf } from './entry.ts'
import { Execution, pendingOf } from './execution.ts'
import { failureOf, NoRoom, RunFailure } from './failure.ts'
import { blank, type Journal, type RunRecord } from './journal.ts'
import type { Held } from './leases.ts'
import type { Live } from './live.ts'
import type { Agents, Performer } from './performer.ts'
import type { ApprovalPolicy } from './policy.ts'
import { LogEnded, type RunLog } from './run-log.ts'
import { skillPerformer } from './skill-performer.ts'
import type { Skills } from './skills/contract.ts'
import { messageAt, namedMessage } from './tell.ts'
import { TurnOfRun, type TurnSetting } from './turn.ts'
import { undoPerformer } from './undo-performer.ts'

export interface PerformSetting {
  readonly skills: Skills
  readonly agents: Agents
  readonly clock: () => number
  readonly timeZone: string
  readonly policy: ApprovalPolicy | undefined
  readonly live: Live
  /** Told of the execution when it begins. */
  readonly onBegin: (execution: Execution) => void
  /** Milliseconds that an aborted performer gets to come to its end before the next run begins. */
  readonly settleMs: number
}

/** What became of it: over, over with its lease given back, put aside until something comes, or given up because writing is no longer this process's right. */
export type Performed = 'ended' | 'released' | 'waiting' | 'again' | 'left'

/** What the append that asked for the run has written of its beginning. */
export interface Begun extends Pick<Beginning, 'call'> {
  /** All of that append. */
  readonly entries: readonly StoredEntry[]
}

export class Performing {
  readonly #setting: PerformSetting
  readonly #session: Session
  readonly #fence: number
  readonly #log: RunLog
  readonly #root: RunId
  /** How it ended, where it did; what others end is cancelled. */
  status: 'done' | 'failed' | 'cancelled' = 'cancelled'
  readonly #begun: Begun | null
  /** The root's performer has written its answer itself. */
  #told = false
  /** What is steered into it reaches the root's performer. */
  #steerable = false

  /** `session` and `log` write under the lease with this fence. */
  constructor(
    setting: PerformSetting,
    session: Session,
    { log, fence, run, begun }: { log: RunLog; fence: number; run: RunId; begun: Begun | null },
  ) {
    this.#setting = setting
    this.#session = session
    this.#fence = fence
    this.#root = run
    this.#begun = begun
    this.#log = log
  }

  /** `chosen`: the model of the session, where a person chose one. */
  async perform(journal: Journal, held: Held, chosen?: string | null): Promise<Performed> {
    const record = journal.get(this.#root)
    if (!record) return this.#unknown()
    const { deadline, model = chosen ?? null } = record.queued
    const execution = new Execution({
      root: record.run,
      log: this.#log,
      journal,
      model,
      deadline: deadline === undefined ? null : Date.parse(deadline),
      ...(this.#begun?.call ? { begun: this.#begun.call.step } : undefined),
    })
    const turn = new TurnOfRun(execution, this.#turnSetting(execution), record)
    held.work = execution
    this.#setting.onBegin(execution)
    try {
      return await this.#run(execution, turn, record)
    } finally {
      held.work = null
    }
  }

  /** A head that names a run without a journal: what queued it was erased or not written by this engine. */
  async #unknown(): Promise<Performed> {
    this.#log.write(
      entryOf('run.finished', this.#root, {
        status: 'failed',
        reason: 'resume_failed',
        error: { code: 'resume_failed', message: 'the run has no journal to go on from' },
      }),
    )
    await this.#log.flush()
    this.status = 'failed'
    return 'ended'
  }

  async #run(execution: Execution, turn: TurnOfRun, record: RunRecord): Promise<Performed> {
    const { clock } = this.#setting
    if (!this.#begun) this.#log.write(...beginEntries(record, this.#setting.skills, this.#fence))
    if (execution.deadline !== null && execution.deadline <= clock()) execution.abort('timeout')
    const performed = this.#perform(execution, turn, record)
    // A performer that does not begin with a step is seen to run all the same.
    execution.writeSoon()
    const left = await Promise.race([performed, execution.left.promise])
    if (typeof left === 'object') return this.#finish(execution, turn, left)
    if (left === 'waiting' || left === 'again') return left
    await execution.quiet(this.#setting.settleMs)
    if (left === 'timeout') {
      return this.#finish(execution, turn, { failure: new RunFailure('timeout', 'the run took longer than it may') })
    }
    if (left === 'cancelled') await this.#keepPartial(turn, 'cancelled')
    if (left === 'shutdown') await this.#leave()
    return left === 'cancelled' ? 'ended' : 'left'
  }

  async #perform(execution: Execution, turn: TurnOfRun, record: RunRecord): Promise<End> {
    try {
      const performer = this.#performerOf(record, execution.journal)
      this.#told = performer.tells === true
      this.#steerable = performer.steerable === true
      const output = await performer.perform(new BoundTurn(turn))
      return { output: recorded(output, 'output') }
    } catch (error) {
      if (error instanceof LogEnded) await execution.logEnded(error)
      if (error instanceof NoRoom) return execution.waitFor(pendingOf(error, turn.line))
      return { failure: failureOf(error) }
    }
  }

  #performerOf({ run, queued, version, steps, asked }: RunRecord, journal: Journal): Performer {
    const { skills, agents, policy } = this.#setting
    if (this.#begun?.call && run === this.#root) return this.#begun.call.performer
    if (queued.undoes !== undefined) {
      return undoPerformer(skills, this.#log, queued.undoes, seqOfUndone(queued.undoes, queued.input, journal))
    }
    if (queued.skill === undefined) {
      const agent = queued.agent === undefined ? agents.list()[0] : agents.get(queued.agent)
      if (!agent) throw new RunFailure('refused', `there is no agent ${queued.agent}`, 'not_found')
      return agent
    }
    const skill = skills.get(queued.skill)
    if (!skill) throw new RunFailure('refused', `there is no skill ${queued.skill}`, 'not_found')
    if (version !== undefined && version !== skill.hash && (steps.size > 0 || asked.size > 0)) {
      throw new RunFailure('resume_failed', `${skill.id} was changed after this run had begun with it`)
    }
    return skillPerformer(skill, policy)
  }

  #turnSetting(execution: Execution): TurnSetting {
    const { clock, timeZone, policy, live } = this.#setting
    const setting: TurnSetting = {
      session: this.#session,
      clock,
      timeZone,
      policy,
      live,
      child: (parent, run, fields) => this.#child(execution, setting, parent, run, fields),
    }
    return setting
  }

  async #child(
    execution: Execution,
    setting: TurnSetting,
    parent: TurnOfRun,
    run: RunId,
    fields: { readonly agent?: string; readonly skill?: string; readonly input?: Json },
  ): Promise<Json | undefined> {
    const { journal, log } = execution
    let record = journal.get(run)
    if (!record) {
      // Whoever asked for the parent asks for this one: with the same role, and the same rights.
      const { caller } = journal.get(parent.run)?.queued ?? {}
      const queued = { run_id: run, parent: parent.run, ...fields, ...(caller === undefined ? {} : { caller }) }
      log.write(entryOf('run.queued', run, queued), ...this.#said(run, fields), entryOf('run.started', run, {}))
      log.bind({ type: 'run', value: run })
      record = blank({ seq: 0, actor: parent.run, at: setting.clock() }, queued)
      journal.set(run, record)
    }
    if (record.ended) return endOf(record, this.#session)
    const turn = new TurnOfRun(execution, setting, record, parent.line)
    try {
      const output = recorded(await this.#performerOf(record, journal).perform(new BoundTurn(turn)), 'output')
      log.write(() => done(turn, output))
      const given = output === undefined ? turn.told?.content : output
      record.ended = given === undefined ? {} : { output: given }
      return given
    } catch (error) {
      if (error instanceof NoRoom) return execution.waitFor(pendingOf(error, turn.line))
      const failure = failureOf(error)
      log.write(failed(run, failure))
      throw failure
    }
  }

  /** A model is told what it is asked by what stands in the log. */
  #said(run: RunId, { agent, input }: { readonly agent?: string; readonly input?: Json }): NewEntry[] {
    const content = textOf(input)
    if (content === '' || this.#setting.agents.get(agent ?? '')?.kind !== 'model') return []
    return [{ kind: 'message', run, data: { role: 'user', content } }]
  }

  async #finish(execution: Execution, turn: TurnOfRun, end: End): Promise<Performed> {
    const { run } = turn
    const agent = turn.speaker ?? execution.journal.get(run)?.queued.agent
    if ('failure' in end) {
      const { failure } = end
      if (failure.reason === 'refused') this.#log.write(answer(run, agent, failure.message))
      else if (turn.partial !== '') this.#log.write(answer(run, agent, turn.partial, 'failed'))
    } else {
      const content = this.#told ? '' : textOf(end.output)
      if (content !== '') this.#log.write(answer(run, agent, content))
    }
    const over = (): NewEntry => ('failure' in end ? failed(run, end.failure) : done(turn, end.output))
    const alone = this.#steerable && !('failure' in end)
    try {
      while (!(await this.#log.end(over, { alone }))) if (await this.#steered()) return 'again'
      this.status = 'failure' in end ? 'failed' : 'done'
      return this.#log.released ? 'released' : 'ended'
    } catch (error) {
      if (!(error instanceof LogEnded)) throw error
      if (error.end === 'over') await this.#keepPartial(turn, 'cancelled')
      if (error.end === 'store') throw error.cause
      return error.end === 'over' ? 'ended' : 'left'
    }
  }

  /** Something was steered into the run while it was about to end. */
  async #steered(): Promise<boolean> {
    const entries = await this.#session.stored({ after: this.#log.touchedFrom, kinds: ['run.steered'] })
    return entries.some((entry) => entry.run === this.#root)
  }

  /** What was done is written down before somebody else goes on. */
  async #leave(): Promise<void> {
    try {
      await this.#log.flush()
    } catch (error) {
      if (!(error instanceof LogEnded)) throw error
    }
  }

  /** What was produced before the end is kept with its status. */
  async #keepPartial(turn: TurnOfRun, status: 'cancelled' | 'failed'): Promise<void> {
    if (turn.partial === '') return
    await this.#session.append(answer(turn.run, turn.speaker, turn.partial, status))
  }
}

type End = { readonly output: Json | undefined } | { readonly failure: RunFailure }

function answer(run: RunId, agent: string | undefined, content: string, status?: string): NewEntry {
  return {
    kind: 'message',
    run,
    data: {
      role: 'assistant',
      content,
      ...(agent === undefined ? undefined : { agent }),
      ...(status === undefined ? undefined : { metadata: { status } }),
    },
  }
}

function failed(run: RunId, { reason, code, message }: RunFailure): NewEntry {
  return entryOf('run.finished', run, { status: 'failed', reason, error: { code, message: message.slice(0, 65_536) } })
}

/** Of a run that told its answer, the output names the message: no text stands twice. */
function done({ run, told }: TurnOfRun, output: Json | undefined): NewEntry {
  const given = output === undefined && told ? { message_seq: told.seq } : output
  return entryOf('run.finished', run, { status: 'done', ...(given === undefined ? undefined : { output: given }) })
}

async function endOf({ ended }: RunRecord, session: Session): Promise<Json | undefined> {
  if (ended?.error) throw new RunFailure('error', ended.error.message, ended.error.code)
  const told = namedMessage(ended?.output)
  return told === null ? ended?.output : (await messageAt(session, told)).content
}

/** Where the journal of what is undone begins: named in the input of the run that undoes it. */
function seqOfUndone(of: RunId, input: unknown, journal: Journal): number {
  const seq = (input as { seq?: unknown } | undefined)?.seq
  return typeof seq === 'number' ? seq : (journal.get(of)?.seq ?? 1)
}
