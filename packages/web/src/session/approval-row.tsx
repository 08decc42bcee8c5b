// An approval where it was asked for: exactly what is to be allowed, its digest, until when, and two steps to say so.

import { memo, type RefObject, useRef, useState } from 'react'
import { askedText, exactText } from '../home/exactly.tsx'
import { client } from '../live/client.ts'
import { actorOf } from '../parts/session-text.ts'
import { clockTime, fullTime } from '../parts/time.ts'
import { useDeciding, useRun } from './deciding.ts'
import { EntryNumber, Moment } from './entry-row.tsx'
import { FoldedText } from './folded-text.tsx'
import type { ApprovalItem } from './model/items.ts'
import { usePlace } from './place.ts'
import { t } from './words.ts'

type Decision = 'approved' | 'denied'

/** Total: what an approval is, in a word and a look. */
const looks = {
  open: { word: 'approvalOpen', look: 'need' },
  approved: { word: 'approvalApproved', look: 'done' },
  denied: { word: 'approvalDenied', look: 'fail' },
  expired: { word: 'approvalExpired', look: 'wait' },
} as const

export const ApprovalRow = memo(function ApprovalRow({ item }: { readonly item: ApprovalItem }) {
  const { moment } = usePlace()
  const run = useRun(item.run, item.state === 'open' && moment === null)
  const known = run?.approvals.find((each) => each.approval_id === item.id)
  const state = item.state === 'open' ? (known?.status ?? 'open') : item.state
  const by = item.decided?.by ?? known?.by
  const comment = item.decided?.comment ?? known?.comment
  const { word, look } = looks[state]
  const input = item.input === undefined ? '' : exactText(item.input)
  // What was over before it was decided waits for nobody.
  const over = run !== undefined && ['done', 'failed', 'cancelled'].includes(run.status)
  const mayDecide = state === 'open' && moment === null && known !== undefined && !over
  return (
    <div className="grid-row">
      <EntryNumber seq={item.seq} />
      <section
        className={`reading asking asking-${over && state === 'open' ? 'wait' : look}`}
        data-asks={mayDecide ? 'approval' : undefined}
      >
        <div className="flex flex-wrap items-baseline gap-x-2 text-small">
          <b className="font-semibold">{t(over && state === 'open' ? 'approvalOver' : word)}</b>
          {by !== undefined && <span>{actorOf(by)}</span>}
          <Moment at={item.decided?.at ?? item.at} />
        </div>
        <p className="font-semibold" dir="auto">
          {askedText(item.summary, item.input)}
        </p>
        {input !== '' && <FoldedText text={input} title={item.summary} most={24} />}
        <dl className="facts">
          <dt>{t('digest')}</dt>
          <dd>
            <code>{item.digest}</code>
          </dd>
          {item.until !== undefined && (
            <>
              <dt>{t('until')}</dt>
              <dd title={fullTime(item.until)}>{clockTime(item.until)}</dd>
            </>
          )}
          <dt>{t('deciders')}</dt>
          <dd>{item.deciders.length === 0 ? t('theOwner') : item.deciders.map(actorOf).join(', ')}</dd>
        </dl>
        {comment && <p dir="auto">“{comment}”</p>}
        {mayDecide && <Deciding item={item} />}
      </section>
    </div>
  )
})

function Deciding({ item }: { readonly item: ApprovalItem }) {
  const [step, setStep] = useState<Decision | null>(null)
  const [comment, setComment] = useState('')
  const first = useRef<HTMLButtonElement>(null)
  const decide = useDeciding(item.run, () =>
    client.runs.decide(item.run ?? '', item.id, {
      decision: step ?? 'denied',
      digest: item.digest,
      ...(comment === '' ? {} : { comment }),
    }),
  )
  const back = (): void => {
    setStep(null)
    requestAnimationFrame(() => first.current?.focus())
  }
  if (step !== null) {
    return (
      <form
        className="flex flex-wrap items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          if (!decide.isPending) decide.mutate()
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.stopPropagation()
          back()
        }}
      >
        {step === 'denied' && <Reason value={comment} onChange={setComment} />}
        <Confirm step={step} busy={decide.isPending} />
        <button type="button" className="button target" onClick={back}>
          {t('goBack')}
        </button>
      </form>
    )
  }
  return (
    <div className="flex flex-wrap gap-2">
      <Choices first={first} onChoose={setStep} />
    </div>
  )
}

function Choices({
  first,
  onChoose,
}: {
  first: RefObject<HTMLButtonElement | null>
  onChoose: (step: Decision) => void
}) {
  return (
    <>
      <button
        ref={first}
        type="button"
        className="button button-solid target"
        data-key="y"
        onClick={() => onChoose('approved')}
      >
        {t('approve')} <kbd>y</kbd>
      </button>
      <button type="button" className="button button-harm target" data-key="d" onClick={() => onChoose('denied')}>
        {t('deny')} <kbd>d</kbd>
      </button>
    </>
  )
}

function Reason({ value, onChange }: { readonly value: string; readonly onChange: (text: string) => void }) {
  return (
    <label className="flex min-w-48 flex-1 flex-col text-small">
      {t('reason')}
      <input
        // biome-ignore lint/a11y/noAutofocus: whoever denies was asked for the reason by their own key press
        autoFocus
        className="input"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  )
}

function Confirm({ step, busy }: { readonly step: Decision; readonly busy: boolean }) {
  return (
    <button
      type="submit"
      className="button button-solid target"
      // It keeps the focus: whoever is refused may try once more.
      aria-disabled={busy}
      // biome-ignore lint/a11y/noAutofocus: the second of two steps that one key press began
      autoFocus={step === 'approved'}
    >
      {t(step === 'approved' ? 'approveNow' : 'denyNow')} <kbd>Enter</kbd>
    </button>
  )
}
