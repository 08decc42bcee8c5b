// The names of keys that models are asked with, and those that are set: what a redactor has to know.

import { type ModelSettings, presets } from './settings.ts'

/** The variables that vendors themselves use. */
export const usualKeys = {
  openai: 'OPENAI_API_KEY',
  anthropic: 'ANTHROPIC_API_KEY',
  google: 'GOOGLE_GENERATIVE_AI_API_KEY',
  deepseek: 'DEEPSEEK_API_KEY',
} as const

export interface ConfiguredKey {
  /** Its name, as a redactor takes it. */
  readonly name: string
  readonly value: string
}

/** Every key that is set and that a model could be asked with, so that none of them gets into a log. */
export function keysInUse({
  providers = {},
  secrets = [],
  key,
}: Pick<ModelSettings, 'providers' | 'secrets' | 'key'>): readonly ConfiguredKey[] {
  const named = [...Object.values(presets), ...Object.values(providers)].flatMap((each) => each.key ?? [])
  return [...new Set([...Object.values(usualKeys), ...named, ...secrets])].flatMap((name) => {
    const value = key(name)
    return value !== undefined && canBeMasked(value) ? [{ name, value }] : []
  })
}

/** What a redactor takes: shorter ones would tear holes into plain words. */
const canBeMasked = (value: string): boolean =>
  value.length >= 6 && value.length <= 4096 && value.isWellFormed() && !value.includes('[redacted:')
