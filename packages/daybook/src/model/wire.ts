// Models as the wire tells them.

import type { ModelList, ModelShape } from '../schema/wire-models.ts'
import type { ModelFacts, Models } from './contract.ts'

/** Null stands for a server that was told nothing of models. */
export function modelList(models: Models | null): ModelList {
  if (models === null) return { standard: null, why: 'This server was told nothing of models.', models: [], others: [] }
  const { standard } = models
  const able = new Set(models.list().map(({ name }) => name))
  const bad = standard === null || !able.has(standard)
  return {
    standard,
    ...(bad ? { why: models.why(standard ?? '') } : {}),
    models: models.list().map(modelShape),
    others: models.named.filter((name) => !able.has(name)).map((name) => ({ name, why: models.why(name) })),
  }
}

export function modelShape({
  name,
  provider,
  contextTokens,
  maxOutputTokens,
  images,
  pdf,
  price,
}: ModelFacts): ModelShape {
  return {
    name,
    provider,
    context_tokens: contextTokens,
    max_output_tokens: maxOutputTokens,
    images,
    pdf,
    price:
      price === null
        ? null
        : {
            input: price.input,
            output: price.output,
            ...(price.cachedInput === undefined ? {} : { cached_input: price.cachedInput }),
          },
  }
}
