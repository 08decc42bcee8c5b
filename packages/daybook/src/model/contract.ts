// The port of language models: what one call is given, and what it answers, whoever provides the model.

import type { JsonObject } from '../schema/json.ts'
import type { Message, Part, Usage } from '../schema/parts.ts'

/** `provider/model`, for example `anthropic/claude-sonnet-4-5`. The part before the first slash names a configured provider. */
export type ModelName = string

/** A skill as a model is offered it. */
export interface OfferedSkill {
  /** At most 64 of `A-Z a-z 0-9 _ -`, which is what every provider takes. */
  readonly name: string
  readonly description: string
  /** JSON Schema of an object. */
  readonly input: JsonObject
}

/** A message as it stands in the log, with the bytes of its files where the model can take them. */
export interface ModelMessage extends Pick<Message, 'role' | 'content' | 'parts'> {
  readonly files?: ReadonlyMap<string, Uint8Array>
}

export interface ModelRequest {
  readonly instructions: string
  /** Oldest first. Valid for every provider: each call has its result behind it, before anybody speaks again. */
  readonly messages: readonly ModelMessage[]
  readonly skills?: readonly OfferedSkill[]
  /** Whether a skill must be called, may be, or must not; default: may. */
  readonly choice?: 'auto' | 'required' | 'none'
  /** JSON Schema of the answer; the answer's `value` fits it then. */
  readonly output?: JsonObject
  /** Of the answer; default: what the model allows. */
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly reasoning?: 'none' | 'low' | 'medium' | 'high'
}

export type ModelDelta =
  | { readonly type: 'text' | 'reasoning'; readonly text: string }
  /** A call of a skill has begun; its input comes with the answer. */
  | { readonly type: 'call'; readonly call_id: string; readonly name: string }

export interface ModelCallOptions {
  readonly signal: AbortSignal
  /** Milliseconds of the whole call with all its attempts; default 5 minutes. Then it is `timeout`. */
  readonly timeoutMs?: number
  /**
   * Each piece once, in order. What was told stays told when the call fails behind it: then nothing is tried again, no
   * fall-back either, and the failure is `cut_off` with all that came. Who gives no listener gets further attempts.
   */
  readonly onDelta?: (delta: ModelDelta) => void
  /** Told before each further attempt, with what it waits for in milliseconds. */
  readonly onRetry?: (retry: { readonly model: ModelName; readonly code: string; readonly waitMs: number }) => void
}

/** A call whose input the model did not write as a JSON object. It is never performed: the model is told why instead. */
export interface InvalidCall {
  readonly call_id: string
  /** For the model, as in `the input is not JSON`. */
  readonly why: string
}

export type Finish = 'stop' | 'calls' | 'length' | 'refused' | 'other'

export interface ModelAnswer {
  /** Text, reasoning and calls in the order of the model; `provider` of a part is what that provider wants back verbatim. */
  readonly parts: readonly Part[]
  /** All of its text. */
  readonly content: string
  /** Those of its calls that cannot be performed; their input in `parts` is the text as it came. */
  readonly invalid: readonly InvalidCall[]
  /** With {@link ModelRequest.output}: what fits it. */
  readonly value?: unknown
  readonly finish: Finish
  /** The model that answered in the end, a fall-back's name where the first one failed. */
  readonly model: ModelName
  readonly usage: ModelUsage
  /** US dollars by the price table; absent where the model has no price. */
  readonly cost?: number
  readonly durationMs: number
}

export interface ModelUsage extends Usage {
  /** The provider told nothing: these are counted from the texts. */
  readonly estimated?: true
  readonly cached_tokens?: number
  /** Of the question, what the provider put into its cache. */
  readonly written_tokens?: number
  readonly reasoning_tokens?: number
}

export interface ModelFacts {
  readonly name: ModelName
  readonly provider: string
  /** Tokens of question and answer together. */
  readonly contextTokens: number
  readonly maxOutputTokens: number
  readonly images: boolean
  /** Where its provider reads PDF for its models that see images. */
  readonly pdf: boolean
  /** US dollars for a million tokens; null: unknown. */
  readonly price: {
    readonly input: number
    readonly output: number
    /** What the provider had in its cache, and what it put there. */
    readonly cachedInput?: number
    readonly writtenInput?: number
  } | null
}

export interface Model {
  readonly facts: ModelFacts
  /** Tokens of a text for this model's family, corrected by what it reported before. */
  estimate(text: string): number
  /** Whether usage that was reported has corrected {@link estimate} until it held. */
  readonly corrected?: boolean
  /** @throws ModelFailure when no attempt and no fall-back gave an answer */
  call(request: ModelRequest, options: ModelCallOptions): Promise<ModelAnswer>
}

export interface Models {
  /** Those that can be asked as things are configured. */
  list(): readonly ModelFacts[]
  /** Those that the configuration names, whether they can be asked or not. */
  readonly named: readonly ModelName[]
  /** Further names are tried in their order when the first fails. Undefined: not configured; {@link why} says more. */
  get(names: ModelName | readonly ModelName[]): Model | undefined
  /** What agents use that name none; null: nothing is configured. */
  readonly standard: ModelName | null
  /** In a sentence for people: why a name cannot be asked, and what to set. Never a key. */
  why(name: ModelName): string
}

/** What ended a call, in one closed set for all providers. */
export const modelFailures = [
  'unauthenticated',
  'rate_limited',
  'overloaded',
  'unreachable',
  'timeout',
  'too_long',
  'invalid_request',
  'invalid_answer',
  'cut_off',
  'refused',
  'aborted',
] as const
export type ModelFailureCode = (typeof modelFailures)[number]

/** Its message never contains a key, a header or what was said. */
export class ModelFailure extends Error {
  override readonly name = 'ModelFailure'
  readonly code: ModelFailureCode
  readonly model: ModelName
  /** Whether the same request may succeed later. */
  readonly passing: boolean
  /** Milliseconds that the provider asked to wait. */
  readonly waitMs: number | undefined
  /** What came before it failed. */
  readonly partial: string
  /** Estimated, where an answer had begun: it was taken all the same. */
  readonly usage: ModelUsage | undefined
  /** US dollars for that, where the model has a price. */
  readonly cost: number | undefined

  constructor(
    code: ModelFailureCode,
    model: ModelName,
    message: string,
    more: {
      readonly passing?: boolean
      readonly waitMs?: number
      readonly partial?: string
      readonly usage?: ModelUsage
      readonly cost?: number
      readonly cause?: unknown
    } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.code = code
    this.model = model
    this.passing = more.passing ?? false
    this.waitMs = more.waitMs
    this.partial = more.partial ?? ''
    this.usage = more.usage
    this.cost = more.cost
  }
}
