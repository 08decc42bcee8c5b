// Time as a slider: the session as it was at any entry, where a fork may begin.

import { useNavigate } from '@tanstack/react-router'
import type { SessionShape } from 'daybook/client'
import { memo, useEffect, useRef, useState } from 'react'
import { addressOf } from '../app/addresses.ts'
import { count } from '../parts/time.ts'
import { useForking } from './forking.ts'
import { t } from './words.ts'

interface Props {
  readonly head: SessionShape
  readonly moment: number | null
}

/** Milliseconds that the slider has to rest before another moment is shown. */
const pause = 120

/** Another moment is another screen: whoever steps by keys keeps the focus. */
let stepping = false

export const Slider = memo(function Slider({ head, moment }: Props) {
  const navigate = useNavigate()
  /** Where the reader has put it; what comes meanwhile moves nobody into the past. */
  const [put, setPut] = useState<number | null>(null)
  const value = Math.min(put ?? moment ?? head.seq, head.seq)
  const slider = useRef<HTMLInputElement>(null)
  const fork = useForking(head.session_id)

  useEffect(() => {
    if (stepping) slider.current?.focus({ preventScroll: true })
    stepping = false
  }, [])

  useEffect(() => {
    if (put === null) return
    const timer = setTimeout(() => {
      const until = put >= head.seq ? null : put
      if (until === moment) {
        setPut(null)
        return
      }
      stepping = document.activeElement === slider.current
      void navigate({
        to: '/s/$address',
        params: { address: addressOf(head.session_id) },
        search: ({ until: _before, ...others }: { until?: string }) =>
          until === null ? others : { ...others, until: String(until) },
        replace: true,
      })
    }, pause)
    return () => clearTimeout(timer)
  }, [put, moment, head.seq, head.session_id, navigate])

  return (
    <div className="time-line flex items-center gap-3 border-t border-rule bg-sheet px-4 py-0.5 text-small" data-region>
      <input
        ref={slider}
        type="range"
        className="time"
        min={1}
        max={Math.max(1, head.seq)}
        value={value}
        aria-label={t('moment')}
        aria-valuetext={t('momentOf', { seq: value, n: head.seq })}
        onChange={(event) => setPut(Number(event.target.value))}
      />
      <span className={moment === null ? 'figures text-soft' : 'figures font-semibold text-need'}>
        {moment === null ? `${count(value)} / ${count(head.seq)}` : t('asOf', { seq: value })}
      </span>
      {moment !== null && (
        <button type="button" className="button target" onClick={() => setPut(head.seq)}>
          {t('toNow')}
        </button>
      )}
      <button type="button" className="button button-quiet target shrink-0" onClick={() => fork(moment)}>
        {t('forkHere')} <kbd>f</kbd>
      </button>
    </div>
  )
})
