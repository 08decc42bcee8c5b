// Anthropic's messages interface.

import { usualKeys } from './keys.ts'
import type { ProviderKind } from './provider.ts'

export const anthropic: ProviderKind = {
  kind: 'anthropic',
  package: '@ai-sdk/anthropic',
  key: usualKeys.anthropic,
  baseUrl: 'https://api.anthropic.com/v1',
  limitAlways: true,
  async load({ baseUrl, key, fetch }) {
    const { createAnthropic } = await import('@ai-sdk/anthropic')
    const provider = createAnthropic({ apiKey: key ?? '', fetch, ...(baseUrl ? { baseURL: baseUrl } : {}) })
    return (model) => provider(model)
  },
}
