// What happens on the server, as it happens: the one feed of this browser, who listens to it, and whether it is live.

import type { Connection, FeedItemShape, Shared } from 'daybook/client'
import { useEffect, useEffectEvent, useSyncExternalStore } from 'react'
import { client } from './client.ts'

let opened: Shared | undefined

/** Opened by whoever asks first; it lives as long as the page. */
export function live(): Shared {
  opened ??= client.shared()
  return opened
}

/** Hears every item of the feed from now on, each once and in order. */
export function onFeed(listener: (item: FeedItemShape) => void): () => void {
  return live().on('item', listener)
}

/** `listener` sees the newest values of its component, however often that is drawn. */
export function useFeed(listener: (item: FeedItemShape) => void): void {
  const hear = useEffectEvent(listener)
  useEffect(() => onFeed((item) => hear(item)), [])
}

export function useConnection(): Connection {
  return useSyncExternalStore(
    (watcher) => live().on('connection', watcher),
    () => live().connection,
  )
}
