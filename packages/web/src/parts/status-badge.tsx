// The look of every state: a shape, a colour and a word, never one of them alone.

import type { SessionShape } from 'daybook/client'
import {
  Archive,
  Circle,
  CircleAlert,
  CircleDot,
  CircleX,
  Clock3,
  ListOrdered,
  type LucideIcon,
  Moon,
  OctagonAlert,
  Trash2,
} from 'lucide-react'
import { t } from '../i18n/base.ts'
import { type State, stateOf } from './status.ts'
import { clockTime, duration } from './time.ts'
import { useNow } from './use-now.ts'
import { useSource } from './use-source.ts'
import { useUntil } from './use-until.ts'

interface Look {
  readonly icon: LucideIcon
  readonly tone: string
}

export const looks: Readonly<Record<State, Look>> = {
  needs: { icon: CircleAlert, tone: 'text-need' },
  stuck: { icon: OctagonAlert, tone: 'text-fail' },
  failed: { icon: CircleX, tone: 'text-fail' },
  running: { icon: CircleDot, tone: 'text-run' },
  quiet: { icon: Moon, tone: 'text-run' },
  queued: { icon: ListOrdered, tone: 'text-wait' },
  waiting: { icon: Clock3, tone: 'text-wait' },
  idle: { icon: Circle, tone: 'text-soft' },
  archived: { icon: Archive, tone: 'text-soft' },
  trashed: { icon: Trash2, tone: 'text-soft' },
  deleted: { icon: Trash2, tone: 'text-soft' },
}

/** The word of a state, with what it is about where that is known. */
export function stateText(session: SessionShape, now: number): string {
  const state = stateOf(session, now)
  if (state === 'needs') return t(session.attention?.kind === 'question' ? 'needsAnswer' : 'needsApproval')
  if (state === 'quiet') return t('quietFor', { time: duration(now - Date.parse(session.updated_at)) })
  return t(`state_${state}`)
}

interface BadgeProps {
  readonly session: SessionShape
  readonly className?: string
  /** As it was at its last change: nothing of now is said. */
  readonly past?: boolean
}

export function StatusBadge({ session, className = '', past = false }: BadgeProps) {
  const clock = useNow()
  const now = past ? Date.parse(session.updated_at) : clock
  const state = stateOf(session, now)
  const { icon: Icon, tone } = looks[state]
  return (
    <span
      className={`inline-flex items-baseline gap-1 whitespace-nowrap [&>svg]:self-center text-small ${tone} ${className}`}
    >
      <Icon aria-hidden size={14} strokeWidth={2.25} />
      {state === 'waiting' && !past ? (
        <Waiting session={session} now={now} />
      ) : state === 'quiet' ? (
        <Quiet session={session} now={now} />
      ) : (
        stateText(session, now)
      )}
    </span>
  )
}

interface StateProps {
  readonly session: SessionShape
  readonly now: number
}

/** Silence of a program is no proof of anything: by what it counts as work is said with it. */
function Quiet({ session, now }: StateProps) {
  const source = useSource(session)
  const text = stateText(session, now)
  return source === null ? text : `${text}, ${t(`source_${source}`)}`
}

function Waiting({ session, now }: StateProps) {
  const until = useUntil(session)
  return until === null ? t('state_waiting') : t('waitingUntil', { time: clockTime(until, now) })
}
