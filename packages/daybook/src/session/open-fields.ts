// What a request says of a session that it opens, as the engine takes it.

import { facetFields } from '../schema/heads.ts'
import type { JsonObject } from '../schema/json.ts'
import type { Opening } from '../schema/wire-requests.ts'
import type { OpenFields } from './contract.ts'

/** The labels that bodies may carry: their names inside, and in the body. */
const labels = { name: 'name', model: 'model', ...facetFields } as const
type LabelField = (typeof labels)[keyof typeof labels]

export function labelsOf(body: Readonly<Partial<Record<LabelField, string | null | undefined>>>) {
  const found: Record<string, string | null> = {}
  for (const [inside, field] of Object.entries(labels)) {
    const value = body[field]
    if (value !== undefined) found[inside] = value
  }
  return found
}

export function openFieldsOf({ metadata, state, agent_data, name, model, ...rest }: Opening): OpenFields {
  return {
    ...labelsOf({ ...rest, name: name || undefined, model: model ?? undefined }),
    ...(metadata === undefined ? {} : { metadata: metadata as JsonObject }),
    ...(state === undefined ? {} : { state: state as JsonObject }),
    ...(agent_data === undefined ? {} : { agentData: agent_data as JsonObject }),
  }
}
