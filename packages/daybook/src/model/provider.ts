// The port of providers: what opens a model of one vendor, and the form of a call that they all take (the AI SDK's).

import type { LanguageModel } from 'ai'
import type { ModelFacts, ModelRequest } from './contract.ts'

/** The one interface of every provider package. */
export type SdkModel = Extract<LanguageModel, { readonly specificationVersion: 'v4' }>
export type SdkCall = Parameters<SdkModel['doStream']>[0]
export type SdkMessage = SdkCall['prompt'][number]
export type SdkOptions = NonNullable<SdkCall['providerOptions']>
type SdkStream = Awaited<ReturnType<SdkModel['doStream']>>['stream']
export type SdkPart = SdkStream extends ReadableStream<infer Part> ? Part : never

export interface ProviderOpening {
  /** The name under which it is configured. */
  readonly name: string
  readonly baseUrl?: string
  /** The key itself; absent where the provider takes none. */
  readonly key?: string
  /** Which of its interfaces is spoken, where it has several. */
  readonly api?: 'responses' | 'chat'
  /** Whether its servers hold answers to a JSON Schema; default: as is usual there. */
  readonly schemas?: boolean
  /** Asks over the network; fails in the one way that is understood here, see `transport.ts`. */
  readonly fetch: typeof fetch
}

/** One vendor, or one form of interface that many servers speak. */
export interface ProviderKind {
  readonly kind: string
  /** What has to be installed. */
  readonly package: string
  /** Variable of its key where the configuration names none; null: it takes none. */
  readonly key: string | null
  /** Where it is asked when the configuration says nothing; absent: the configuration must say it. */
  readonly baseUrl?: string
  /** Whether an answer's schema has to be told in words too, because only its being JSON is held; `schemas` as configured. */
  readonly schemaInWords?: (schemas: boolean | null) => boolean
  /** Loads the package. */
  load(opening: ProviderOpening): Promise<(model: string, facts: ModelFacts) => SdkModel>
  /** Its packages assume a short answer unless they are told how long it may be. */
  readonly limitAlways?: boolean
  /** Its models that see images read PDF too. */
  readonly pdf?: boolean
  /** The prompt with what only this provider wants to see in it. */
  mark?(prompt: SdkCall['prompt']): SdkCall['prompt']
  /** What only this provider takes. */
  options?(request: ModelRequest): SdkOptions
}
