// Work on a session between its writes: folding again what the log says, without a write that continues the old fold.

import { isDaybookError } from '../schema/errors.ts'
import type { SessionId } from '../schema/ids.ts'
import type { ScopedStore } from '../store/store.ts'
import type { Engine } from './engine.ts'

/** Runs `work` while nothing else of the session is under way in this process; the head is read again behind it. */
export async function whileAlone(
  engine: Engine,
  whole: ScopedStore,
  id: SessionId,
  work: () => Promise<void>,
): Promise<void> {
  const alone = async () => {
    await work()
    return { session: id, first: 0, last: 0, replayed: false, entries: [] }
  }
  const command = { actor: 'engine', opens: 'no', event: null, make: () => ({ drafts: [] }), alone } as const
  try {
    await engine.writer.submit(whole.scope, id, command)
  } catch (error) {
    // Nothing is left to work on.
    if (!isDaybookError(error) || (error.code !== 'gone' && error.code !== 'not_found')) throw error
  }
}
