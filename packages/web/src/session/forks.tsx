// Where a session came from, and what was forked from it: each a press away, and to be compared.

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { SessionShape } from 'daybook/client'
import { GitCompareArrows } from 'lucide-react'
import { addressOf } from '../app/addresses.ts'
import { client } from '../live/client.ts'
import { useFeed } from '../live/live.ts'
import { tailOf, titleOf } from '../parts/session-text.ts'
import { Part } from './rail-part.tsx'
import { t } from './words.ts'

const most = 50

/** Direct forks of a session, newest activity first. */
export function useForks(session: string | null) {
  const query = useQuery({
    queryKey: ['forks', session],
    queryFn: async ({ signal }) => (await client.list({ parent: session ?? '', limit: most }, { signal })).sessions,
    enabled: session !== null,
  })
  useFeed(({ entry, session: head }) => {
    if (entry.kind === 'session.opened' && head?.parent?.session_id === session) void query.refetch()
  })
  return query.data ?? []
}

export function Forks({ head }: { readonly head: SessionShape }) {
  const { session_id: id, parent } = head
  const forks = useForks(id)
  return (
    <>
      {parent && (
        <Part title={t('cameFrom')}>
          <ForkLine
            id={parent.session_id}
            seq={parent.seq}
            beside={id}
            text={addressOf(tailOf(parent.session_id), parent.seq)}
          />
        </Part>
      )}
      {forks.length > 0 && (
        <Part title={t('forksOfThis', { n: forks.length })}>
          <ul>
            {forks.map((fork) => (
              <li key={fork.session_id}>
                <ForkLine
                  id={fork.session_id}
                  seq={null}
                  beside={id}
                  text={titleOf(fork)}
                  tail={fork.tail}
                  at={fork.parent?.seq}
                />
              </li>
            ))}
          </ul>
        </Part>
      )}
    </>
  )
}

interface LineProps {
  readonly id: string
  /** Where it is opened; null: where its reader was. */
  readonly seq: number | null
  /** What it may be compared with. */
  readonly beside: string
  readonly text: string
  readonly tail?: string
  /** The last entry that both have. */
  readonly at?: number | undefined
}

function ForkLine({ id, seq, beside, text, tail, at }: LineProps) {
  return (
    <span className="rail-line rail-fork">
      {tail !== undefined && <code className="text-soft">{tail}</code>}
      <Link
        to="/s/$address"
        params={{ address: addressOf(id, seq) }}
        className="min-w-0 flex-1 truncate text-ink no-underline hover:underline"
        dir="auto"
      >
        {text}
      </Link>
      {at !== undefined && <span className="figures text-soft">{t('fromEntry', { seq: at })}</span>}
      <Link
        to="/s/$address"
        params={{ address: `${beside}..${id}` }}
        className="icon-button icon-small target"
        aria-label={t('compareWith', { name: text })}
        title={t('compareBoth')}
      >
        <GitCompareArrows size={14} aria-hidden="true" />
      </Link>
    </span>
  )
}
