// Tells the others that this window looks at a session, and hears of theirs.

import { isDaybookError } from 'daybook/client'
import { useEffect, useEffectEvent, useMemo, useState } from 'react'
import { client } from '../live/client.ts'
import { live } from '../live/live.ts'
import { heard, othersIn, type Watcher, type Windows } from './model/watchers.ts'
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

/** `seq`: the entry that the reader is at; 0: none yet. */
export function useWatchers(session: string, seq: number): readonly Watcher[] {
  const [windows, setWindows] = useState<Windows>(() => new Map())
  const [now, setNow] = useState(0)
  const looking = useLooking()
  const here = useEffectEvent(() => seq)
  const known = seq > 0

  useEffect(() => {
    setWindows(new Map())
    return live().on('presence', (presence) => {
      if (presence.session_id !== session) return
      setNow(Date.now())
      setWindows((before) => heard(before, presence, Date.now()))
    })
  }, [session])

  useEffect(() => {
    if (!looking || !known) return
    look(session, here())
    const timer = setInterval(() => {
      setNow(Date.now())
      look(session, here())
    }, again)
    return () => {
      clearInterval(timer)
      look(session, null)
    }
  }, [session, looking, known])
  return useMemo(() => othersIn(windows, own, now), [windows, now])
}
