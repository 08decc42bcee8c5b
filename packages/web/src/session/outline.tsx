// Where turns begin, what failed, was edited or summed up: each a press away.

import { useInfiniteQuery } from '@tanstack/react-query'
import type { OutlineShape } from 'daybook/client'
import { memo, useEffect, useState } from 'react'
import { client } from '../live/client.ts'
import { plainLine } from '../parts/plain-line.ts'
import { Part } from './rail-part.tsx'
import { t } from './words.ts'

interface Props {
  readonly session: string
  readonly moment: number | null
  readonly onGo: (seq: number) => void
}

/** Total: each type has a sign, a colour and a word. */
const looks = {
  turn: { sign: '›', tone: 'text-ink', word: 'outlineTurn' },
  failure: { sign: '✕', tone: 'text-fail', word: 'outlineFailure' },
  edit: { sign: '±', tone: 'text-done', word: 'outlineEdit' },
  summary: { sign: '≡', tone: 'text-wait', word: 'outlineSummary' },
  handoff: { sign: '→', tone: 'text-soft', word: 'outlineHandoff' },
} as const

const page = 100
/** Lines that are drawn in one frame: all at once would hold up whoever scrolls or types. */
const step = 10

export function Outline({ session, moment, onGo }: Props) {
  const { data, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['rail', session, 'outline', moment],
    initialPageParam: null as number | null,
    queryFn: ({ signal, pageParam }) =>
      client.session(session).outline(
        {
          limit: page,
          ...(pageParam === null ? {} : { before: pageParam }),
          ...(moment === null ? {} : { until: moment }),
        },
        { signal },
      ),
    getNextPageParam: ({ cursor }) => cursor,
    maxPages: 10,
  })
  const all = (data?.pages ?? []).flatMap((each) => each.items)
  const items = all.slice(0, useSteps(all.length))
  if (items.length === 0) return null
  return (
    <Part title={t('outline')}>
      <ol>
        {items.map((item) => (
          <Line key={`${item.seq} ${item.type}`} item={item} onGo={onGo} />
        ))}
      </ol>
      {hasNextPage && (
        <button type="button" className="more target" onClick={() => void fetchNextPage()}>
          {t('earlier')}
        </button>
      )}
    </Part>
  )
}

/** How many of them are drawn by now. */
function useSteps(count: number): number {
  const [drawn, setDrawn] = useState(step)
  useEffect(() => {
    if (drawn >= count) return
    const frame = requestAnimationFrame(() => setDrawn(drawn + step))
    return () => cancelAnimationFrame(frame)
  }, [drawn, count])
  return drawn
}

interface LineProps extends Pick<Props, 'onGo'> {
  readonly item: OutlineShape['items'][number]
}

/** Drawn once: with each turn the whole list is read again. */
const Line = memo(function Line({ item, onGo }: LineProps) {
  const { sign, tone, word } = looks[item.type]
  return (
    <li className="rail-item">
      <button type="button" className="rail-line" onClick={() => onGo(item.seq)}>
        <span className={`w-3 shrink-0 ${tone}`} title={t(word)}>
          <span aria-hidden="true">{sign}</span>
          <span className="aside-only">{t(word)}</span>
        </span>
        <span className={`min-w-0 flex-1 truncate text-start ${item.type === 'turn' ? '' : 'text-soft'}`} dir="auto">
          {plainLine(item.text)}
        </span>
        <span className="figures text-soft">{item.seq}</span>
      </button>
    </li>
  )
})
