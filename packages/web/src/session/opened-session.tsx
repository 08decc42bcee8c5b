// The screen of a session that is there: head, timeline, queue, composer, and the rail beside them.

import type { SessionShape } from 'daybook/client'
import { lazy, Suspense, startTransition, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { titleOf } from '../parts/session-text.ts'
import { useTitle } from '../parts/title.ts'
import { Composer } from './composer.tsx'
import { FindHere } from './find-here.tsx'
import type { ShownPart } from './model/shown.ts'
import { type Opened, sayProblem } from './opened.ts'
import { Queue } from './queue.tsx'
import { Rail } from './rail.tsx'
import type { Scroller } from './scroller.ts'
import { SessionHeader } from './session-header.tsx'
import { Slider } from './slider.tsx'
import { TimelineView } from './timeline-view.tsx'
import { Toast } from './toast.tsx'
import { usePlaceKept } from './use-place-kept.ts'
import { useLive, useNews } from './use-session.ts'
import { useSessionKeys } from './use-session-keys.ts'
import { useWatchers } from './use-watchers.ts'
import { t } from './words.ts'

const DeletedLine = lazy(async () => ({ default: (await import('./not-opened.tsx')).DeletedLine }))

interface Props {
  readonly head: SessionShape
  readonly opened: Opened
  readonly seq: number | null
  readonly moment: number | null
  /** Shown alone; null: everything. */
  readonly part: ShownPart | null
}

export function OpenedSession({ head, opened, seq, moment, part }: Props) {
  const { log } = opened
  useLayoutEffect(() => log.only(part), [log, part])
  const [scroller, setScroller] = useState<Scroller | null>(null)
  const [side, setSide] = useState(() => matchMedia('(min-width: 64rem)').matches)
  const [finding, setFinding] = useState(false)
  const region = useRef<HTMLDivElement>(null)
  useTitle(titleOf(head))
  useLive(opened, head.seq, moment === null)
  useNews(head.session_id)
  useEffect(() => () => (moment === null ? undefined : log.close()), [log, moment])
  const settled = useSettled(scroller)
  const back = usePlaceKept({ head, opened, scroller, seq, moment })
  const onReady = useCallback((ready: Scroller) => setScroller(ready), [])
  const go = useCallback(
    (to: number) => {
      log.name(to)
      void scroller?.to(to).catch(sayProblem)
    },
    [log, scroller],
  )
  const toEnd = useCallback(() => void scroller?.toEnd(), [scroller])
  const onSide = useCallback(() => setSide((now) => !now), [])
  const onFind = useCallback(() => setFinding(true), [])
  const watchers = useWatchers(head.session_id, settled > 0 ? scroller : null)
  useSessionKeys({ head, region, scroller, moment, onFind })
  return (
    <div className="screen" ref={region}>
      <SessionHeader
        head={head}
        watchers={watchers}
        side={side}
        part={part}
        moment={moment}
        settled={settled > 0}
        onGo={go}
        onSide={onSide}
        onFind={onFind}
      />
      {finding && <FindHere session={head.session_id} onGo={go} onClose={() => setFinding(false)} />}
      <div className="flex min-h-0 flex-1">
        <div className="flex min-w-0 flex-1 flex-col">
          {back && <CameBack {...back} onEnd={toEnd} />}
          <TimelineView log={log} target={seq} part={part} onReady={onReady} />
          <Slider head={head} moment={moment} />
          {moment === null && <Next head={head} opened={opened} settled={settled > 0} onSent={toEnd} />}
        </div>
        {side && <Rail head={head} moment={moment} settled={settled === 2} onGo={go} onClose={onSide} />}
      </div>
      <Toast />
    </div>
  )
}

interface NextProps extends Pick<Props, 'head' | 'opened'> {
  readonly settled: boolean
  readonly onSent: () => void
}

/** What waits for its turn, and where to say something; once a session is deleted, that it is. */
function Next({ head, opened, settled, onSent }: NextProps) {
  if (head.place === 'deleted') {
    return (
      <Suspense>
        <DeletedLine id={head.session_id} />
      </Suspense>
    )
  }
  return (
    <>
      {settled && <Queue head={head} />}
      <Composer key={head.session_id} head={head} opened={opened} settled={settled} onSent={onSent} />
    </>
  )
}

function CameBack({ seq, fresh, onEnd }: { readonly seq: number; readonly fresh: number; readonly onEnd: () => void }) {
  return (
    <p className="flex flex-wrap items-center gap-x-3 border-b border-rule bg-well px-4 py-1 text-small">
      <span>
        {t('youWereAt', { seq })} {t('newSince', { n: fresh })}
      </span>
      <button type="button" className="text-link underline" onClick={onEnd}>
        {t('toTheEnd')}
      </button>
    </p>
  )
}

/** Milliseconds after which nobody waits for a timeline that shows nothing. */
const patience = 1000

/** 1 once the timeline was painted, 2 a frame behind that: what nobody looks at first is read and drawn then. */
function useSettled(scroller: Scroller | null): 0 | 1 | 2 {
  const [drawn, setDrawn] = useState(false)
  const [settled, setSettled] = useState<0 | 1 | 2>(0)
  useEffect(() => scroller?.subscribe(() => setDrawn(true)), [scroller])
  useEffect(() => {
    if (settled === 2) return
    const next = settled === 0 ? 1 : 2
    let timer = setTimeout(() => setSettled(next), patience)
    const painted = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => startTransition(() => setSettled(next)))
    }
    const frame = drawn ? requestAnimationFrame(painted) : 0
    return () => {
      clearTimeout(timer)
      cancelAnimationFrame(frame)
    }
  }, [drawn, settled])
  return settled
}
