// Time and chance as calls of models use them, so that a test can hold them.

export interface ModelTime {
  /** Milliseconds since 1970. */
  now(): number
  /** From 0 up to 1. */
  random(): number
  /** Resolves after so many milliseconds, or at once when the signal is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>
  /** Calls once after so many milliseconds in which nobody said `again`. */
  alarm(ms: number, ring: () => void): Alarm
}

export interface Alarm {
  again(): void
  stop(): void
}

export const realTime: ModelTime = {
  now: () => Date.now(),
  random: () => Math.random(),
  wait: (ms, signal) =>
    new Promise((done) => {
      if (signal.aborted) return done()
      const end = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        done()
      }
      const timer = setTimeout(end, ms)
      signal.addEventListener('abort', end)
    }),
  alarm(ms, ring) {
    const timer = setTimeout(ring, ms)
    return { again: () => void timer.refresh(), stop: () => clearTimeout(timer) }
  },
}
