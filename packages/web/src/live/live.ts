// What happens on the server, as it happens: the one feed of this page, who listens to it, and whether it is live.

import type { FeedItemShape } from 'daybook/client'
import { useEffect, useEffectEvent, useSyncExternalStore } from 'react'
import { client } from './client.ts'

/** Whether what is shown is what is; everything but `live` is said to the reader. */
export type Connection =
  | { readonly state: 'live' }
  | { readonly state: 'connecting' }
  /** `since`: milliseconds since 1970 of the last sign of life. */
  | { readonly state: 'reconnecting'; readonly since: number }
  | { readonly state: 'offline'; readonly since: number }

type Listener = (item: FeedItemShape) => void

const listeners = new Set<Listener>()
const watchers = new Set<() => void>()
let connection: Connection = { state: 'connecting' }
let lastSign = Date.now()
let started = false

function become(next: Connection): void {
  connection = next
  for (const watcher of watchers) watcher()
}

async function run(): Promise<void> {
  const options = {
    onLost: () => become({ state: navigator.onLine ? 'reconnecting' : 'offline', since: lastSign }),
    onBack: () => become({ state: 'live' }),
  }
  const { cursor } = await client.feed('now', 1)
  become({ state: 'live' })
  for await (const item of client.followFeed(cursor, options)) {
    lastSign = Date.now()
    for (const listener of listeners) listener(item)
  }
}

function start(): void {
  if (started) return
  started = true
  void run()
}

/** Hears every item of the feed from now on, each once and in order. */
export function onFeed(listener: Listener): () => void {
  start()
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** `listener` sees the newest values of its component, however often that is drawn. */
export function useFeed(listener: Listener): void {
  const hear = useEffectEvent(listener)
  useEffect(() => onFeed((item) => hear(item)), [])
}

export function useConnection(): Connection {
  return useSyncExternalStore(
    (watcher) => {
      start()
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => connection,
  )
}
