// One session as it is now: its head, its window, and whatever the server tells of it while it is looked at.

import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { SessionShape } from 'daybook/client'
import { useEffect, useState } from 'react'
import { client } from '../live/client.ts'
import { live, useFeed } from '../live/live.ts'
import { announce } from '../parts/announce.tsx'
import type { LogWindow, WindowState } from './model/log-window.ts'
import type { Opened } from './opened.ts'
import { t } from './words.ts'

export const headKey = (id: string): readonly [string, string] => ['session', id]

/** The head, kept by what the feed tells. */
export function useHead(id: string) {
  const queries = useQueryClient()
  useFeed(({ session_id, session }) => {
    if (session_id !== id || !session) return
    queries.setQueryData<SessionShape>(headKey(id), (before) =>
      before && session.seq < before.seq ? before : { ...bagsOf(before), ...session },
    )
  })
  return useQuery({ queryKey: headKey(id), queryFn: ({ signal }) => client.session(id).get({ signal }) })
}

/** What the feed does not tell; all else that it leaves out is not there any more. */
function bagsOf({ metadata, state, agent_data }: Partial<SessionShape> = {}): Partial<SessionShape> {
  return {
    ...(metadata === undefined ? undefined : { metadata }),
    ...(state === undefined ? undefined : { state }),
    ...(agent_data === undefined ? undefined : { agent_data }),
  }
}

/** What a window holds, drawn once a frame at most however much comes. */
export function useWindow(log: LogWindow): WindowState {
  const [shown, setShown] = useState({ log, state: log.state })
  useEffect(() => {
    let frame = 0
    const draw = (): void => {
      frame = 0
      setShown({ log, state: log.state })
    }
    const later = (): void => {
      // A page that is not looked at draws no frames, and needs none.
      frame ||= requestAnimationFrame(draw)
    }
    const stop = log.subscribe(later)
    draw()
    return () => {
      stop()
      cancelAnimationFrame(frame)
    }
  }, [log])
  return shown.log === log ? shown.state : log.state
}

/** Entries come by the one feed of this browser, and with them what is on its way, while somebody looks. */
export function useLive({ id, log }: Opened, end: number, now: boolean): void {
  useFeed(({ session_id, entry }) => {
    if (session_id === id) log.push([entry])
  })
  useEffect(() => log.reach(end), [log, end])
  const queries = useQueryClient()
  const looking = useLooking() && now
  useEffect(() => {
    const feed = live()
    let left = false
    const again = (): void => {
      if (!left) void queries.invalidateQueries({ queryKey: headKey(id) })
    }
    // What was stored between reading the head and the beginning of the feed is read now.
    void feed.ready.then(again)
    const stops = [
      feed.on('again', () => {
        log.lost()
        again()
      }),
    ]
    if (looking) {
      feed.watch([id])
      stops.push(
        feed.on('delta', (told) => {
          if (told.session_id === id) log.delta(told.delta)
        }),
      )
    }
    return () => {
      left = true
      for (const stop of stops) stop()
      if (looking) feed.watch([])
      log.lost()
    }
  }, [id, log, looking, queries])
}

/** How runs of this session end is told to whoever cannot see it. */
export function useNews(id: string): void {
  useFeed(({ session_id, entry, session }) => {
    if (session_id !== id || entry.kind !== 'run.finished') return
    const { status } = (entry.data ?? {}) as { status?: string }
    const agent = session?.current_agent ?? ''
    announce(
      t(status === 'failed' ? 'agentFailed' : 'agentFinished', { agent }),
      status === 'failed' ? 'urgent' : 'polite',
    )
  })
}

export function useLooking(): boolean {
  const [looking, setLooking] = useState(!document.hidden)
  useEffect(() => {
    const look = (): void => setLooking(!document.hidden)
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [])
  return looking
}
