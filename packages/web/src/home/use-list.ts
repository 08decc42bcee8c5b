// The list of all sessions: read page by page as the reader goes through it, kept by the feed, no longer than five hundred heads.

import type { SessionQuery, SessionShape } from 'daybook/client'
import { type Dispatch, type RefObject, type SetStateAction, useCallback, useEffect, useRef, useState } from 'react'
import { client } from '../live/client.ts'
import { live, useFeed } from '../live/live.ts'
import type { Filters } from './filters.tsx'
import {
  below,
  firstWindow,
  type HeadWindow,
  holds,
  pageSize,
  shown,
  withAbove,
  withBelow,
  withChanged,
  withNewer,
  without,
  withTotal,
} from './window.ts'

export interface List {
  readonly window: HeadWindow | null
  readonly error: unknown
  readonly reading: boolean
  down(): void
  up(): void
  /** What waited stands at the top; where the top is not held, it is read anew. */
  top(): void
  retry(): void
}

function queryOf({ agent, repository, branch, person, status, q, place }: Filters): SessionQuery {
  return {
    limit: pageSize,
    ...(agent === undefined ? {} : { agent_id: agent }),
    ...(repository === undefined ? {} : { repository }),
    ...(branch === undefined ? {} : { branch }),
    ...(person === undefined ? {} : { user_id: person }),
    ...(status === undefined ? {} : { status: status as SessionShape['status'] }),
    ...(q === undefined ? {} : { q }),
    ...(place === 'archived' ? { archived: true } : place === 'trash' ? { trashed: true } : {}),
  }
}

/** Whether a head belongs to what is filtered, as far as the head alone says so. */
export function fits(session: SessionShape, { agent, repository, branch, person, status, q, place }: Filters): boolean {
  const wanted = place ?? 'open'
  if (session.place !== wanted) return false
  if (agent !== undefined && session.agent_id !== agent && session.current_agent !== agent) return false
  if (repository !== undefined && session.repository !== repository) return false
  if (branch !== undefined && session.branch !== branch) return false
  if (person !== undefined && session.user_id !== person) return false
  if (status !== undefined && session.status !== status) return false
  return q === undefined || `${session.name ?? ''} ${session.title ?? ''}`.toLowerCase().includes(q.toLowerCase())
}

/** Milliseconds that a filter rests before it is asked for. */
const typing = 150
/** Milliseconds from a change of what is counted to the count. */
const counting = 500

/** What the list is made of, and the calls that change it. */
interface Held {
  readonly setWindow: Dispatch<SetStateAction<HeadWindow | null>>
  readonly setError: Dispatch<SetStateAction<unknown>>
  readonly setReading: Dispatch<SetStateAction<boolean>>
  /** What was heard while the beginning is read; null while it is not. */
  readonly heard: RefObject<SessionShape[] | null>
  readonly count: () => void
}

function withHead(window: HeadWindow, session: SessionShape, filters: Filters): HeadWindow {
  return fits(session, filters) ? withChanged(window, session, true) : without(window, session.session_id)
}

/** The list, and what came while it was under way: it may have been made before that. */
function beginning(
  list: Awaited<ReturnType<typeof client.list>>,
  heard: readonly SessionShape[],
  filters: Filters,
): HeadWindow {
  const window = firstWindow(list)
  const seqs = new Map(shown(window).map(({ session_id, seq }) => [session_id, seq]))
  const later = heard.filter(({ session_id, seq }) => seq > (seqs.get(session_id) ?? 0))
  return later.reduce((now, session) => withHead(now, session, filters), window)
}

/** Reads the beginning, again whenever the filters change or `turn` does. */
function useBeginning(filters: Filters, turn: number, { setWindow, setError, setReading, heard, count }: Held): void {
  const key = JSON.stringify(filters)
  const first = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the filters, the turn for asking again
  useEffect(() => {
    const stop = new AbortController()
    const read = async (): Promise<void> => {
      setReading(true)
      try {
        await live().ready
        heard.current = []
        const list = await client.list(queryOf(filters), { signal: stop.signal })
        const since = heard.current ?? []
        setWindow(beginning(list, since, filters))
        if (since.length > 0) count()
        setError(null)
      } catch (failure) {
        if (!stop.signal.aborted) setError(failure)
      } finally {
        if (!stop.signal.aborted) {
          heard.current = null
          setReading(false)
        }
      }
    }
    const timer = setTimeout(() => void read(), first.current ? 0 : typing)
    first.current = false
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [key, turn])
}

/** Counts anew when a session came or went, soon after the last one. */
function useCount(filters: Filters, setWindow: Held['setWindow']): () => void {
  const waits = useRef(false)
  const stop = useRef<AbortController | null>(null)
  // What was asked with other filters counts something else.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it ends with the filters
  useEffect(() => {
    const own = new AbortController()
    stop.current = own
    waits.current = false
    return () => own.abort()
  }, [filters])
  return useCallback(() => {
    const signal = stop.current?.signal
    if (waits.current || !signal) return
    waits.current = true
    const count = async (): Promise<void> => {
      if (signal.aborted) return
      waits.current = false
      const list = await client.list({ ...queryOf(filters), limit: 1 }, { signal })
      if (!signal.aborted) setWindow((now) => now && withTotal(now, list))
    }
    // What fails is counted with the next one; a server that is gone is told of elsewhere.
    setTimeout(() => void count().catch(() => undefined), counting)
  }, [filters, setWindow])
}

type Add = (window: HeadWindow, list: Awaited<ReturnType<typeof client.list>>) => HeadWindow

/** Reads a further page from a cursor, never two at once. */
function usePage(filters: Filters, { setWindow, setError, setReading }: Held) {
  const busy = useRef(false)
  return useCallback(
    async (from: string | undefined, add: Add) => {
      if (busy.current) return
      busy.current = true
      setReading(true)
      try {
        const list = await client.list({ ...queryOf(filters), ...(from === undefined ? {} : { cursor: from }) })
        setWindow((now) => now && add(now, list))
        setError(null)
      } catch (failure) {
        setError(failure)
      } finally {
        busy.current = false
        setReading(false)
      }
    },
    [filters, setWindow, setError, setReading],
  )
}

export function useList(filters: Filters): List {
  const [window, setWindow] = useState<HeadWindow | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [reading, setReading] = useState(false)
  const [turn, setTurn] = useState(0)
  const heard = useRef<SessionShape[] | null>(null)
  const count = useCount(filters, setWindow)
  const held = { setWindow, setError, setReading, heard, count }
  useBeginning(filters, turn, held)
  const page = usePage(filters, held)

  useEffect(() => live().on('again', (what) => what === 'all' && setTurn((now) => now + 1)), [])

  useFeed(({ session }) => {
    if (!session || session.session_id.startsWith('@')) return
    heard.current?.push(session)
    if (window && holds(window, session.session_id) !== fits(session, filters)) count()
    setWindow((now) => now && withHead(now, session, filters))
  })

  return {
    window,
    error,
    reading,
    down() {
      const from = window && below(window)
      if (from) void page(from, (now, list) => withBelow(now, from, list))
    },
    up() {
      if (window && window.above.length > 0) void page(window.above.at(-1), withAbove)
    },
    top() {
      if (window && window.above.length > 0) setTurn((now) => now + 1)
      else setWindow((now) => now && withNewer(now))
    },
    retry: () => setTurn((now) => now + 1),
  }
}
