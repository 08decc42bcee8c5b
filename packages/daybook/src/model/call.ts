// A call of a model from beginning to end: attempts, waiting between them, and the models that stand in for one that fails.

import { attempt, Broken } from './attempt.ts'
import {
  type ModelAnswer,
  type ModelCallOptions,
  ModelFailure,
  type ModelFailureCode,
  type ModelMessage,
  type ModelRequest,
  type ModelUsage,
} from './contract.ts'
import type { Estimator } from './estimate.ts'
import { type Formed, formOf } from './form.ts'
import type { Gathering } from './gather.ts'
import { ordered } from './order.ts'
import type { SdkModel } from './provider.ts'
import type { ModelTime } from './time.ts'
import { added, costOf, roughQuestion, usageOf } from './usage.ts'
import { readAnswer } from './value.ts'

/** One model that can be asked. */
export interface Candidate extends Formed {
  readonly estimator: Estimator
  /** Loads what it takes to ask it. @throws ModelFailure */
  open(): Promise<SdkModel>
}

export interface Patience {
  /** Attempts at one model, the first one counted. */
  readonly attempts: number
  /** Milliseconds: the first wait is up to `firstMs`, then twice as much each time, up to `longestMs`. Who asks for longer than that is left. */
  readonly firstMs: number
  readonly longestMs: number
  /** Milliseconds without any sign of life, after which an attempt has failed. */
  readonly silenceMs: number
}

export const patience: Patience = { attempts: 4, firstMs: 500, longestMs: 30_000, silenceMs: 180_000 }

/** Of a whole call. */
const callMs = 300_000

/** Failures that another model would not have. */
const own: readonly ModelFailureCode[] = [
  'unauthenticated',
  'rate_limited',
  'overloaded',
  'unreachable',
  'timeout',
  'too_long',
  'invalid_request',
  'invalid_answer',
  'cut_off',
]

/** @throws ModelFailure */
export async function callModels(
  candidates: readonly Candidate[],
  request: ModelRequest,
  options: ModelCallOptions,
  settings: { readonly time: ModelTime; readonly patience: Patience },
): Promise<ModelAnswer> {
  const { time } = settings
  const ending = new AbortController()
  const end = (): void => ending.abort(options.signal.reason)
  if (options.signal.aborted) end()
  options.signal.addEventListener('abort', end)
  const alarm = time.alarm(options.timeoutMs ?? callMs, () => ending.abort(new DOMException('late', 'TimeoutError')))
  try {
    return await new Call(request, { ...options, signal: ending.signal }, settings).of(candidates)
  } finally {
    alarm.stop()
    options.signal.removeEventListener('abort', end)
  }
}

class Call {
  readonly #request: ModelRequest
  readonly #options: ModelCallOptions
  readonly #time: ModelTime
  readonly #patience: Patience
  readonly #started: number
  /** A repair is told to nobody: its words would follow those that it repairs. */
  #quiet = false
  /** What attempts took whose answers are not the answer. */
  #spent: ModelUsage | undefined
  #cost: number | undefined

  constructor(request: ModelRequest, options: ModelCallOptions, settings: { time: ModelTime; patience: Patience }) {
    this.#request = request
    this.#options = options
    this.#time = settings.time
    this.#patience = settings.patience
    this.#started = settings.time.now()
  }

  async of(candidates: readonly Candidate[]): Promise<ModelAnswer> {
    for (const [index, candidate] of candidates.entries()) {
      try {
        this.#quiet = false
        return await this.#candidate(candidate)
      } catch (error) {
        const next = candidates[index + 1]
        if (!(error instanceof ModelFailure) || next === undefined || this.#final(error)) throw error
        this.#options.onRetry?.({ model: next.facts.name, code: error.code, waitMs: 0 })
      }
    }
    throw new TypeError('there is no model to call')
  }

  /** Whoever listens has heard the beginning of an answer: another one would be told behind it. */
  #final(failure: ModelFailure): boolean {
    if (this.#options.signal.aborted || !own.includes(failure.code)) return true
    return this.#heard(failure)
  }

  #heard(failure: ModelFailure): boolean {
    return this.#options.onDelta !== undefined && failure.usage !== undefined
  }

  async #candidate(candidate: Candidate): Promise<ModelAnswer> {
    const messages = ordered(this.#request.messages, candidate.facts.name)
    const gathering = await this.#patiently(candidate, messages)
    const { output } = this.#request
    if (output === undefined || gathering.finish === 'calls' || gathering.finish === 'refused') {
      return this.#answer(candidate, gathering, messages)
    }
    const read = await readAnswer(gathering.text, output)
    if ('value' in read) return this.#answer(candidate, gathering, messages, read)
    return this.#repaired(candidate, messages, gathering, read.why)
  }

  /** The model is told once what is wrong with its answer. */
  async #repaired(
    candidate: Candidate,
    messages: readonly ModelMessage[],
    wrong: Gathering,
    why: string,
  ): Promise<ModelAnswer> {
    const { output = {} } = this.#request
    this.#took(candidate, wrong, messages)
    const said: ModelMessage[] = wrong.text.trim() === '' ? [] : [{ role: 'assistant', content: wrong.text }]
    const told = `That answer cannot be used: ${why}. Answer again, with the JSON alone.`
    const again = ordered([...messages, ...said, { role: 'user', content: told }], candidate.facts.name)
    this.#quiet = true
    const gathering = await this.#patiently(candidate, again)
    const read = await readAnswer(gathering.text, output)
    if ('value' in read) return this.#answer(candidate, gathering, again, read)
    this.#took(candidate, gathering, again)
    const { name } = candidate.facts
    throw this.#with(
      new ModelFailure('invalid_answer', name, `${name}: the answer does not fit: ${read.why}`, {
        partial: gathering.text,
      }),
    )
  }

  async #patiently(candidate: Candidate, messages: readonly ModelMessage[]): Promise<Gathering> {
    for (let tried = 1; ; tried += 1) {
      const failure = await this.#once(candidate, messages)
      if (!(failure instanceof ModelFailure)) return failure
      const waitMs = this.#waitMs(failure, tried)
      if (waitMs === null) throw failure
      this.#options.onRetry?.({ model: candidate.facts.name, code: failure.code, waitMs })
      await this.#time.wait(waitMs, this.#options.signal)
    }
  }

  async #once(candidate: Candidate, messages: readonly ModelMessage[]): Promise<Gathering | ModelFailure> {
    const { signal } = this.#options
    const onDelta = this.#quiet ? undefined : this.#options.onDelta
    try {
      return await attempt({
        name: candidate.facts.name,
        model: await candidate.open(),
        call: formOf(this.#request, messages, this.#question(candidate, messages), candidate),
        signal,
        onDelta,
        silenceMs: this.#patience.silenceMs,
        time: this.#time,
      })
    } catch (error) {
      if (!(error instanceof Broken)) throw error
      if (error.gathering.begun) this.#took(candidate, error.gathering, messages)
      return this.#with(error.failure, error.gathering.begun && onDelta !== undefined)
    }
  }

  /** Estimated tokens. */
  #question({ estimator }: Candidate, messages: readonly ModelMessage[]): number {
    return roughQuestion(this.#request, messages) * estimator.ratio
  }

  /** Null: it is not tried again. Full jitter, so that those who failed together do not come back together. */
  #waitMs(failure: ModelFailure, tried: number): number | null {
    if (!failure.passing || tried >= this.#patience.attempts || this.#options.signal.aborted || this.#heard(failure))
      return null
    const asked = failure.waitMs ?? 0
    if (asked > this.#patience.longestMs) return null
    const most = Math.min(this.#patience.longestMs, this.#patience.firstMs * 2 ** (tried - 1))
    return Math.round(asked + this.#time.random() * most)
  }

  #took({ facts, estimator }: Candidate, gathering: Gathering, messages: readonly ModelMessage[]): void {
    const usage = usageOf(gathering, roughQuestion(this.#request, messages), estimator)
    this.#spent = this.#spent ? added(this.#spent, usage) : usage
    const cost = costOf(usage, facts.price)
    if (cost !== undefined) this.#cost = (this.#cost ?? 0) + cost
  }

  /** The same failure with all that was taken. What was heard and then broke off is `cut_off`, whatever broke it. */
  #with(failure: ModelFailure, heard = false): ModelFailure {
    const code = heard && failure.passing ? 'cut_off' : failure.code
    const { model, message, waitMs, partial, passing } = failure
    const took =
      this.#spent === undefined ? {} : { usage: this.#spent, ...(this.#cost === undefined ? {} : { cost: this.#cost }) }
    return new ModelFailure(code, model, message, {
      passing,
      partial,
      ...took,
      ...(waitMs === undefined ? {} : { waitMs }),
    })
  }

  #answer(
    candidate: Candidate,
    gathering: Gathering,
    messages: readonly ModelMessage[],
    read?: { readonly value: unknown },
  ): ModelAnswer {
    this.#took(candidate, gathering, messages)
    return {
      parts: gathering.parts,
      content: gathering.text,
      invalid: gathering.invalid,
      ...(read ?? {}),
      finish: gathering.finish,
      model: candidate.facts.name,
      usage: this.#spent ?? {},
      ...(this.#cost === undefined ? {} : { cost: this.#cost }),
      durationMs: Math.round(this.#time.now() - this.#started),
    }
  }
}
