// Home: who needs me, what runs, what happened since I looked, and all sessions.

import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'
import { t } from '../i18n/base.ts'
import { client } from '../live/client.ts'
import { Button } from '../parts/button.tsx'
import { errorText } from '../parts/errors.ts'
import { useKey } from '../parts/keys.ts'
import { useTitle } from '../parts/title.ts'
import { AllSessions } from './all-sessions.tsx'
import { Band, Rows } from './band.tsx'
import { filtersOf } from './filters.tsx'
import { First } from './first.tsx'
import { Found, useLeft } from './found.tsx'
import { Need } from './need-card.tsx'
import { type Overview, pin, readAgain, useOverview } from './overview.ts'
import { Row } from './row.tsx'
import { Since } from './since.tsx'
import { useLooked } from './use-looked.ts'
import { useRowKeys } from './use-row-keys.ts'
import { type HeadWindow, shown } from './window.ts'

const route = getRouteApi('/')

export function HomeScreen() {
  useTitle('')
  const overview = useOverview()
  const { bands } = overview
  const navigate = useNavigate()
  const search = route.useSearch()
  const filters = useMemo(() => filtersOf(search), [search])
  const [window, setWindow] = useState<HeadWindow | null>(null)
  const { since, seen } = useLooked()
  const pinned = useMemo(() => new Set(bands.pinned.map(({ session_id }) => session_id)), [bands.pinned])
  const left = useLeft()
  useRowKeys()
  usePinKey(overview, window)
  const onFilters = useCallback(
    (next: typeof filters) => void navigate({ to: '/', search: next, replace: true, resetScroll: false }),
    [navigate],
  )
  const filtered = Object.keys(filters).length > 0
  const empty = window !== null && window.total === 0 && window.newer.length === 0 && !filtered
  const above = new Set([...bands.needs, ...bands.running].map(({ session_id }) => session_id))
  const changed = window ? shown(window).filter(({ session_id }) => !above.has(session_id)) : []
  return (
    <div className="page">
      <h1 className="aside-only">{t('home')}</h1>
      {overview.error !== null && (
        <p role="alert" className="mb-4 text-fail">
          {errorText(overview.error)} <Button onClick={readAgain}>{t('tryAgain')}</Button>
        </p>
      )}
      {!empty && <Needs overview={overview} />}
      {bands.running.length > 0 && (
        <Band id="running" title={t('running')} number={bands.running.length} tone="text-run">
          <Rows label={t('running')}>
            {bands.running.map((session) => (
              <Row key={session.session_id} session={session} />
            ))}
          </Rows>
        </Band>
      )}
      {bands.pinned.length > 0 && (
        <Band id="pinned" title={t('pinned')} number={bands.pinned.length}>
          <Rows label={t('pinned')}>
            {bands.pinned.map((session) => (
              <Row key={session.session_id} session={session} calm />
            ))}
          </Rows>
        </Band>
      )}
      {!filtered && left.shown && <Found left={left} />}
      {!filtered && since !== null && <Since sessions={changed} since={since} onSeen={seen} />}
      {empty && <First found={left.shown} />}
      <div hidden={empty}>
        <AllSessions filters={filters} onFilters={onFilters} pinned={pinned} onList={setWindow} />
      </div>
    </div>
  )
}

function Needs({ overview: { bands, read } }: { overview: Overview }) {
  if (!read) return null
  if (bands.needs.length === 0) return <p className="mb-6 text-title text-soft">{t('nothingNeedsYou')}</p>
  return (
    <Band id="needs" title={t('needsYou')} number={bands.needs.length} tone="text-need">
      <ul aria-label={t('needsYou')} className="rows overflow-hidden rounded-box border border-rule bg-sheet">
        {bands.needs.map((session) => (
          <Need key={session.session_id} session={session} />
        ))}
      </ul>
    </Band>
  )
}

/** Pins or unpins the session that has the focus, at once. */
function usePinKey({ bands }: Overview, window: HeadWindow | null): void {
  useKey('pin', () => {
    const id = document.activeElement?.closest('[data-session]')?.getAttribute('data-session')
    const known = [...bands.pinned, ...bands.running, ...bands.needs, ...(window ? shown(window) : [])]
    const session = known.find(({ session_id }) => session_id === id)
    if (!session) return false
    const pinned = !bands.pinned.some(({ session_id }) => session_id === id)
    void pin(session, pinned, () => client.session(session.session_id).changeMarks(() => ({ pinned }))).catch(readAgain)
    return true
  })
}
