// What happened since the reader looked: sessions that changed, each with what came of it in one line.

import { useQueries } from '@tanstack/react-query'
import type { EntryShape, SessionShape } from 'daybook/client'
import { t } from '../i18n/base.ts'
import { client } from '../live/client.ts'
import { Button } from '../parts/button.tsx'
import { clockTime, money } from '../parts/time.ts'
import { useNow } from '../parts/use-now.ts'
import { Band, Rows } from './band.tsx'
import { newsIn } from './news.ts'
import { Row } from './row.tsx'

/** Rows of the band; the list below has the rest. */
const room = 8
/** Newest entries of a session that are read for its line. */
const most = 200

interface News {
  readonly seen: boolean
  readonly first: number | undefined
  readonly line: string
}

async function newsOf(session: SessionShape, since: number, signal: AbortSignal): Promise<News> {
  const remote = client.session(session.session_id)
  const { seen } = await remote.marks({ signal })
  if (seen !== null && seen >= session.seq) return { seen: true, first: undefined, line: '' }
  const { entries } = await remote.entries({ after: seen ?? 0, order: 'desc', limit: most }, { signal })
  const fresh = seen === null ? entries.filter(({ at }) => Date.parse(at) >= since) : entries
  return { seen: false, first: fresh.length < most ? fresh.at(-1)?.seq : undefined, line: lineOf(fresh) }
}

function lineOf(entries: readonly EntryShape[]): string {
  const { turns, files, failed, cost } = newsIn(entries)
  return [
    turns > 0 ? t('turns', { n: turns }) : '',
    files > 0 ? t('files', { n: files }) : '',
    failed ? t('state_failed') : '',
    money(cost),
  ]
    .filter((part) => part !== '')
    .join(', ')
}

interface SinceProps {
  readonly sessions: readonly SessionShape[]
  /** Milliseconds since 1970. */
  readonly since: number
  readonly onSeen: () => void
}

export function Since({ sessions, since, onSeen }: SinceProps) {
  const now = useNow()
  const changed = sessions.filter((one) => Date.parse(one.last_activity) >= since).slice(0, room)
  const found = useQueries({
    queries: changed.map((session) => ({
      queryKey: ['news', session.session_id, session.seq, since],
      queryFn: ({ signal }: { signal: AbortSignal }) => newsOf(session, since, signal),
    })),
  })
  const rows = changed.flatMap((session, at) => {
    const news = found[at]?.data
    return news?.seen ? [] : [{ session, news }]
  })
  if (rows.length === 0) return null
  return (
    <Band
      id="since"
      title={t('sinceYouLooked')}
      beside={
        <>
          <span className="text-soft">{clockTime(since, now)}</span>
          <Button look="quiet" className="ms-auto" onClick={onSeen}>
            {t('allSeen')}
          </Button>
        </>
      }
    >
      <Rows label={t('sinceYouLooked')}>
        {rows.map(({ session, news }) => (
          <Row key={session.session_id} session={session} line={news?.line || undefined} seq={news?.first} calm />
        ))}
      </Rows>
    </Band>
  )
}
