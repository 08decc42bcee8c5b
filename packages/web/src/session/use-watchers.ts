// Tells the others that this window looks at a session, and hears of theirs.

import { isDaybookError } from 'daybook/client'
import { useEffect, useMemo, useState } from 'react'
import { client } from '../live/client.ts'
import { live } from '../live/live.ts'
import { heard, othersIn, type Watcher, type Windows } from './model/watchers.ts'
import type { Scroller } from './scroller.ts'
import { useLooking } from './use-session.ts'

/** Milliseconds after which it is said again, as the server wants it. */
const again = 10_000
/** Of this window, as long as it is open. */
const own = crypto.getRandomValues(new Uint32Array(2)).join('-')

/** A hint, said again soon: one that does not come through is missed by nobody. */
function look(session: string, seq: number | null): void {
  client
    .session(session)
    .look(own, seq)
    .catch((error: unknown) => {
      if (!isDaybookError(error)) throw error
    })
}

/** `scroller` knows the entry that the reader is at; null: there is none yet. */
export function useWatchers(session: string, scroller: Scroller | null): readonly Watcher[] {
  const [windows, setWindows] = useState<Windows>(() => new Map())
  const [now, setNow] = useState(0)
  const looking = useLooking()

  useEffect(() => {
    setWindows(new Map())
    return live().on('presence', (presence) => {
      if (presence.session_id !== session) return
      setNow(Date.now())
      setWindows((before) => heard(before, presence, Date.now()))
    })
  }, [session])

  useEffect(() => {
    if (!looking || !scroller) return
    const tell = (): void => look(session, scroller.state.top || null)
    tell()
    const timer = setInterval(() => {
      setNow(Date.now())
      tell()
    }, again)
    return () => {
      clearInterval(timer)
      look(session, null)
    }
  }, [session, looking, scroller])
  return useMemo(() => othersIn(windows, own, now), [windows, now])
}
