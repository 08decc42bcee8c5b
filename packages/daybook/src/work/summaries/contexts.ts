// Contexts made in time: summarises before a call what would be left out of it, and behind a run what soon would be.

import type { Models } from '../../model/contract.ts'
import { isDaybookError } from '../../schema/errors.ts'
import type { RunId, Seq, SessionId } from '../../schema/ids.ts'
import type { Session } from '../../session/contract.ts'
import { buildContext } from '../agents/context/build.ts'
import { foldPoint } from '../agents/context/fold-point.ts'
import type { Context, ContextCall, ContextSetting, Contexts } from '../agents/contract.ts'
import { type SummaryCall, writeSummary } from './writing.ts'

export interface SummarySettings {
  /** What writes summaries; default: the model of the agent whose context it is. */
  readonly model?: string
  /** Share of the room for messages from which on a summary is begun behind a run; default 0.75. */
  readonly beginAt?: number
  /** Share of the messages that stays as it is; default 0.4. */
  readonly keep?: number
}

export interface ContextsOptions extends SummarySettings {
  readonly models: Models
  /** The session for writes behind a run, whose own lease is given back by then. */
  readonly unleased: (id: SessionId) => Session
  /** Failures that nobody waits for. */
  readonly onError: (error: unknown) => void
}

const usual = { beginAt: 0.75, keep: 0.4 } as const

interface Full {
  readonly setting: ContextSetting
  readonly context: Context
  readonly call: ContextCall
}

export function openContexts(options: ContextsOptions): Contexts {
  return new ContextsInTime(options)
}

class ContextsInTime implements Contexts {
  readonly #options: ContextsOptions
  /** Sessions whose last context was nearly full. */
  readonly #full = new Map<SessionId, Full>()
  readonly #underWay = new Map<SessionId, Promise<void>>()
  readonly #closing = new AbortController()

  constructor(options: ContextsOptions) {
    this.#options = options
  }

  async make(given: ContextSetting): Promise<Context> {
    const context = await buildContext(given)
    // What follows is of a log that others have written to.
    const { log: _log, ...setting } = given
    const { call, session } = setting
    if (!call) return context
    if (!context.leftOut) return this.#noted(setting, context, call)
    // One that is being written may be all that is lacking.
    const begun = this.#underWay.get(session.id)
    await begun
    const now = begun ? await buildContext(setting) : context
    if (!now.leftOut || !(await this.#summarised(setting, now, call))) return this.#noted(setting, now, call)
    return this.#noted(setting, await buildContext(setting), call)
  }

  #noted(setting: ContextSetting, context: Context, call: ContextCall): Context {
    const { beginAt = usual.beginAt } = this.#options
    const { id } = setting.session
    if (tokensOfMessages(context) >= beginAt * roomOf(context)) this.#full.set(id, { setting, context, call })
    else this.#full.delete(id)
    return context
  }

  /** Before a call: false where there is nothing that a summary could take in, or what it covers changed meanwhile. */
  async #summarised(setting: ContextSetting, context: Context, call: ContextCall): Promise<boolean> {
    const until = await this.#until(setting, context)
    if (until === null) return false
    const { signal, spending, run } = call
    const by = spending ? { spending: { by: spending, run } } : {}
    try {
      const { why } = await writeSummary(setting.session, { ...this.#asking(setting), until, signal, ...by })
      if (why !== null) this.#options.onError(new Error(`a summary was made without a model: ${why}`))
      return true
    } catch (error) {
      if (!isDaybookError(error) || error.code !== 'conflict') throw error
      return false
    }
  }

  #until(setting: ContextSetting, context: Context): Promise<Seq | null> {
    const { keep = usual.keep } = this.#options
    return foldPoint(setting, Math.floor(tokensOfMessages(context) * keep))
  }

  #asking({ model: { facts } }: ContextSetting): Pick<SummaryCall, 'model' | 'why' | 'contextTokens'> {
    const { models, model: name = facts.name } = this.#options
    const model = models.get(name) ?? null
    return { model, contextTokens: facts.contextTokens, ...(model ? {} : { why: models.why(name) }) }
  }

  ended(run: RunId): void {
    for (const [id, full] of this.#full) {
      if (full.call.run !== run && !full.call.signal.aborted) continue
      this.#full.delete(id)
      if (this.#underWay.has(id) || this.#closing.signal.aborted) continue
      const work = this.#behind(full)
        .catch((error: unknown) => {
          if (!this.#closing.signal.aborted) this.#options.onError(error)
        })
        .finally(() => this.#underWay.delete(id))
      this.#underWay.set(id, work)
    }
  }

  /** Without a lease: it is written between others' writes, or not at all. A model that fails is asked again behind a later run. */
  async #behind({ setting, context, call: { run, spending } }: Full): Promise<void> {
    const asking = this.#asking(setting)
    if (!asking.model) return
    const until = await this.#until(setting, context)
    if (until === null) return
    const by = spending ? { spending: { by: spending, run } } : {}
    const { signal } = this.#closing
    await writeSummary(this.#options.unleased(setting.session.id), { ...asking, ...by, until, signal, strict: true })
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#full.clear()
    await Promise.all(this.#underWay.values())
  }
}

function tokensOfMessages({ parts }: Context): number {
  return parts.reduce((sum, { kind, tokens }) => sum + (kind === 'messages' ? tokens : 0), 0)
}

/** What is left for messages beside what stands in every context of the agent. */
function roomOf({ parts, budget }: Context): number {
  const isFixed = (kind: string): boolean => kind === 'instructions' || kind === 'skills'
  return budget - parts.reduce((sum, { kind, tokens }) => sum + (isFixed(kind) ? tokens : 0), 0)
}
