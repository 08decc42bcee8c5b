// One session: its timeline, who waits in it, what happens next, and where to say something.

import { getRouteApi } from '@tanstack/react-router'
import { isDaybookError } from 'daybook/client'
import { lazy, Suspense, useMemo } from 'react'
import { parseAddress } from '../app/addresses.ts'
import { partOf, type ShownPart } from './model/shown.ts'
import { openSession } from './opened.ts'
import { OpenedSession } from './opened-session.tsx'
import { PlaceContext } from './place.ts'
import { useHead } from './use-session.ts'
import { loaded, t } from './words.ts'
import './session.css'

await loaded

const route = getRouteApi('/s/$address')
const NotOpened = lazy(async () => ({ default: (await import('./not-opened.tsx')).NotOpened }))
const CompareScreen = lazy(async () => ({ default: (await import('../compare/compare-screen.tsx')).CompareScreen }))

export function SessionScreen() {
  const address = parseAddress(route.useParams().address)
  const { until, view } = route.useSearch() as { until?: string; view?: string }
  if (address.type === 'compare') {
    return (
      <Suspense>
        <CompareScreen a={address.a} b={address.b} />
      </Suspense>
    )
  }
  const moment = until !== undefined && /^[1-9]\d{0,15}$/.test(until) ? Number(until) : null
  return <OneSession key={address.id} id={address.id} seq={address.seq} moment={moment} part={partOf(view)} />
}

interface OneProps {
  readonly id: string
  readonly seq: number | null
  readonly moment: number | null
  readonly part: ShownPart | null
}

function OneSession({ id, seq, moment, part }: OneProps) {
  const { data: head, error } = useHead(id)
  const opened = useMemo(() => openSession(id, moment), [id, moment])
  const place = useMemo(() => ({ session: id, moment }), [id, moment])
  if (error && !head) {
    if (!isDaybookError(error)) throw error
    return (
      <Suspense>
        <NotOpened id={id} error={error} />
      </Suspense>
    )
  }
  if (!head) return <p className="p-4 text-soft">{t('reading')}</p>
  return (
    <PlaceContext value={place}>
      <OpenedSession key={moment ?? 'now'} head={head} opened={opened} seq={seq} moment={moment} part={part} />
    </PlaceContext>
  )
}
