// Every server that speaks OpenAI's chat interface: ModelScope, vLLM, LM Studio and others.

import type { ProviderKind } from './provider.ts'

export const compatible: ProviderKind = {
  kind: 'openai-compatible',
  package: '@ai-sdk/openai-compatible',
  key: null,
  schemaInWords: (schemas) => schemas !== true,
  async load({ name, baseUrl, key, schemas = false, fetch }) {
    const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
    const provider = createOpenAICompatible({
      name,
      fetch,
      baseURL: baseUrl ?? '',
      includeUsage: true,
      supportsStructuredOutputs: schemas,
      ...(key ? { apiKey: key } : {}),
    })
    return (model) => provider(model)
  },
}
