// Where turns begin, what failed, was edited or summed up: each a press away.

import { useInfiniteQuery } from '@tanstack/react-query'
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
  const items = (data?.pages ?? []).flatMap((each) => each.items)
  if (items.length === 0) return null
  return (
    <Part title={t('outline')}>
      <ol>
        {items.map((item) => {
          const { sign, tone, word } = looks[item.type]
          return (
            <li key={`${item.seq} ${item.type}`}>
              <button type="button" className="rail-line" onClick={() => onGo(item.seq)}>
                <span className={`w-3 shrink-0 ${tone}`} title={t(word)}>
                  <span aria-hidden="true">{sign}</span>
                  <span className="aside-only">{t(word)}</span>
                </span>
                <span
                  className={`min-w-0 flex-1 truncate text-start ${item.type === 'turn' ? '' : 'text-soft'}`}
                  dir="auto"
                >
                  {plainLine(item.text)}
                </span>
                <span className="figures text-soft">{item.seq}</span>
              </button>
            </li>
          )
        })}
      </ol>
      {hasNextPage && (
        <button type="button" className="more target" onClick={() => void fetchNextPage()}>
          {t('earlier')}
        </button>
      )}
    </Part>
  )
}
