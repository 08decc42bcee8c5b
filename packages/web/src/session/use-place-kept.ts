// Opens a session where its reader was, and keeps where the reader is: on this page, and on the server for every device.

import type { SessionShape } from 'daybook/client'
import { isDaybookError } from 'daybook/client'
import { useEffect, useRef, useState } from 'react'
import { announce } from '../parts/announce.tsx'
import type { Marks } from './model/marks.ts'
import { type Opened, sayProblem } from './opened.ts'
import type { Scroller, ScrollerState } from './scroller.ts'
import { useLooking } from './use-session.ts'
import { t } from './words.ts'

/** Milliseconds before what was seen is written down. */
const pause = 800

interface Given {
  readonly head: SessionShape
  readonly opened: Opened
  readonly scroller: Scroller | null
  readonly seq: number | null
  readonly moment: number | null
}

/** Where the reader was, as long as that is worth saying. */
export function usePlaceKept({ head, opened, scroller, seq, moment }: Given) {
  const [back, setBack] = useState<{ readonly seq: number; readonly fresh: number } | null>(null)
  const end = useRef(head.seq)
  end.current = head.seq

  useSeen(scroller, moment === null ? opened.marks : null, end, setBack)
  useEffect(() => {
    if (moment !== null) return
    return scroller?.subscribe(({ following, top }) => {
      opened.place = { following, seq: top }
    })
  }, [scroller, moment, opened])

  useEffect(() => {
    if (!scroller) return
    let left = false
    const open = async (): Promise<void> => {
      const { log, marks, place } = opened
      log.name(seq)
      const last = Math.max(end.current, log.state.end)
      if (seq !== null) {
        await log.show(Math.min(seq, last), last)
        return scroller.to(Math.min(seq, last))
      }
      if (moment !== null) {
        await log.show('end', last)
        return scroller.toEnd()
      }
      if (place) return place.following ? scroller.toEnd() : scroller.to(place.seq, 0)
      const [{ seen }] = await Promise.all([marks.read(), log.show('end', last)])
      if (left) return
      if (seen === null || seen >= last) return scroller.toEnd()
      setBack({ seq: seen, fresh: last - seen })
      announce(`${t('youWereAt', { seq: seen })} ${t('newSince', { n: last - seen })}`)
      return scroller.to(seen, 0.35)
    }
    void open().catch(sayProblem)
    return () => {
      left = true
    }
  }, [scroller, opened, seq, moment])
  return back
}

/** Writes down the newest entry that was seen, once its reader rests; `onEnd`: nothing behind it is left. */
function useSeen(
  scroller: Scroller | null,
  marks: Marks | null,
  end: { readonly current: number },
  onEnd: (nothing: null) => void,
) {
  const looking = useLooking()
  useEffect(() => {
    if (!scroller || !marks || !looking) return
    let known = 0
    let timer: ReturnType<typeof setTimeout> | undefined
    const note = ({ seen }: ScrollerState): void => {
      if (seen === known) return
      known = seen
      clearTimeout(timer)
      if (seen >= end.current) onEnd(null)
      if (seen <= (marks.now?.seen ?? 0)) return
      timer = setTimeout(() => {
        // It is only where somebody was: what cannot be written now goes with the next.
        marks.change({ seen }).catch((error: unknown) => {
          if (!isDaybookError(error)) throw error
        })
      }, pause)
    }
    note(scroller.state)
    const stop = scroller.subscribe(note)
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [scroller, looking, marks, end, onEnd])
}
