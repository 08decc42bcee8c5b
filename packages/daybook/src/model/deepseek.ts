// DeepSeek's chat interface.

import { usualKeys } from './keys.ts'
import type { ProviderKind } from './provider.ts'

export const deepseek: ProviderKind = {
  kind: 'deepseek',
  package: '@ai-sdk/deepseek',
  key: usualKeys.deepseek,
  baseUrl: 'https://api.deepseek.com',
  async load({ baseUrl, key, fetch }) {
    const { createDeepSeek } = await import('@ai-sdk/deepseek')
    const provider = createDeepSeek({ apiKey: key ?? '', fetch, ...(baseUrl ? { baseURL: baseUrl } : {}) })
    return (model) => provider(model)
  },
}
