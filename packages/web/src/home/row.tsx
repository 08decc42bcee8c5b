// One session as one line: what it is called, what was said last, who works where, how long ago, what it has cost.

import { Link } from '@tanstack/react-router'
import type { SessionShape } from 'daybook/client'
import { GitBranch, Pin } from 'lucide-react'
import { memo, type ReactNode } from 'react'
import { addressOf } from '../app/addresses.ts'
import { t } from '../i18n/base.ts'
import { Age } from '../parts/age.tsx'
import { agentOf, lastOf, titleOf } from '../parts/session-text.ts'
import { StatusBadge } from '../parts/status-badge.tsx'
import { money } from '../parts/time.ts'

interface RowProps {
  readonly session: SessionShape
  /** In place of the last line. */
  readonly line?: ReactNode
  readonly seq?: number | undefined
  readonly pinned?: boolean
  /** Idle is the rule in a list of all: it is not said there. */
  readonly calm?: boolean
}

export const Row = memo(function Row({ session, line, seq, pinned = false, calm = false }: RowProps) {
  const last = line ?? lastOf(session)
  const agent = agentOf(session)
  return (
    <li data-session={session.session_id} className="row relative">
      <code className="figures text-small text-soft">{session.tail}</code>
      <span className="min-w-0">
        <Link
          to="/s/$address"
          params={{ address: addressOf(session.session_id, seq) }}
          data-row
          dir="auto"
          className="font-medium text-ink no-underline after:absolute after:inset-0 hover:underline focus-visible:outline-none"
        >
          {pinned && <Pin aria-label={t('pinned')} size={13} className="me-1 inline text-link" />}
          {titleOf(session)}
        </Link>
        {last && (
          <span dir="auto" className="row-last text-soft">
            {last}
          </span>
        )}
      </span>
      <span className="row-facts text-small text-soft">
        <span className="row-status">
          {(!calm || session.status !== 'idle' || session.attention) && <StatusBadge session={session} />}
        </span>
        <span dir="auto" className="row-agent">
          {agent}
        </span>
        <span className="row-branch">
          {session.branch && (
            <>
              <GitBranch aria-label={t('branch')} size={12} className="shrink-0" />
              <span className="truncate">{session.branch}</span>
            </>
          )}
        </span>
        <span className="row-cost figures">{money(session.cost)}</span>
        <Age at={session.last_activity} className="row-age" />
      </span>
    </li>
  )
})
