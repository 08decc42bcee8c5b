// The time of day as something that is drawn: one clock for the whole page, which stands still while nobody looks.

import { useSyncExternalStore } from 'react'

/** Ages are shown to the minute beyond the first: ten seconds are exact enough. */
const every = 10_000
const watchers = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

function tick(): void {
  if (document.hidden) return
  now = Date.now()
  for (const watcher of watchers) watcher()
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  if (watchers.size === 1) {
    timer = setInterval(tick, every)
    document.addEventListener('visibilitychange', tick)
  }
  return () => {
    watchers.delete(watcher)
    if (watchers.size > 0) return
    clearInterval(timer)
    document.removeEventListener('visibilitychange', tick)
  }
}

/** Milliseconds since 1970, at most ten seconds ago. */
export function useNow(): number {
  return useSyncExternalStore(watch, () => now)
}
