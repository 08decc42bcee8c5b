// Beside the timeline: where its turns, failures and edits are, which files, what it cost, notes and forks.

import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { SessionShape } from 'daybook/client'
import { X } from 'lucide-react'
import { memo } from 'react'
import { client } from '../live/client.ts'
import { useFeed } from '../live/live.ts'
import { count, dollars, lasting } from '../parts/time.ts'
import { leftText, useBudgetLeft } from './budget-note.tsx'
import { Counts } from './edit-row.tsx'
import { Forks } from './forks.tsx'
import { Outline } from './outline.tsx'
import { Part } from './rail-part.tsx'
import { t } from './words.ts'

interface Props {
  readonly head: SessionShape
  /** The entry whose moment is shown; null: now. */
  readonly moment: number | null
  /** Before, there is only its place. */
  readonly settled: boolean
  readonly onGo: (seq: number) => void
  readonly onClose: () => void
}

/** Kinds after which what stands here is read again. */
const changing = /^(?:message|note|summary|pin|run\.(?:finished|cancelled|started))$/

export const Rail = memo(function Rail({ head, moment, settled, onGo, onClose }: Props) {
  const session = head.session_id
  const queries = useQueryClient()
  useFeed(({ session_id, entry }) => {
    if (session_id !== session || moment !== null || !changing.test(entry.kind)) return
    void queries.invalidateQueries({ queryKey: ['rail', session] })
  })
  return (
    <aside className="rail" aria-label={t('side')} data-region>
      <button type="button" className="rail-close target" aria-label={t('close')} onClick={onClose}>
        <X size={18} aria-hidden="true" />
      </button>
      {settled && (
        <>
          <Outline session={session} moment={moment} onGo={onGo} />
          <Files session={session} moment={moment} onGo={onGo} />
          <Cost session={session} moment={moment} />
          <Notes session={session} moment={moment} onGo={onGo} />
          <Forks head={head} />
        </>
      )}
    </aside>
  )
})

interface ViewProps {
  readonly session: string
  readonly moment: number | null
}

const untilOf = (moment: number | null) => (moment === null ? {} : { until: moment })

function Files({ session, moment, onGo }: ViewProps & Pick<Props, 'onGo'>) {
  const { data } = useQuery({
    queryKey: ['rail', session, 'files', moment],
    queryFn: ({ signal }) => client.session(session).view('files', { signal, ...untilOf(moment) }),
  })
  const last = new Map((data?.files ?? []).map((file) => [file.path, file]))
  if (last.size === 0) return null
  return (
    <Part title={t('filesTouched', { n: last.size })}>
      <ul>
        {[...last.values()].slice(0, 200).map((file) => (
          <li key={file.path}>
            <button type="button" className="rail-line" onClick={() => onGo(file.seq)} title={file.path}>
              <span className="rail-path">
                <bdi>{file.path}</bdi>
              </span>
              <Counts added={file.added} removed={file.removed} />
            </button>
          </li>
        ))}
      </ul>
    </Part>
  )
}

function Cost({ session, moment }: ViewProps) {
  const { data } = useQuery({
    queryKey: ['rail', session, 'metrics', moment],
    queryFn: ({ signal }) => client.session(session).view('metrics', { signal, ...untilOf(moment) }),
  })
  const left = useBudgetLeft(session, moment === null)
  if (!data || (data.total_runs === 0 && data.total_tokens === 0)) return null
  const agents = Object.entries(data.by_agent)
  return (
    <Part title={t('cost')}>
      <dl className="facts">
        {data.cost > 0 && (
          <>
            <dt>{t('spent')}</dt>
            <dd className="figures">{dollars(data.cost)}</dd>
          </>
        )}
        {moment === null && left && (
          <>
            <dt>{t('budgetLeft')}</dt>
            <dd className={left.little ? 'figures text-need' : 'figures'}>{leftText(left)}</dd>
          </>
        )}
        {data.total_tokens > 0 && (
          <>
            <dt>{t('allTokens')}</dt>
            <dd className="figures">{count(data.total_tokens)}</dd>
          </>
        )}
        <dt>{t('runs')}</dt>
        <dd className="figures">{count(data.total_runs)}</dd>
        {data.avg_response_time_ms !== null && (
          <>
            <dt>{t('onAverage')}</dt>
            <dd className="figures">{lasting(data.avg_response_time_ms)}</dd>
          </>
        )}
        {agents.length > 1 &&
          agents.map(([name, tally]) => (
            <div key={name} className="contents">
              <dt>{name}</dt>
              <dd className="figures">{dollars(tally.cost)}</dd>
            </div>
          ))}
      </dl>
    </Part>
  )
}

function Notes({ session, moment, onGo }: ViewProps & Pick<Props, 'onGo'>) {
  const { data } = useQuery({
    queryKey: ['rail', session, 'notes', moment],
    queryFn: ({ signal }) => client.session(session).view('notes', { signal, ...untilOf(moment) }),
  })
  const notes = data?.notes ?? []
  if (notes.length === 0) return null
  return (
    <Part title={t('notes', { n: notes.length })}>
      <ul>
        {notes.slice(-100).map((note) => (
          <li key={note.seq}>
            <button type="button" className="rail-line" onClick={() => onGo(note.seq)}>
              <span className="text-soft">{note.type}</span>
              <span className="min-w-0 flex-1 truncate text-start" dir="auto">
                {note.text}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Part>
  )
}
