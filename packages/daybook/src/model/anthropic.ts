// Anthropic's messages interface.

import { usualKeys } from './keys.ts'
import type { ProviderKind, SdkMessage } from './provider.ts'

/** It remembers the beginning of a question up to here for some minutes, for a tenth of the price: the next call of a turn begins so too. */
const remember = { anthropic: { cacheControl: { type: 'ephemeral' } } }

export const anthropic: ProviderKind = {
  kind: 'anthropic',
  package: '@ai-sdk/anthropic',
  key: usualKeys.anthropic,
  baseUrl: 'https://api.anthropic.com/v1',
  limitAlways: true,
  pdf: true,
  async load({ baseUrl, key, fetch }) {
    const { createAnthropic } = await import('@ai-sdk/anthropic')
    const provider = createAnthropic({ apiKey: key ?? '', fetch, ...(baseUrl ? { baseURL: baseUrl } : {}) })
    return (model) => provider(model)
  },
  mark: (prompt) =>
    prompt.map((message, index): SdkMessage => {
      const marked = message.role === 'system' || index === prompt.length - 1
      return marked ? { ...message, providerOptions: remember } : message
    }),
}
