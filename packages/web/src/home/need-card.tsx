// One session that waits for a person: what exactly it asks, and the decision in place.

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { SessionShape } from 'daybook/client'
import { t } from '../i18n/base.ts'
import { Age } from '../parts/age.tsx'
import { errorText } from '../parts/errors.ts'
import { agentOf, titleOf } from '../parts/session-text.ts'
import { stateOf } from '../parts/status.ts'
import { looks, StatusBadge } from '../parts/status-badge.tsx'
import { type Asked, asked, Decide } from './decide.tsx'

export function Need({ session }: { session: SessionShape }) {
  const requests = useQuery(asked)
  const mine = requests.data?.filter(({ session_id }) => session_id === session.session_id) ?? []
  const { tone } = looks[stateOf(session, 0)]
  return (
    <li className={`border-s-4 ${tone === 'text-fail' ? 'border-s-fail' : 'border-s-need'} px-3 py-2`}>
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
        <code className="figures text-small text-soft">{session.tail}</code>
        <Link
          to="/s/$address"
          params={{ address: session.session_id }}
          data-row
          dir="auto"
          className="min-w-0 font-medium text-ink no-underline hover:underline"
        >
          {titleOf(session)}
        </Link>
        <span className="text-small text-soft" dir="auto">
          {agentOf(session)}
        </span>
        <span className="ms-auto inline-flex items-center gap-3">
          <StatusBadge session={session} />
          {session.attention && <Age at={session.attention.since} className="text-small text-soft" />}
        </span>
      </div>
      {mine.length === 0 && session.attention && (
        <p dir="auto" className="mt-1">
          {session.attention.kind === 'failed' && <>{t('failedWith')} </>}
          {session.attention.summary}
        </p>
      )}
      {requests.error && (
        <p role="alert" className="mt-1 text-fail">
          {errorText(requests.error)}
        </p>
      )}
      {mine.map((request: Asked) => (
        <Decide key={request.id ?? request.step_id ?? request.kind} request={request} />
      ))}
    </li>
  )
}
