// What waits for its turn: on the server, so that every client sees the same and may change it.

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { isDaybookError, type SessionShape } from 'daybook/client'
import { ArrowDown, ArrowUp, Pencil, Trash2 } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { client } from '../live/client.ts'
import { useFeed } from '../live/live.ts'
import { textOf } from './model/places.ts'
import { say } from './saying.ts'
import { sentMessages } from './sent-messages.ts'
import { t } from './words.ts'

type Queued = Awaited<ReturnType<typeof client.runs.queue>>['runs'][number]

export function Queue({ head }: { readonly head: SessionShape }) {
  const session = head.session_id
  const queries = useQueryClient()
  const queryKey = ['queue', session]
  const { data } = useQuery({ queryKey, queryFn: ({ signal }) => client.runs.queue(session, { signal }) })
  useFeed(({ session_id, entry }) => {
    if (session_id === session && entry.kind.startsWith('run.')) void queries.invalidateQueries({ queryKey })
  })
  const runs = data?.runs ?? []
  if (runs.length === 0) return null
  /** Each change names what it was seen as: a row that has begun meanwhile says so instead. */
  const change = async (what: () => Promise<unknown>): Promise<boolean> => {
    try {
      await what()
      return true
    } catch (error) {
      if (!isDaybookError(error)) throw error
      say(
        error.code === 'invalid_state'
          ? t('justStarted')
          : error.code === 'conflict'
            ? t('changedElsewhere')
            : error.message,
        'failure',
      )
      return false
    } finally {
      void queries.invalidateQueries({ queryKey })
    }
  }
  return (
    <section aria-label={t('queue')} className="max-h-40 overflow-y-auto border-t border-rule bg-sheet px-4 py-1">
      <h2 className="text-small font-semibold">{t('queued', { n: runs.length })}</h2>
      <ol>
        {runs.map((run, at) => (
          <QueuedRow key={run.run_id} run={run} at={at} runs={runs} session={session} change={change} />
        ))}
      </ol>
    </section>
  )
}

const icon = 'target grid place-items-center text-soft'

interface RowProps {
  readonly run: Queued
  readonly at: number
  readonly runs: readonly Queued[]
  readonly session: string
  readonly change: (what: () => Promise<unknown>) => Promise<boolean>
}

function QueuedRow({ run, at, runs, session, change }: RowProps) {
  const [editing, setEditing] = useState<string | null>(null)
  const { run_id: id, seq: expect } = run
  const text = textOf(run.input)
  const move = (step: -1 | 1): void => {
    const before = step < 0 ? runs[at - 1] : runs[at + 2]
    if (runs[at + step]) void change(() => client.runs.edit(id, { before: before?.run_id ?? null }, { expect }))
  }
  const save = async (): Promise<void> => {
    if (await change(() => client.runs.edit(id, { input: editing ?? text }, { expect }))) setEditing(null)
  }
  const resend = async (on_busy: 'steer' | 'interrupt'): Promise<void> => {
    if (await change(() => client.runs.withdraw(id, { expect }))) {
      await sentMessages.send(session, text, { on_busy, ...(run.agent === undefined ? {} : { agent: run.agent }) })
    }
  }
  if (editing !== null)
    return <Editing text={editing} onChange={setEditing} onSave={() => void save()} onLeave={() => setEditing(null)} />
  return (
    <li
      className="flex flex-wrap items-center gap-x-1 text-small"
      data-queued={id}
      onKeyDown={(event) => moveBy(event, move)}
    >
      <span className="figures w-6 text-soft">{at + 1}.</span>
      <span className="min-w-32 flex-1 truncate" dir="auto">
        {text}
      </span>
      <button type="button" className={icon} aria-label={t('editQueued')} onClick={() => setEditing(text)}>
        <Pencil size={14} aria-hidden="true" />
      </button>
      <button type="button" className={icon} aria-label={t('moveUp')} disabled={at === 0} onClick={() => move(-1)}>
        <ArrowUp size={14} aria-hidden="true" />
      </button>
      <button
        type="button"
        className={icon}
        aria-label={t('moveDown')}
        disabled={at === runs.length - 1}
        onClick={() => move(1)}
      >
        <ArrowDown size={14} aria-hidden="true" />
      </button>
      <button type="button" className="more target" onClick={() => void resend('steer')}>
        {t('steer')}
      </button>
      <button type="button" className="more target" onClick={() => void resend('interrupt')}>
        {t('sendNow')}
      </button>
      <button
        type="button"
        className={icon}
        aria-label={t('remove')}
        onClick={() => void change(() => client.runs.withdraw(id, { expect }))}
      >
        <Trash2 size={14} aria-hidden="true" />
      </button>
    </li>
  )
}

/** Alt with an arrow moves a row, wherever in it the focus is. */
function moveBy(event: KeyboardEvent, move: (step: -1 | 1) => void): void {
  if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
  event.preventDefault()
  move(event.key === 'ArrowUp' ? -1 : 1)
}

interface EditingProps {
  readonly text: string
  readonly onChange: (text: string) => void
  readonly onSave: () => void
  readonly onLeave: () => void
}

function Editing({ text, onChange, onSave, onLeave }: EditingProps) {
  return (
    <li>
      <form
        className="flex items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          onSave()
        }}
      >
        <textarea
          // biome-ignore lint/a11y/noAutofocus: somebody asked to write here
          autoFocus
          className="input flex-1"
          aria-label={t('editQueued')}
          rows={2}
          value={text}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') onLeave()
          }}
        />
        <button type="submit" className="button button-solid target">
          {t('save')}
        </button>
        <button type="button" className="button target" onClick={onLeave}>
          {t('goBack')}
        </button>
      </form>
    </li>
  )
}
