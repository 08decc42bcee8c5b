// What a configuration says about models, and the providers that have a name without one.

import type { ModelName } from './contract.ts'

export interface ProviderSettings {
  /** `openai`, `anthropic`, `google`, `deepseek`, `ollama` or `openai-compatible`; default: what its name says, else the last one. */
  readonly kind?: string
  readonly base_url?: string
  /** The NAME of the variable, of the environment or the secrets file, that holds its key. */
  readonly key?: string
  /** Of OpenAI: default `responses`. */
  readonly api?: 'responses' | 'chat'
  /** Whether a server that speaks OpenAI's chat interface holds answers to a JSON Schema. */
  readonly schemas?: boolean
}

/** What the configuration knows better than our table. */
export interface FactSettings {
  readonly context?: number
  readonly output?: number
  readonly images?: boolean
  /** US dollars for a million tokens. */
  readonly price?: { readonly input: number; readonly output: number; readonly cached_input?: number }
}

export interface ModelSettings {
  /** What agents use that name none. */
  readonly model?: ModelName
  /** Tried in their order when the standard model fails. */
  readonly fallback?: readonly ModelName[]
  readonly providers?: Readonly<Record<string, ProviderSettings>>
  /** By name of a model, `*` stands for anything. */
  readonly facts?: Readonly<Record<string, FactSettings>>
  /** Names of further keys, of others than providers, that no log may hold. */
  readonly secrets?: readonly string[]
  /** The value of a key by its name; undefined: it is not set. */
  key(name: string): string | undefined
  /** Why the file of keys was not read, and what to do about it. */
  readonly refused?: string
}

/** Servers that are known by a name of their own. */
export const presets: Readonly<Record<string, ProviderSettings>> = {
  modelscope: {
    kind: 'openai-compatible',
    base_url: 'https://api-inference.modelscope.cn/v1',
    key: 'MODELSCOPE_API_KEY',
  },
  vllm: { kind: 'openai-compatible', base_url: 'http://127.0.0.1:8000/v1', schemas: true },
  lmstudio: { kind: 'openai-compatible', base_url: 'http://127.0.0.1:1234/v1', schemas: true },
}
