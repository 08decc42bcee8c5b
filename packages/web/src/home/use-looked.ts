// When the reader looked the last time before this visit; a visit ends when the page was hidden for a while.

import { useEffect, useState } from 'react'
import { preferences } from '../parts/preferences.ts'

/** Milliseconds out of sight after which coming back is another visit. */
const visitMs = 5 * 60_000

export interface Looked {
  /** Milliseconds since 1970; null at the first visit of all. */
  readonly since: number | null
  /** Everything counts as seen from now on. */
  seen(): void
}

/** Kept over screens: leaving Home for a session and coming back is one visit. */
let since: number | null | undefined

export function useLooked(): Looked {
  if (since === undefined) since = preferences.get('lookedAt') ?? null
  const [shown, setShown] = useState(since)
  useEffect(() => {
    let hiddenAt: number | null = null
    const change = (): void => {
      const now = Date.now()
      if (document.hidden) {
        hiddenAt = now
        preferences.set('lookedAt', now)
      } else if (hiddenAt !== null && now - hiddenAt >= visitMs) {
        since = hiddenAt
        setShown(since)
      }
    }
    if (since === null) preferences.set('lookedAt', Date.now())
    document.addEventListener('visibilitychange', change)
    return () => document.removeEventListener('visibilitychange', change)
  }, [])
  return {
    since: shown,
    seen() {
      since = Date.now()
      preferences.set('lookedAt', since)
      setShown(since)
    },
  }
}
