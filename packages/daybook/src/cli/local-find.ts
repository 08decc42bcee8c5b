// Finding in a store of this process, in the shapes of the wire: the index is opened when something is looked for.

import type { Client } from '../client/client.ts'
import type { Search } from '../search/search.ts'
import type { Parts } from './parts.ts'
import type { OpenedStore } from './storage.ts'

export interface LocalFind extends AsyncDisposable {
  readonly find: Client['find']
}

export function localFind(
  { mine, store, place }: OpenedStore,
  parts: () => Promise<Pick<Parts, 'openFinding'>>,
): LocalFind {
  let search: Promise<Search> | undefined
  return {
    async find(query) {
      search ??= parts().then(({ openFinding }) => openFinding(store, place.url))
      const { hitListOf, questionOf } = await import('../search/wire.ts')
      return hitListOf(await (await search).find(mine, questionOf(query)))
    },
    async [Symbol.asyncDispose]() {
      await (await search)?.close()
    },
  }
}
