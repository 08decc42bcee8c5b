// Lines that most readers pass over, and ruled lines that divide a log.

import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import { addressOf } from '../app/addresses.ts'
import { tailOf } from '../parts/session-text.ts'
import { clockTime, dollars, lasting } from '../parts/time.ts'
import { EntryLine, EntryNumber, Moment } from './entry-row.tsx'
import type { ProcessItem, QuietItem, RuleItem, RunItem } from './model/items.ts'
import { usePlace } from './place.ts'
import { t } from './words.ts'

const rules = {
  opened: 'ruleOpened',
  fork: 'ruleFork',
  handoff: 'ruleHandoff',
  rewound: 'ruleRewound',
  archived: 'ruleArchived',
  reopened: 'ruleReopened',
  trashed: 'ruleTrashed',
  restored: 'ruleRestored',
  deleted: 'ruleDeleted',
} as const

export const RuleRow = memo(function RuleRow({ item }: { readonly item: RuleItem }) {
  return (
    <div className="grid-row">
      <EntryNumber seq={item.seq} />
      <div className="reading rule-line">
        <span>
          {t(rules[item.what])} {item.link ? <RuleLink link={item.link} /> : <bdi>{item.text}</bdi>}
        </span>
        {item.detail !== '' && <bdi className="text-soft">{item.detail}</bdi>}
        <Moment at={item.at} />
      </div>
    </div>
  )
})

function RuleLink({ link }: { readonly link: { readonly session: string; readonly seq: number } }) {
  const address = addressOf(link.session, link.seq)
  return (
    <Link to="/s/$address" params={{ address }} title={address}>
      {addressOf(tailOf(link.session), link.seq)}
    </Link>
  )
}

/** What a run waits for; a moment says itself. */
const waits: Readonly<Record<string, 'waitApproval' | 'waitQuestion' | 'waitChild' | 'waitOperator' | 'waitBudget'>> = {
  approval: 'waitApproval',
  question: 'waitQuestion',
  child: 'waitChild',
  operator: 'waitOperator',
  budget_paused: 'waitBudget',
}

const runWords = {
  queued: 'runQueued',
  started: 'runStarted',
  waiting: 'runWaiting',
  done: 'runDone',
  failed: 'runFailed',
  cancelled: 'runCancelled',
  steered: 'runSteered',
  changed: 'runChanged',
} as const

/** What for, and until when where that is known. */
function waitText({ reason, until }: RunItem): string | undefined {
  const what = reason === undefined ? undefined : waits[reason]
  const parts = [what && t(what), until && t('untilTime', { time: clockTime(until) })].filter(Boolean)
  return parts.length === 0 ? undefined : parts.join(' · ')
}

export const RunLine = memo(function RunLine({ item }: { readonly item: RunItem }) {
  const bad = item.state === 'failed'
  const figures = [
    item.state === 'waiting' ? waitText(item) : item.reason,
    item.duration === undefined ? undefined : lasting(item.duration),
    item.cost === undefined ? undefined : dollars(item.cost),
  ].filter((part) => part !== undefined)
  return (
    <EntryLine seq={item.seq} at={item.at}>
      <b className={bad ? 'font-semibold text-fail' : 'font-semibold'}>{t(runWords[item.state])}</b>
      {figures.length > 0 && <span className="figures">{figures.join(' · ')}</span>}
      {item.text !== '' && (
        <span dir="auto" className={bad ? 'whitespace-pre-wrap text-ink' : 'line-clamp-2'}>
          {item.text.slice(0, 2000)}
        </span>
      )}
    </EntryLine>
  )
})

const processWords = {
  starting: 'processStarting',
  ready: 'processReady',
  busy: 'processBusy',
  idle: 'processIdle',
  exited: 'processExited',
  lost: 'processLost',
  told: 'processTold',
  interrupted: 'processInterrupted',
} as const

export const ProcessLine = memo(function ProcessLine({ item }: { readonly item: ProcessItem }) {
  const { session } = usePlace()
  return (
    <EntryLine seq={item.seq} at={item.at}>
      <span>{t(processWords[item.state])}</span>
      {item.text !== '' && <span dir="auto">{item.text}</span>}
      {item.state === 'starting' && (
        <Link to="/s/$address/p/$process" params={{ address: addressOf(session), process: item.process }}>
          {t('openScreen')}
        </Link>
      )}
    </EntryLine>
  )
})

export const QuietLine = memo(function QuietLine({ item }: { readonly item: QuietItem }) {
  return (
    <EntryLine seq={item.seq} at={item.at}>
      {item.kind === 'transcript.adopted' ? <span>{t('adoptedFrom')}</span> : <code>{item.kind}</code>}
      <span dir="auto">{item.text}</span>
    </EntryLine>
  )
})
