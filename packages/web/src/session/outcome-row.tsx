// A step of which nobody knows whether it took effect, with the three things that a person can say of it.

import { memo, useState } from 'react'
import { client } from '../live/client.ts'
import { actorOf } from '../parts/session-text.ts'
import { useDeciding, useRun } from './deciding.ts'
import { EntryNumber, Moment } from './entry-row.tsx'
import type { OutcomeItem } from './model/items.ts'
import { usePlace } from './place.ts'
import { t } from './words.ts'

type Resolution = 'retry' | 'done' | 'fail'
const resolutions: readonly Resolution[] = ['done', 'retry', 'fail']
const choices = { done: 'itHappened', retry: 'doAgain', fail: 'letFail' } as const

export const OutcomeRow = memo(function OutcomeRow({ item }: { readonly item: OutcomeItem }) {
  const { moment } = usePlace()
  const run = useRun(item.run, item.state === 'open' && moment === null)
  const step = run?.steps.find((each) => each.step_id === item.step)
  const open = item.state === 'open' && (step === undefined || step.status === 'unknown')
  const mayResolve = open && moment === null && run?.status === 'waiting'
  return (
    <div className="grid-row">
      <EntryNumber seq={item.seq} />
      <section
        className={`reading asking asking-${open ? 'need' : 'done'}`}
        data-asks={mayResolve ? 'outcome' : undefined}
      >
        <div className="flex flex-wrap items-baseline gap-x-2 text-small">
          <b className="font-semibold">{t('unknownOutcome')}</b>
          {item.state !== 'open' && (
            <span>
              {t(choices[item.state])} · {actorOf(item.resolvedBy ?? '')}
            </span>
          )}
          <Moment at={item.at} />
        </div>
        <p>{t('unknownOutcomeOf', { name: item.name || item.step })}</p>
        {item.reason && <p dir="auto">“{item.reason}”</p>}
        {mayResolve && <Resolving item={item} />}
      </section>
    </div>
  )
})

function Resolving({ item }: { readonly item: OutcomeItem }) {
  const [chosen, setChosen] = useState<Resolution | null>(null)
  const [reason, setReason] = useState('')
  const resolve = useDeciding(item.run, () =>
    client.runs.resolve(item.run ?? '', { step_id: item.step, resolution: chosen ?? 'fail', reason }),
  )
  return (
    <form
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        resolve.mutate()
      }}
    >
      <fieldset className="flex flex-wrap gap-2">
        <legend className="text-small">{t('whatBecame')}</legend>
        {resolutions.map((each) => (
          <button
            key={each}
            type="button"
            className={each === chosen ? 'button button-chosen target' : 'button target'}
            aria-pressed={each === chosen}
            onClick={() => setChosen(each)}
          >
            {t(choices[each])}
          </button>
        ))}
      </fieldset>
      {chosen !== null && (
        <>
          <label className="flex min-w-48 flex-1 flex-col text-small">
            {t('reason')}
            <input className="input" value={reason} onChange={(event) => setReason(event.target.value)} />
          </label>
          <button type="submit" className="button button-solid target" disabled={reason === '' || resolve.isPending}>
            {t('sayIt')}
          </button>
        </>
      )}
    </form>
  )
}
