// Refuses what must not happen to a store while the server of this machine works on it.

import { isAlive, readAddress } from './address.ts'
import type { Context } from './context.ts'
import { exits, Refusal } from './exits.ts'
import type { Place } from './where.ts'

export async function mustBeAtRest({ host }: Context, place: Place): Promise<void> {
  const address = readAddress(host.env)
  if (address === null || address.store !== place.url || !(await isAlive(address))) return
  throw new Refusal(exits.conflict, 'busy', {
    what: 'a server works on this store',
    why: `Process ${address.pid} at ${address.url}.`,
    next: `end it first: kill ${address.pid}`,
  })
}
