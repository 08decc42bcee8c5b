// Ollama: models of this machine, without a key.

import type { ProviderKind } from './provider.ts'

export const ollama: ProviderKind = {
  kind: 'ollama',
  package: 'ai-sdk-ollama',
  key: null,
  baseUrl: 'http://127.0.0.1:11434',
  async load({ baseUrl, key, fetch }) {
    const { createOllama } = await import('ai-sdk-ollama')
    const provider = createOllama({ fetch, ...(baseUrl ? { baseURL: baseUrl } : {}), ...(key ? { apiKey: key } : {}) })
    // It would cut a longer question without a word, to a length that stands where it runs.
    return (model, { contextTokens }) => provider(model, { options: { num_ctx: contextTokens } })
  },
}
