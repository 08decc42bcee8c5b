// Entries as they are followed, with the unfinished output of this process between them.

import type { Delta } from '../client/client.ts'

/**
 * @param follow ends when its signal does
 * @param subscribe returns the call that ends it
 */
export async function* withDeltas<E>(
  follow: (ended: AbortSignal) => AsyncIterable<E>,
  subscribe: (listener: (delta: unknown) => void) => () => void,
): AsyncGenerator<E | Delta> {
  const end = new AbortController()
  const inbox: (E | Delta)[] = []
  let wake = Promise.withResolvers<void>()
  const take = (item: E | Delta): void => {
    inbox.push(item)
    wake.resolve()
  }
  const unsubscribe = subscribe((delta) => take({ delta }))
  let over = false
  const following = (async () => {
    try {
      for await (const entry of follow(end.signal)) take(entry)
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
    unsubscribe()
    end.abort()
    await following
  }
}
