// Refuses what must not happen to a store while a server, or any other process, works on it.

import { existsSync } from 'node:fs'
import { isAlive, readAddress } from './address.ts'
import type { Context } from './context.ts'
import { exits, Refusal } from './exits.ts'
import { type Place, placeText, publicUrl, storeFile } from './where.ts'

export async function mustBeAtRest({ host }: Context, place: Place): Promise<void> {
  const address = readAddress(host.env)
  if (address !== null && address.store === publicUrl(place.url) && (await isAlive(address))) {
    throw new Refusal(exits.conflict, 'busy', {
      what: `a server works on ${placeText(place)}`,
      why: `Process ${address.pid} at ${address.url}.`,
      next: `end it first: kill ${address.pid}`,
    })
  }
  const file = storeFile(place.url)
  if (file === null || !existsSync(file)) return
  const { isInUse } = await host.parts()
  if (!(await isInUse(place.url))) return
  // A second server, one under another name of the file, one too busy to answer, a program with the library.
  throw new Refusal(exits.conflict, 'busy', {
    what: `a process works on ${placeText(place)}`,
    why: 'What it writes from now on would be lost.',
    next: `end it first; it is told by: lsof ${file}`,
  })
}
