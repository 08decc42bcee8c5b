// The title of the tab: how many need the reader, then what is shown.

import { useEffect, useSyncExternalStore } from 'react'

let needing = 0
let text = ''
const watchers = new Set<() => void>()

function show(): void {
  const whole = text === '' ? 'daybook' : `${text} · daybook`
  document.title = needing > 0 ? `(${needing}) ${whole}` : whole
}

/** Sessions that need the reader. */
export function setNeeding(count: number): void {
  if (count === needing) return
  needing = count
  show()
  for (const watcher of watchers) watcher()
}

export function useNeeding(): number {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => needing,
  )
}

/** Of a screen, as long as it is shown. */
export function useTitle(given: string): void {
  useEffect(() => {
    text = given
    show()
  }, [given])
}
