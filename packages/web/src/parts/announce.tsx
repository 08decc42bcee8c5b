// What a screen reader is told without moving anywhere: one region that is polite, one for what cannot wait.

import { useSyncExternalStore } from 'react'

interface Said {
  readonly polite: string
  readonly urgent: string
}
let said: Said = { polite: '', urgent: '' }
const watchers = new Set<() => void>()

/** `urgent` for errors and what needs the reader; all else waits for its turn. */
export function announce(text: string, how: keyof Said = 'polite'): void {
  // The same words again are heard again only when they are another text.
  said = { ...said, [how]: said[how] === text ? `${text}\u00A0` : text }
  for (const watcher of watchers) watcher()
}

export function Announcements() {
  const now = useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => said,
  )
  return (
    <>
      <div role="status" className="aside-only">
        {now.polite}
      </div>
      <div role="alert" className="aside-only">
        {now.urgent}
      </div>
    </>
  )
}
