// The models that agents of this server can ask.

import { modelList } from '../../model/wire.ts'
import { ModelList } from '../../schema/wire-models.ts'
import { type Route, route } from '../route.ts'

const example: ModelList = {
  standard: 'anthropic/claude-sonnet-4-5',
  models: [
    {
      name: 'anthropic/claude-sonnet-4-5',
      provider: 'anthropic',
      context_tokens: 200_000,
      max_output_tokens: 64_000,
      images: true,
      pdf: true,
      price: { input: 3, output: 15, cached_input: 0.3 },
    },
  ],
  others: [
    {
      name: 'openai/gpt-5-mini',
      why: 'openai/gpt-5-mini cannot be asked: its key is not set: put it into OPENAI_API_KEY, in the environment or the secrets file',
    },
  ],
}

export const modelRoutes: readonly Route[] = [
  route(
    {
      method: 'GET',
      path: '/models',
      operation: 'listModels',
      tag: 'runs',
      summary: 'The models that can be asked, and why other configured ones cannot',
      details: 'Agents and sessions may name any `provider/model` besides. Keys are never told.',
      answers: { 200: { description: 'All that are configured.', schema: ModelList, example } },
    },
    async ({ context }) => ({ body: JSON.stringify(modelList(context.models)) }),
  ),
]
