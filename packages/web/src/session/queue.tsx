// What waits for its turn: on the server, so that every client sees the same and may change it.

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { isDaybookError, type SessionShape } from 'daybook/client'
import { memo, useState } from 'react'
import { client } from '../live/client.ts'
import { useFeed } from '../live/live.ts'
import { beforeWhich } from './model/queue-order.ts'
import { type Drag, QueuedRow } from './queued-row.tsx'
import { say } from './saying.ts'
import { t } from './words.ts'

export const Queue = memo(function Queue({ head }: { readonly head: SessionShape }) {
  const session = head.session_id
  const queries = useQueryClient()
  const queryKey = ['queue', session]
  const { data } = useQuery({ queryKey, queryFn: ({ signal }) => client.runs.queue(session, { signal }) })
  useFeed(({ session_id, entry }) => {
    if (session_id === session && entry.kind.startsWith('run.')) void queries.invalidateQueries({ queryKey })
  })
  /** The row that is dragged, and the one it is over. */
  const [drag, setDrag] = useState<Drag | null>(null)
  const runs = data?.runs ?? []
  if (runs.length === 0) return null
  /** Each change names what it was seen as: a row that has begun meanwhile says so instead. */
  const change = async (what: () => Promise<unknown>): Promise<boolean> => {
    try {
      await what()
      return true
    } catch (error) {
      if (!isDaybookError(error)) throw error
      const known = { invalid_state: t('justStarted'), conflict: t('changedElsewhere') } as Record<string, string>
      say(known[error.code] ?? error.message, 'failure')
      return false
    } finally {
      void queries.invalidateQueries({ queryKey })
    }
  }
  const move = (from: number, to: number): void => {
    const before = beforeWhich(runs, from, to)
    const run = runs[from]
    if (run && before !== undefined) void change(() => client.runs.edit(run.run_id, { before }, { expect: run.seq }))
  }
  return (
    <section aria-label={t('queue')} className="queue">
      <h2 className="text-small font-semibold text-soft">{t('queued', { n: runs.length })}</h2>
      <ol>
        {runs.map((run, at) => (
          <QueuedRow
            key={run.run_id}
            {...{ run, at, session, change, drag }}
            last={runs.length - 1}
            onMove={move}
            onDrag={setDrag}
          />
        ))}
      </ol>
    </section>
  )
})
