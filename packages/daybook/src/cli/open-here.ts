// Opens a session for the folder of whoever types: where its agent works, and on which branch.

import type { SessionShape } from '../schema/wire-shapes.ts'
import type { Backend } from './backend.ts'
import type { Context } from './context.ts'

/** @param agent who works in it from its beginning; absent: the first agent of every session */
export async function openHere(context: Context, backend: Backend, agent?: string): Promise<SessionShape> {
  const branch = await context.branch()
  return backend.create({
    ...(agent === undefined ? {} : { agent_id: agent }),
    ...(branch === null ? {} : { repository: branch.repository }),
    ...(branch?.name ? { branch: branch.name } : {}),
    metadata: { cwd: context.host.cwd },
  })
}
