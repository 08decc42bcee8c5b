// What a process printed as plain text: for screen readers, for copying, and once it has ended.

import { useInfiniteQuery } from '@tanstack/react-query'
import { client } from '../live/client.ts'
import { FoldedText } from '../session/folded-text.tsx'
import { withoutEscapes } from '../session/model/ansi.ts'
import { t } from '../session/words.ts'
import type { ProcessNow } from './use-process.ts'

interface Props {
  readonly session: string
  readonly process: string
  readonly state: ProcessNow | undefined
}

/** Pieces of output read at once, the newest first. */
const page = 100

export function PlainScreen({ session, process, state }: Props) {
  const { data, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ['output', session, process],
    initialPageParam: undefined as number | undefined,
    queryFn: async ({ signal, pageParam }) =>
      client.session(session).entries(
        {
          kind: ['process.output'],
          order: 'desc',
          limit: page,
          ...(pageParam === undefined ? {} : { until: pageParam }),
        },
        { signal },
      ),
    getNextPageParam: ({ cursor }) => cursor ?? undefined,
  })
  const texts = (data?.pages ?? [])
    .flatMap(({ entries }) => entries)
    .map(({ data: output }) => output as { process_id: string; text: string } | null)
    .flatMap((output) => (output?.process_id === process ? [output.text] : []))
  const text = withoutEscapes(texts.reverse().join(''))
  return (
    <section aria-label={t('plainScreen')} className="min-h-0 flex-1 overflow-y-auto p-4" data-region>
      {hasNextPage && (
        <button type="button" className="more target" onClick={() => void fetchNextPage()}>
          {t('earlier')}
        </button>
      )}
      <FoldedText text={text} title={state?.process.program ?? process} most={500} tail />
      {state?.alive && (
        <button type="button" className="more target" onClick={() => void refetch()}>
          {t('readAgain')}
        </button>
      )}
    </section>
  )
}
