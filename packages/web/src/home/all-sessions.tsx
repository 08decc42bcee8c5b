// All sessions, newest activity first: pages come as the reader reaches their end, and nothing moves under the reader.

import { useEffect, useRef } from 'react'
import { t } from '../i18n/base.ts'
import { Button } from '../parts/button.tsx'
import { errorText } from '../parts/errors.ts'
import { count } from '../parts/time.ts'
import { Band, Rows } from './band.tsx'
import { Chips, type Filters } from './filters.tsx'
import { Row } from './row.tsx'
import { type List, useList } from './use-list.ts'
import { below, type HeadWindow, shown } from './window.ts'

interface AllProps {
  readonly filters: Filters
  readonly onFilters: (filters: Filters) => void
  /** Shown above: not twice. */
  readonly pinned: ReadonlySet<string>
  readonly onList: (window: HeadWindow) => void
}

export function AllSessions({ filters, onFilters, pinned, onList }: AllProps) {
  const list = useList(filters)
  const { window, error, reading } = list
  const sessions = window ? shown(window) : []
  useTop(list)
  useEffect(() => {
    if (window) onList(window)
  }, [window, onList])
  const filtered = Object.keys(filters).length > 0
  return (
    <Band
      id="all"
      title={t('allSessions')}
      number={window?.total}
      beside={<Chips filters={filters} sessions={sessions} onChange={onFilters} />}
    >
      {window && window.newer.length > 0 && (
        <div className="sticky top-14 z-[5] flex h-0 justify-center">
          <Button
            look="first"
            className="h-7 shadow-lift"
            onClick={() => {
              list.top()
              document.getElementById('all')?.scrollIntoView({ block: 'center' })
            }}
          >
            {t('newer', { n: window.newer.length })}
          </Button>
        </div>
      )}
      {error !== null && (
        <p role="alert" className="mb-2 text-fail">
          {errorText(error)} <Button onClick={list.retry}>{t('tryAgain')}</Button>
        </p>
      )}
      {window && window.above.length > 0 && <Edge held={window} onSeen={list.up} label={t('newerPages')} />}
      {sessions.length > 0 && (
        <Rows label={t('allSessions')}>
          {sessions.map((session) => (
            <Row key={session.session_id} session={session} pinned={pinned.has(session.session_id)} calm />
          ))}
        </Rows>
      )}
      {window && sessions.length === 0 && filtered && <NoMatch filters={filters} />}
      {window && below(window) !== null && (
        <Edge held={window} onSeen={list.down} label={reading ? t('reading') : t('more')} />
      )}
      {window && below(window) === null && sessions.length > 20 && (
        <p className="py-2 text-center text-small text-soft">{t('thatIsAll', { n: count(window.total) })}</p>
      )}
      {!window && !error && <p className="py-2 text-soft">{t('reading')}</p>}
    </Band>
  )
}

/** Says what was looked for: the filters themselves are above it. */
function NoMatch({ filters }: { filters: Filters }) {
  const words = Object.values(filters).join(' · ')
  return <p className="rounded-box border border-rule bg-sheet px-3 py-4 text-soft">{t('noneFits', { words })}</p>
}

interface EdgeProps {
  readonly held: HeadWindow
  readonly onSeen: () => void
  readonly label: string
}

/** The end of what is held: reached by scrolling or by keys, it brings the next page. */
function Edge({ held, onSeen, label }: EdgeProps) {
  const element = useRef<HTMLButtonElement>(null)
  const seen = useRef(onSeen)
  useEffect(() => {
    seen.current = onSeen
  })
  useEffect(() => {
    // Several changes may be told at once: the last one holds.
    const watch = new IntersectionObserver((told) => told.at(-1)?.isIntersecting && seen.current(), {
      rootMargin: '600px',
    })
    // Looked at anew whenever the list changes: an end that stays in sight is told only once.
    if (element.current && held.pages.length > 0) watch.observe(element.current)
    return () => watch.disconnect()
  }, [held])
  return (
    <Button ref={element} look="quiet" className="my-2 w-full" onClick={onSeen}>
      {label}
    </Button>
  )
}

/** At the top, with nobody pointing at the list, what is newer comes by itself: nothing is read there that could move. */
function useTop({ window: held, top }: List): void {
  const waiting = held !== null && held.newer.length > 0
  useEffect(() => {
    if (!waiting) return
    const settle = (): void => {
      const band = document.getElementById('all')?.closest('section')
      const away = (band?.getBoundingClientRect().top ?? 0) > 0
      if (away && !band?.matches(':hover') && !band?.contains(document.activeElement)) top()
    }
    settle()
  }, [waiting, top])
}
