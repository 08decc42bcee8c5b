// Whether a model that somebody names can be asked here.

import { DaybookError } from '../schema/errors.ts'
import type { ModelName, Models } from './contract.ts'

/**
 * Null stands for a process that was told nothing of models.
 *
 * @throws DaybookError `invalid_state` that says why not, and what to set
 */
export function checkAskable(models: Pick<Models, 'get' | 'why'> | null, name: ModelName): void {
  if (models?.get(name)) return
  const why = models?.why(name) ?? 'no model is configured here'
  throw new DaybookError('invalid_state', why, {
    field: 'model',
    hint: 'GET /models and `model list` say which can be.',
  })
}
