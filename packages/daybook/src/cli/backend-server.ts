// The backend that is a server: the client, and branches found by their labels.

import { openClient } from '../client/client.ts'
import { readAddress } from './address.ts'
import type { Backend } from './backend.ts'
import { splitBranch } from './branch.ts'
import { type Env, userFolder } from './folders.ts'
import { serverRuns } from './server-runs.ts'
import { readKey } from './user-key.ts'
import type { Place } from './where.ts'

/** The key of this user is shown to the server of this machine alone. */
export function serverBackend(place: Place, env: Env): Backend {
  const own = readAddress(env)?.url === place.url
  const key = own ? readKey(userFolder('state', env)) : null
  const headers = key === null ? {} : { headers: { authorization: `Bearer ${key}` } }
  const options = { url: place.url, retries: 3, ...headers }
  const client = openClient(options)
  return {
    place,
    runs: serverRuns(client),
    processes: async () => (await import('../client/processes.ts')).openProcesses(options),
    list: client.list,
    all: client.all,
    find: client.find,
    followFeed: client.followFeed,
    session: client.session,
    create: (fields) => client.create(fields),
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
