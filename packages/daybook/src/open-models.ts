// Composes the models of a configuration with all providers. Nothing of a provider is loaded before its first call.

import { anthropic } from './model/anthropic.ts'
import { compatible } from './model/compatible.ts'
import type { Models } from './model/contract.ts'
import { deepseek } from './model/deepseek.ts'
import { google } from './model/google.ts'
import { type ModelParts, modelsOf } from './model/models.ts'
import { ollama } from './model/ollama.ts'
import { openai } from './model/openai.ts'
import type { ModelSettings } from './model/settings.ts'

const kinds = [openai, anthropic, google, deepseek, ollama, compatible] as const

/** The models that a configuration names. Opening costs nothing; a key that is missing is told by `why`. */
export function openModels(settings: ModelSettings, parts: Partial<ModelParts> = {}): Models {
  return modelsOf(settings, { kinds, installed, ...parts })
}

function installed(name: string): boolean {
  try {
    import.meta.resolve(name)
    return true
  } catch {
    return false
  }
}
