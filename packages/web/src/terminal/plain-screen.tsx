// A process as plain text, for screen readers and for copying: what its screen shows, and once it has ended what it printed.

import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { client } from '../live/client.ts'
import { FoldedText } from '../session/folded-text.tsx'
import { withoutEscapes } from '../session/model/ansi.ts'
import { t } from '../session/words.ts'
import { processes } from './processes.ts'
import type { ProcessNow } from './use-process.ts'

interface Props {
  readonly session: string
  readonly process: string
  readonly state: ProcessNow | undefined
}

/** Pieces of output read at once, the newest first. */
const page = 100

export function PlainScreen(props: Props) {
  const { state } = props
  return (
    <section aria-label={t('plainScreen')} className="min-h-0 flex-1 overflow-y-auto p-4" data-region>
      {state?.alive && state.now ? <Shown {...props} /> : <Printed {...props} />}
    </section>
  )
}

function Shown({ session, process, state }: Props) {
  const { data, refetch } = useQuery({
    queryKey: ['screen', session, process],
    queryFn: ({ signal }) => processes.screen(session, process, { signal }),
    staleTime: 0,
  })
  return (
    <>
      <FoldedText text={data?.screen.trimEnd() ?? ''} title={state?.process.program ?? process} most={500} tail />
      <button type="button" className="more target" onClick={() => void refetch()}>
        {t('readAgain')}
      </button>
    </>
  )
}

function Printed({ session, process, state }: Props) {
  const { data, hasNextPage, fetchNextPage } = useInfiniteQuery({
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
    <>
      {hasNextPage && (
        <button type="button" className="more target" onClick={() => void fetchNextPage()}>
          {t('earlier')}
        </button>
      )}
      <FoldedText text={text} title={state?.process.program ?? process} most={500} tail />
    </>
  )
}
