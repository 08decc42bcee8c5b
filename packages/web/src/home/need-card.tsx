// One session that waits for a person: what exactly it asks, and the decision in place.

import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { SessionShape } from 'daybook/client'
import { t } from '../i18n/base.ts'
import { client } from '../live/client.ts'
import { Age } from '../parts/age.tsx'
import { Button } from '../parts/button.tsx'
import { errorText } from '../parts/errors.ts'
import { agentOf, titleOf } from '../parts/session-text.ts'
import { stateOf } from '../parts/status.ts'
import { looks, StatusBadge } from '../parts/status-badge.tsx'
import { type Asked, asked, Decide } from './decide.tsx'

/** A failure that nobody will answer to is put away. */
function Done({ session: { session_id: id } }: { session: SessionShape }) {
  const archive = useMutation({ mutationFn: () => client.session(id).archive() })
  return (
    <p className="mt-2">
      <Button disabled={archive.isPending} onClick={() => archive.mutate()}>
        {t('archive')}
      </Button>
      {archive.error && (
        <span role="alert" className="ms-3 text-fail">
          {errorText(archive.error)}
        </span>
      )}
    </p>
  )
}

export function Need({ session }: { session: SessionShape }) {
  const requests = useQuery(asked)
  const mine = requests.data?.filter(({ session_id }) => session_id === session.session_id) ?? []
  const { tone } = looks[stateOf(session, 0)]
  return (
    <li className={`need ${tone === 'text-fail' ? 'need-fail' : ''}`}>
      <div className="need-head">
        <Link
          to="/s/$address"
          params={{ address: session.session_id }}
          data-row
          dir="auto"
          className="min-w-0 font-semibold text-ink no-underline hover:underline"
        >
          {titleOf(session)}
        </Link>
        <span className="need-facts">
          <StatusBadge session={session} />
          <code className="figures">{session.tail}</code>
          {agentOf(session) && <span dir="auto">{agentOf(session)}</span>}
          {session.branch && <span dir="auto">{session.branch}</span>}
          {session.attention && <Age at={session.attention.since} className="need-age" />}
        </span>
      </div>
      {mine.length === 0 && session.attention && (
        <p dir="auto" className="mt-1">
          {session.attention.kind === 'failed' && <>{t('failedWith')} </>}
          {session.attention.summary}
        </p>
      )}
      {session.attention?.kind === 'failed' && <Done session={session} />}
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
