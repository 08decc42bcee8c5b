// OpenAI, through its responses interface or the older chat interface.

import type { ModelRequest } from './contract.ts'
import { usualKeys } from './keys.ts'
import type { ProviderKind } from './provider.ts'
import { isStrict } from './strict.ts'

export const openai: ProviderKind = {
  kind: 'openai',
  package: '@ai-sdk/openai',
  key: usualKeys.openai,
  baseUrl: 'https://api.openai.com/v1',
  pdf: true,
  async load({ baseUrl, key, fetch, api = 'responses' }) {
    const { createOpenAI } = await import('@ai-sdk/openai')
    const provider = createOpenAI({ apiKey: key ?? '', fetch, ...(baseUrl ? { baseURL: baseUrl } : {}) })
    return (model) => (api === 'chat' ? provider.chat(model) : provider.responses(model))
  },
  // Nothing is kept there: the log has it, and what is needed of reasoning is sent back with the next call.
  options: (request: ModelRequest) => ({
    openai: { store: false, strictJsonSchema: request.output !== undefined && isStrict(request.output) },
  }),
}
