// What is waited for no longer than somebody wants it.

/** The promise's result, or the signal's reason as soon as that is aborted; what was begun goes on by itself. */
export function untilAborted<T>(promise: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    promise.then(resolve, reject).then(() => signal.removeEventListener('abort', abort))
  })
}
