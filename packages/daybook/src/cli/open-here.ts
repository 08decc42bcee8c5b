// What a session begins with that is opened for the folder of whoever types: where its agent works, and on which branch.

import type { Opening } from '../schema/wire-requests.ts'
import type { Context } from './context.ts'

/** @param agent who works in it from its beginning; absent: the first agent of every session */
export async function openingHere(context: Context, agent?: string): Promise<Opening> {
  const branch = await context.branch()
  return {
    ...(agent === undefined ? {} : { agent_id: agent }),
    ...(branch === null ? {} : { repository: branch.repository }),
    ...(branch?.name ? { branch: branch.name } : {}),
    metadata: { cwd: context.host.cwd },
  }
}
