// Time as a slider: the session as it was at any entry, where a fork may begin.

import { useNavigate } from '@tanstack/react-router'
import type { SessionShape } from 'daybook/client'
import { useEffect, useState } from 'react'
import { addressOf } from '../app/addresses.ts'
import { useForking } from './forking.ts'
import { figure } from './telling.ts'
import { t } from './words.ts'

interface Props {
  readonly head: SessionShape
  readonly moment: number | null
}

/** Milliseconds that the slider has to rest before another moment is shown. */
const pause = 120

export function Slider({ head, moment }: Props) {
  const navigate = useNavigate()
  const shown = moment ?? head.seq
  const [value, setValue] = useState(shown)
  useEffect(() => setValue(shown), [shown])
  const fork = useForking(head.session_id)

  useEffect(() => {
    if (value === shown) return
    const timer = setTimeout(() => {
      const until = value >= head.seq ? {} : { until: String(value) }
      void navigate({
        to: '/s/$address',
        params: { address: addressOf(head.session_id) },
        search: ({ until: _before, ...others }: { until?: string }) => ({ ...others, ...until }),
        replace: true,
      })
    }, pause)
    return () => clearTimeout(timer)
  }, [value, shown, head.seq, head.session_id, navigate])

  return (
    <div className="time-line flex items-center gap-3 border-t border-rule bg-sheet px-4 py-0.5 text-small" data-region>
      <input
        type="range"
        className="time"
        min={1}
        max={Math.max(1, head.seq)}
        value={Math.min(value, head.seq)}
        aria-label={t('moment')}
        aria-valuetext={t('momentOf', { seq: value, n: head.seq })}
        onChange={(event) => setValue(Number(event.target.value))}
      />
      <span className={moment === null ? 'figures text-soft' : 'figures font-semibold text-need'}>
        {moment === null ? `${figure(value)} / ${figure(head.seq)}` : t('asOf', { seq: value })}
      </span>
      {moment !== null && (
        <button type="button" className="button target" onClick={() => setValue(head.seq)}>
          {t('toNow')}
        </button>
      )}
      <button type="button" className="button button-quiet target shrink-0" onClick={() => fork(moment)}>
        {t('forkHere')} <kbd>f</kbd>
      </button>
    </div>
  )
}
