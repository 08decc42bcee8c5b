// Opens a session where its reader was, and keeps where the reader is: on this page, and on the server for every device.

import type { SessionShape } from 'daybook/client'
import { isDaybookError } from 'daybook/client'
import { useEffect, useRef, useState } from 'react'
import { announce } from '../parts/announce.tsx'
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
  readonly scroll: ScrollerState | null
  readonly seq: number | null
  readonly moment: number | null
}

/** Where the reader was, as long as that is worth saying. */
export function usePlaceKept({ head, opened, scroller, scroll, seq, moment }: Given) {
  const [back, setBack] = useState<{ readonly seq: number; readonly fresh: number } | null>(null)
  const end = useRef(head.seq)
  end.current = head.seq

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

  const looking = useLooking()
  const seen = scroll?.seen ?? 0
  useEffect(() => {
    if (moment !== null || !looking || seen === 0) return
    if (seen >= end.current) setBack(null)
    if (seen <= (opened.marks.now?.seen ?? 0)) return
    const timer = setTimeout(() => {
      // It is only where somebody was: what cannot be written now goes with the next.
      opened.marks.change({ seen }).catch((error: unknown) => {
        if (!isDaybookError(error)) throw error
      })
    }, pause)
    return () => clearTimeout(timer)
  }, [seen, looking, moment, opened])

  useEffect(() => {
    if (scroll && moment === null) opened.place = { following: scroll.following, seq: scroll.top }
  }, [scroll, moment, opened])
  return back
}
