// Draws the part of a timeline that is near the reader, and leaves the reader where the reader is.

import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { LiveRunRow } from './live-row.tsx'
import { rowOfSeq } from './model/heights.ts'
import type { LogWindow, WindowState } from './model/log-window.ts'
import type { ShownPart } from './model/shown.ts'
import { RowView } from './row-view.tsx'
import { Scroller, type ScrollerState } from './scroller.ts'
import { useWindow } from './use-session.ts'
import { t } from './words.ts'

interface Props {
  readonly log: LogWindow
  /** An entry that is shown as the one that was looked for. */
  readonly target: number | null
  readonly part: ShownPart | null
  /** Called once the timeline can be moved. */
  readonly onReady: (scroller: Scroller) => void
}

/** It alone is drawn again with each piece of a text on its way. */
export function TimelineView({ log, target, part, onReady }: Props) {
  const window = useWindow(log)
  const box = useRef<HTMLDivElement>(null)
  const [scroller, setScroller] = useState<Scroller | null>(null)
  const [scroll, setScroll] = useState<ScrollerState | null>(null)

  useEffect(() => {
    const made = new Scroller(log)
    made.subscribe(setScroll)
    setScroller(made)
    onReady(made)
    return box.current ? made.attach(box.current) : undefined
  }, [log, onReady])

  useLayoutEffect(() => scroller?.rendered(window))

  const { rows } = window
  const span = scroll?.span ?? { from: 0, to: -1 }
  const from = span.to < span.from ? 0 : Math.max(0, rowOfSeq(rows, span.from))
  const to = span.to < span.from ? 0 : rowOfSeq(rows, span.to) + 1
  const [above, below] = scroller?.spaces(window, from, to) ?? [0, 0]
  const atEnd = window.last >= window.end && to >= rows.length
  const busy = window.loading !== null || window.live.length > 0
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div
        ref={box}
        role="log"
        aria-label={t('timeline')}
        aria-live="off"
        aria-busy={busy}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        tabIndex={0}
        className="timeline min-h-0 flex-1 overflow-y-auto overflow-x-hidden"
        data-region
      >
        <div>
          {rows.length === 0 && <NoneOf part={part} window={window} />}
          <div style={{ height: above }} />
          {rows.slice(from, to).map((row) => (
            <RowView key={row.key} row={row} target={target !== null && row.from <= target && target <= row.to} />
          ))}
          {atEnd && window.live.map((run) => <LiveRunRow key={run.run} run={run} />)}
          <div style={{ height: below }} />
        </div>
      </div>
      {scroll && !scroll.following && scroll.fresh > 0 && (
        <button
          type="button"
          className="target absolute bottom-3 left-1/2 -translate-x-1/2 rounded-full bg-solid px-4 font-semibold text-on-solid shadow-lift"
          onClick={() => void scroller?.toEnd()}
        >
          {t('fresh', { n: scroll.fresh })} ↓
        </button>
      )}
    </div>
  )
}

interface NoneProps {
  readonly part: ShownPart | null
  readonly window: WindowState
}

/** Before the beginning was reached there may be some further back. */
function NoneOf({ part, window: { first, loading } }: NoneProps) {
  if (loading !== null || first > 1) return <p className="p-4 text-soft">{t('reading')}</p>
  return part === null ? null : <p className="p-4 text-soft">{t(`none_${part}`)}</p>
}
