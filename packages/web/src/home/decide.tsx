// An approval, a question or an unknown outcome: shown exactly, decided in place, and whoever comes second is told who was first.

import { queryOptions, useMutation } from '@tanstack/react-query'
import { isDaybookError, type RemoteRuns, type RunStateShape } from 'daybook/client'
import { type FormEvent, type KeyboardEvent, useRef, useState } from 'react'
import { queries } from '../app/queries.ts'
import { t } from '../i18n/base.ts'
import { client } from '../live/client.ts'
import { announce } from '../parts/announce.tsx'
import { Button } from '../parts/button.tsx'
import { errorText } from '../parts/errors.ts'
import { isKey, keyOf } from '../parts/keys.ts'
import { clockTime } from '../parts/time.ts'
import { useNow } from '../parts/use-now.ts'
import { askedText, Exactly } from './exactly.tsx'

export type Asked = Awaited<ReturnType<RemoteRuns['approvals']>>['items'][number]

/** Everything that is asked now; the feed says when it is to be read again. */
export const asked = queryOptions({
  queryKey: ['approvals'],
  queryFn: async ({ signal }) => (await client.runs.approvals({ limit: 100 }, { signal })).items,
})

type Choice = 'approved' | 'denied' | 'answer' | 'retry' | 'done' | 'fail' | 'stop'

function send({ run_id: run, ...request }: Asked, choice: Choice, text: string): Promise<RunStateShape> {
  if (run === null) throw new Error('a request without a run has no answer')
  const comment = text === '' ? {} : { comment: text }
  const { id = '', digest = '', step_id = '' } = request
  if (choice === 'stop') return client.runs.cancel(run)
  if (choice === 'answer') return client.runs.answer(run, id, text)
  if (choice === 'approved' || choice === 'denied')
    return client.runs.decide(run, id, { decision: choice, digest, ...comment })
  return client.runs.resolve(run, { step_id, resolution: choice, reason: text || t('noReason') })
}

/** Somebody else was first. */
function isLate(error: unknown): boolean {
  return isDaybookError(error) && error.code === 'invalid_state'
}

/** Of a request that somebody else decided a moment earlier: who, and what. */
async function whoWas({ run_id: run, id }: Asked): Promise<string> {
  const state = run === null ? null : await client.runs.get(run)
  const approval = state?.approvals.find(({ approval_id }) => approval_id === id)
  if (!approval?.by) return t('decidedElsewhere')
  return t(approval.status === 'approved' ? 'approvedBy' : 'deniedBy', { name: approval.by })
}

export function Decide({ request }: { request: Asked }) {
  const [choice, setChoice] = useState<Choice | null>(null)
  const card = useRef<HTMLElement>(null)
  const decision = useMutation({
    mutationFn: ({ choice, text }: { choice: Choice; text: string }) => send(request, choice, text),
    onError: async (error) => {
      if (isLate(error)) announce(await whoWas(request), 'urgent')
    },
    onSettled: () => queries.invalidateQueries({ queryKey: asked.queryKey }),
  })
  const decide = (text: string): void => {
    if (choice) decision.mutate({ choice, text })
    setChoice(null)
    card.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.target !== card.current || request.kind !== 'approval') return
    if (isKey(event.nativeEvent, 'approve')) setChoice('approved')
    else if (isKey(event.nativeEvent, 'deny')) setChoice('denied')
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    // Two steps on purpose: the first key chooses, the second one decides.
    <section
      ref={card}
      aria-label={request.summary}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the card itself takes the keys of a decision
      tabIndex={0}
      onKeyDown={onKeyDown}
      data-request
      className="mt-1.5"
    >
      <p dir="auto" className="mb-1">
        {askedText(request.summary, request.input)}
      </p>
      {request.input !== undefined && <Exactly value={request.input} label={t('exactly')} />}
      {choice === null ? (
        <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1.5">
          <Choices request={request} busy={decision.isPending} onChoose={setChoice} />
          <Facts request={request} />
        </div>
      ) : (
        <Confirm choice={choice} onCancel={() => setChoice(null)} onDecide={decide} />
      )}
      {decision.error && (
        <p role="alert" className="mt-1 text-fail">
          {isLate(decision.error) ? t('error_late') : errorText(decision.error)}
        </p>
      )}
    </section>
  )
}

function Facts({ request }: { request: Asked }) {
  const now = useNow()
  return (
    <p className="flex flex-wrap gap-x-3 text-small text-soft">
      {request.digest && (
        <span>
          {t('digest')} <code title={request.digest}>{request.digest.slice(0, 12)}…</code>
        </span>
      )}
      {request.until && <span>{t('until', { time: clockTime(request.until, now) })}</span>}
      {request.deciders && request.deciders.length > 0 && (
        <span>{t('deciders', { names: request.deciders.join(', ') })}</span>
      )}
    </p>
  )
}

function Choices({ request, busy, onChoose }: { request: Asked; busy: boolean; onChoose: (choice: Choice) => void }) {
  const offered: readonly Choice[] = {
    approval: ['approved', 'denied'],
    question: ['answer'],
    blocked: ['retry', 'done', 'fail'],
    budget: ['stop'],
  }[request.kind] as readonly Choice[]
  return (
    <div className="flex flex-wrap gap-2">
      {offered.map((choice, at) => (
        <Button
          key={choice}
          disabled={busy}
          look={at === 0 && choice !== 'stop' ? 'first' : choice === 'denied' || choice === 'fail' ? 'harm' : 'plain'}
          onClick={() => onChoose(choice)}
          aria-keyshortcuts={choice === 'approved' ? keyOf('approve') : choice === 'denied' ? keyOf('deny') : undefined}
        >
          {t(`choose_${choice}`)}
        </Button>
      ))}
    </div>
  )
}

interface ConfirmProps {
  readonly choice: Choice
  readonly onCancel: () => void
  readonly onDecide: (text: string) => void
}

function Confirm({ choice, onCancel, onDecide }: ConfirmProps) {
  const [text, setText] = useState('')
  const asks = choice !== 'approved' && choice !== 'stop'
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (choice !== 'answer' || text !== '') onDecide(text)
  }
  return (
    <form
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onCancel()
      }}
      className="mt-2 flex flex-wrap items-center gap-2"
    >
      {asks && (
        <label className="flex min-w-48 flex-1 items-center gap-2">
          <span className="text-small text-soft">{t(choice === 'answer' ? 'answer' : 'reason')}</span>
          <input
            // biome-ignore lint/a11y/noAutofocus: the reader came here to type
            autoFocus
            dir="auto"
            value={text}
            onChange={(event) => setText(event.target.value)}
            className="input target w-full"
          />
        </label>
      )}
      <Button type="submit" autoFocus={!asks} look={choice === 'denied' || choice === 'fail' ? 'harm' : 'first'}>
        {t(`confirm_${choice}`)}
      </Button>
      <Button onClick={onCancel}>{t('cancel')}</Button>
    </form>
  )
}
