// A server that knows the key of its user, for tests of what takes that key, and no programs to drive with it.

import assert from 'node:assert/strict'
import type { LivePrograms } from '../program/contract.ts'
import type { Sessions } from '../session/contract.ts'
import { openWatch } from '../work/programs/watch.ts'
import type { ServerSettings } from './server.ts'

const unheard = async (): Promise<never> => {
  throw new Error('nothing asks for a process here')
}
export const none: LivePrograms = {
  list: () => [],
  get: () => undefined,
  process: async () => null,
  processes: {
    ...{
      list: async () => null,
      get: async () => null,
      write: unheard,
      resize: unheard,
      screen: unheard,
      look: unheard,
    },
    ...{ signal: unheard, follow: () => assert.fail() },
  },
  git: async () => null,
}

/** What a server is given to drive these programs for whoever shows the key. */
export function drivenBy(
  sessions: Sessions,
  { key, live }: { readonly key: string; readonly live: LivePrograms },
): NonNullable<ServerSettings['programs']> {
  const watch = openWatch({ sessions, programs: live, tenant: 'default', everyMs: null, onError: assert.ifError })
  return { key, live, watch }
}
