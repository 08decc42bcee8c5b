// Several at once, and no more: what waits for a network waits together, and memory stays that of a few.

/**
 * Calls `work` for every item, with its number, for at most `most` of them at once. The first failure ends it, once what is
 * under way has ended: nothing goes on behind its back.
 */
export async function eachAtOnce<T>(
  items: AsyncIterable<T>,
  most: number,
  work: (item: T, at: number) => Promise<void>,
): Promise<void> {
  const underway = new Set<Promise<void>>()
  let failed: { readonly error: unknown } | null = null
  let at = 0
  try {
    for await (const item of items) {
      const one = work(item, at).catch((error: unknown) => {
        failed ??= { error }
      })
      at += 1
      const gone = one.finally(() => underway.delete(gone))
      underway.add(gone)
      if (underway.size >= most) await Promise.race(underway)
      if (failed) break
    }
  } finally {
    await Promise.all(underway)
  }
  if (failed) throw (failed as { readonly error: unknown }).error
}
