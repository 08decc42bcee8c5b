// Runs on a server, through the client.

import type { Client } from '../client/client.ts'
import { newId } from '../schema/ids.ts'
import type { Runs } from './runs.ts'

export function serverRuns({ runs }: Client): Runs {
  return {
    ...runs,
    here: false,
    // An id that is not known yet opens a session.
    start: (session, fields) => runs.start(session ?? newId('ses', Date.now()), fields),
  }
}
