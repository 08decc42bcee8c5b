// Google's Gemini interface.

import { usualKeys } from './keys.ts'
import type { ProviderKind } from './provider.ts'

export const google: ProviderKind = {
  kind: 'google',
  package: '@ai-sdk/google',
  key: usualKeys.google,
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  pdf: true,
  async load({ baseUrl, key, fetch }) {
    const { createGoogle } = await import('@ai-sdk/google')
    const provider = createGoogle({ apiKey: key ?? '', fetch, ...(baseUrl ? { baseURL: baseUrl } : {}) })
    return (model) => provider(model)
  },
}
