// The backend that is a server: the client, and branches found by their labels.

import { openClient } from '../client/client.ts'
import type { Backend } from './backend.ts'
import { splitBranch } from './branch.ts'
import { serverRuns } from './server-runs.ts'
import type { Place } from './where.ts'

export function serverBackend(place: Place): Backend {
  const client = openClient({ url: place.url, retries: 3 })
  return {
    place,
    runs: serverRuns(client),
    list: client.list,
    all: client.all,
    find: client.find,
    followFeed: client.followFeed,
    session: client.session,
    async locate(type, value) {
      const located = await client.locate(type, value)
      if (located !== null || type !== 'branch') return located
      const { sessions } = await client.list({ ...splitBranch(value), limit: 1 })
      return sessions[0] ?? null
    },
    async [Symbol.asyncDispose]() {
      // Nothing is held: every call stands alone, streams end with their signal.
    },
  }
}
