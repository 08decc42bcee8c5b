// What is told of a session that cannot be shown: whether it was deleted, and which others may have been meant.

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type DaybookError, isDaybookError } from 'daybook/client'
import { addressOf } from '../app/addresses.ts'
import { t as base } from '../i18n/base.ts'
import { client } from '../live/client.ts'
import { actorOf, titleOf } from '../parts/session-text.ts'
import { fullTime } from '../parts/time.ts'
import { t } from './words.ts'

/** When, and by whom; null where nobody knows any more. */
function deletedText({ deleted }: DaybookError): string | null {
  return deleted ? t('deletedBy', { time: fullTime(deleted.at), name: actorOf(deleted.by) }) : null
}

/** For who has it open: what was read before still stands there. */
export function DeletedLine({ id }: { readonly id: string }) {
  const { data } = useQuery({
    queryKey: ['deleted', id],
    queryFn: async ({ signal }) => {
      try {
        await client.session(id).get({ signal })
      } catch (error) {
        if (isDaybookError(error)) return deletedText(error) ?? ''
        throw error
      }
      return ''
    },
  })
  return (
    <p role="status" className="border-t border-rule bg-fail-well px-4 py-2 text-fail">
      {t('wasDeleted')} {data}
    </p>
  )
}

export function NotOpened({ id, error }: { readonly id: string; readonly error: DaybookError }) {
  const tail = id.slice(-4)
  const unknown = error.code === 'not_found'
  const { data } = useQuery({
    queryKey: ['tail', tail],
    queryFn: ({ signal }) => client.list({ tail, limit: 5 }, { signal }),
    enabled: unknown && /^[A-Za-z0-9._:-]{4}$/.test(tail),
  })
  const others = data?.sessions ?? []
  return (
    <div className="page flex flex-col gap-3">
      <h1 className="text-large font-semibold">
        {t(unknown ? 'notHere' : error.code === 'gone' ? 'wasDeleted' : 'noAccess')}
      </h1>
      <p className="text-soft">
        <code>{id}</code>
        {!unknown && ` · ${deletedText(error) ?? error.message}`}
      </p>
      {others.length > 0 && (
        <>
          <p>{t('othersEnd', { n: others.length, tail })}</p>
          <ul className="rows overflow-hidden rounded-box border border-rule bg-sheet">
            {others.map((session) => (
              <li key={session.session_id} className="flex items-baseline gap-3 px-3 py-2">
                <code className="text-small text-soft">{session.tail}</code>
                <Link
                  to="/s/$address"
                  params={{ address: addressOf(session.session_id) }}
                  className="font-medium text-ink no-underline hover:underline"
                  dir="auto"
                >
                  {titleOf(session)}
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
      <p>
        <Link to="/" className="button target">
          {base('toHome')}
        </Link>
      </p>
    </div>
  )
}
