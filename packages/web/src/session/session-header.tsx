// The head of a session: what it is about, what it is doing, whose it is, and what may be done with all of it.

import { useQueryClient } from '@tanstack/react-query'
import type { SessionShape } from 'daybook/client'
import { OctagonX, PanelRight, Search } from 'lucide-react'
import { lazy, memo, Suspense } from 'react'
import { titleOf } from '../parts/session-text.ts'
import { StatusBadge } from '../parts/status-badge.tsx'
import { dollars } from '../parts/time.ts'
import { Faces } from './faces.tsx'
import { interrupt } from './interrupt.ts'
import type { ShownPart } from './model/shown.ts'
import type { Watcher } from './model/watchers.ts'
import { PartPicker } from './part-picker.tsx'
import { PinButton } from './pin-button.tsx'
import { headKey } from './use-session.ts'
import { t } from './words.ts'

const StatusThen = lazy(async () => ({ default: (await import('./status-then.tsx')).StatusThen }))

interface Props {
  readonly head: SessionShape
  readonly watchers: readonly Watcher[]
  readonly side: boolean
  readonly part: ShownPart | null
  /** The timeline is there. */
  readonly settled: boolean
  /** Null: now. */
  readonly moment: number | null
  readonly onGo: (seq: number) => void
  readonly onSide: () => void
  readonly onFind: () => void
}

export const SessionHeader = memo(function SessionHeader(props: Props) {
  const { head, watchers, side, part, settled, moment, onGo, onSide, onFind } = props
  const queries = useQueryClient()
  const busy = head.status === 'running' || head.status === 'waiting' || head.status === 'queued'
  const facts = [head.current_agent, head.branch, head.cost > 0 ? dollars(head.cost) : null].filter(Boolean)
  return (
    <header className="session-header" data-region>
      <div className="session-title">
        <h1 className="truncate text-title font-semibold" dir="auto">
          {titleOf(head)}
        </h1>
        <p className="flex min-w-0 items-center gap-x-2 text-small text-soft">
          {moment === null ? (
            <StatusBadge session={head} />
          ) : (
            <Suspense>
              <StatusThen id={head.session_id} moment={moment} />
            </Suspense>
          )}
          <code className="figures">{head.tail}</code>
          <span className="truncate">{facts.join(' · ')}</span>
        </p>
      </div>
      <Faces watchers={watchers} onGo={onGo} />
      {busy && (
        <button
          type="button"
          className="button target"
          onClick={() =>
            void interrupt(head.session_id).then(() =>
              queries.invalidateQueries({ queryKey: headKey(head.session_id) }),
            )
          }
        >
          <OctagonX size={14} aria-hidden="true" /> {t('interrupt')} <kbd>x x</kbd>
        </button>
      )}
      <PartPicker part={part} />
      <PinButton session={head.session_id} settled={settled} />
      <button type="button" className="icon-button target" aria-label={t('findHere')} onClick={onFind}>
        <Search size={16} aria-hidden="true" />
      </button>
      <button
        type="button"
        className="icon-button target"
        aria-label={t('sideOf')}
        aria-expanded={side}
        onClick={onSide}
      >
        <PanelRight size={16} aria-hidden="true" />
      </button>
    </header>
  )
})
