// What a provider wants back verbatim with a part, as the log keeps it, and who may get it.

import type { Part } from '../schema/parts.ts'
import type { ModelName } from './contract.ts'
import type { SdkOptions } from './provider.ts'

/** As the log keeps it in `provider` of a part. Nothing where there is nothing to keep, unless who it is by counts alone. */
export function signed(
  by: ModelName,
  metadata: object = {},
  unsigned = false,
): { provider?: Readonly<Record<string, unknown>> } {
  return Object.keys(metadata).length === 0 && !unsigned ? {} : { provider: { by, metadata } }
}

/** What of it goes to a model: all when it is from this very one, else nothing. A signature in which something was masked is none. */
export function metadataFor({ provider }: Part, model: ModelName): SdkOptions | undefined {
  if (provider?.by !== model || typeof provider.metadata !== 'object' || provider.metadata === null) return undefined
  if (JSON.stringify(provider.metadata).includes('[redacted:')) return undefined
  return provider.metadata as SdkOptions
}
