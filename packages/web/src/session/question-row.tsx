// A question of an agent, answered where it was asked.

import { memo, useState } from 'react'
import { client } from '../live/client.ts'
import { clockTime, fullTime } from '../parts/time.ts'
import { useDeciding, useRun } from './deciding.ts'
import { EntryNumber, Moment } from './entry-row.tsx'
import type { QuestionItem } from './model/items.ts'
import { textOf } from './model/places.ts'
import { usePlace } from './place.ts'
import { t } from './words.ts'

export const QuestionRow = memo(function QuestionRow({ item }: { readonly item: QuestionItem }) {
  const { moment } = usePlace()
  const run = useRun(item.run, item.state === 'open' && moment === null)
  const known = run?.questions.find((each) => each.question_id === item.id)
  const open = item.state === 'open' && known?.status !== 'answered'
  const answer = item.state === 'answered' ? item.answer : known?.answer
  const mayAnswer = open && moment === null && run?.status === 'waiting'
  return (
    <div className="grid-row">
      <EntryNumber seq={item.seq} />
      <section
        className={`reading asking asking-${open ? 'need' : 'done'}`}
        data-asks={mayAnswer ? 'question' : undefined}
      >
        <div className="flex flex-wrap items-baseline gap-x-2 text-small">
          <b className="font-semibold">{t(open ? 'questionOpen' : 'questionAnswered')}</b>
          <Moment at={item.at} />
          {open && item.until !== undefined && (
            <span title={fullTime(item.until)}>{t('untilTime', { time: clockTime(item.until) })}</span>
          )}
        </div>
        <p className="whitespace-pre-wrap font-semibold" dir="auto">
          {item.summary}
        </p>
        {!open && (
          <p className="whitespace-pre-wrap" dir="auto">
            {textOf(answer)}
          </p>
        )}
        {mayAnswer && <Answer item={item} />}
      </section>
    </div>
  )
})

function Answer({ item }: { readonly item: QuestionItem }) {
  const [text, setText] = useState('')
  const answer = useDeciding(item.run, () => client.runs.answer(item.run ?? '', item.id, text))
  return (
    <form
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        answer.mutate()
      }}
    >
      <label className="flex min-w-48 flex-1 flex-col text-small">
        {t('yourAnswer')}
        <input className="input" value={text} onChange={(event) => setText(event.target.value)} />
      </label>
      <button type="submit" className="button button-solid target" disabled={answer.isPending || text === ''}>
        {t('answer')}
      </button>
    </form>
  )
}
