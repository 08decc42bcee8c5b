// Entries as they are followed, with the unfinished output of this process between them.

import type { Delta } from '../client/client.ts'
import type { DeltaFollowing } from '../work/following.ts'

/**
 * @param follow ends when its signal does
 * @param subscribe begins to follow deltas
 */
export async function* withDeltas<E extends Parameters<DeltaFollowing['seen']>[0]>(
  follow: (ended: AbortSignal) => AsyncIterable<E>,
  subscribe: (listener: (delta: unknown) => void) => DeltaFollowing,
): AsyncGenerator<E | Delta> {
  const end = new AbortController()
  const inbox: (E | Delta)[] = []
  let wake = Promise.withResolvers<void>()
  const take = (item: E | Delta): void => {
    inbox.push(item)
    wake.resolve()
  }
  const deltas = subscribe((delta) => take({ delta }))
  let over = false
  const following = (async () => {
    try {
      for await (const entry of follow(end.signal)) {
        deltas.seen(entry)
        take(entry)
      }
    } finally {
      over = true
      wake.resolve()
    }
  })()
  // Whoever reads may be busy with an entry when it fails; it is told with the next one.
  following.catch(() => undefined)
  try {
    for (;;) {
      await wake.promise
      wake = Promise.withResolvers()
      yield* inbox.splice(0)
      if (over && inbox.length === 0) return await following
    }
  } finally {
    deltas.close()
    end.abort()
    await following
  }
}
