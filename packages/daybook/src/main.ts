// What the command line and embedding programs get: stores by their URL, a server, and what is loaded when it is asked for.

import type { Adopting } from './cli/parts.ts'
import type { Models } from './model/contract.ts'
import type { ModelSettings } from './model/settings.ts'
import type { TranscriptReader } from './transcripts/contract.ts'

export { openFinding } from './finding.ts'
export { localScope } from './local-scope.ts'
export { type RunningServer, type ServeSettings, startServer, version } from './serving.ts'
export { factsOfStore } from './store-facts.ts'
export { isInUse, openStore, type StoreOptions } from './stores.ts'
export { skillFolderOf, startWork } from './workshop.ts'

/** What adopting needs; loaded when asked for. */
export async function openAdopting(): Promise<Adopting> {
  return (await import('./adopting.ts')).adopting
}

/** The readers of all known agents, without what adopts. */
export async function openReaders(): Promise<readonly TranscriptReader[]> {
  return (await import('./readers.ts')).readers
}

/** The models of a configuration; nothing of a provider is loaded before its first call. */
export async function openModels(settings: ModelSettings): Promise<Models> {
  return (await import('./open-models.ts')).openModels(settings)
}
