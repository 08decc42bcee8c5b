// Picks a session in an opened store, for the commands that work on the store itself.

import type { SessionShape } from '../schema/wire-shapes.ts'
import { localBackend } from './backend-local.ts'
import type { Context } from './context.ts'
import { localWork } from './open.ts'
import { pick } from './pick.ts'
import type { OpenedStore } from './storage.ts'

export async function pickIn(context: Context, opened: OpenedStore, argument: string): Promise<SessionShape> {
  const backend = localBackend(opened, localWork(context.host, context.output, context.asked))
  const { session } = await pick({ ...context, backend: async () => backend }, argument, { trash: true })
  return session
}
