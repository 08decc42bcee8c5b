// Two sessions from their common entry on: what each of them did, and going on with one of them.

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { isDaybookError } from 'daybook/client'
import { addressOf } from '../app/addresses.ts'
import { client } from '../live/client.ts'
import { titleOf } from '../parts/session-text.ts'
import { StatusBadge } from '../parts/status-badge.tsx'
import { useTitle } from '../parts/title.ts'
import { Counts } from '../session/edit-row.tsx'
import { dollars, figure } from '../session/telling.ts'
import { t } from '../session/words.ts'

type Comparison = Awaited<ReturnType<ReturnType<typeof client.session>['compare']>>
type Side = Comparison['sides'][number]

export function CompareScreen({ a, b }: { readonly a: string; readonly b: string }) {
  useTitle(t('compare'))
  const { data, error } = useQuery({
    queryKey: ['compare', a, b],
    queryFn: ({ signal }) => client.session(a).compare(b, { signal }),
  })
  if (error) {
    if (!isDaybookError(error)) throw error
    return (
      <div className="flex flex-col gap-2 p-4">
        <h1 className="text-title font-semibold">{t('compare')}</h1>
        <p className="text-fail">{error.code === 'invalid_state' ? t('noCommon') : error.message}</p>
      </div>
    )
  }
  if (!data) return <p className="p-4 text-soft">{t('reading')}</p>
  const { common, sides } = data
  return (
    <div className="flex flex-col gap-3 p-4">
      <h1 className="text-title font-semibold">{t('compare')}</h1>
      <p className="text-soft">
        {t('commonUntil', { seq: common.seq })}{' '}
        <Link to="/s/$address" params={{ address: addressOf(a, common.seq) }} className="underline">
          {t('showEntry')}
        </Link>
      </p>
      <div className="grid gap-4 medium:grid-cols-2">
        {sides.map((side, at) => (
          <SideView key={side.session.session_id} side={side} other={sides[1 - at]} common={common.seq} />
        ))}
      </div>
    </div>
  )
}

interface SideProps {
  readonly side: Side
  readonly other: Side | undefined
  readonly common: number
}

function SideView({ side, other, common }: SideProps) {
  const { session } = side
  const id = session.session_id
  return (
    <section
      className="flex flex-col gap-3 rounded-box border border-rule bg-sheet p-3"
      aria-label={`${titleOf(session)} · ${session.tail}`}
    >
      <h2 className="font-semibold" dir="auto">
        {titleOf(session)}
      </h2>
      <p className="flex flex-wrap items-center gap-x-2 text-small text-soft">
        <StatusBadge session={session} />
        <code>{session.tail}</code>
        <span>{session.current_agent}</span>
      </p>
      <dl className="facts">
        <dt>{t('entries')}</dt>
        <dd className="figures">{figure(session.seq - common)}</dd>
        <dt>{t('turns')}</dt>
        <dd className="figures">{figure(side.turns)}</dd>
        <dt>{t('runs')}</dt>
        <dd className="figures">
          {figure(side.runs)}
          {side.failed > 0 && <span className="text-fail"> · {t('ofThemFailed', { n: side.failed })}</span>}
        </dd>
        <dt>{t('cost')}</dt>
        <dd className="figures">
          {dollars(side.cost)} · {t('tokens', { n: side.tokens })}
        </dd>
      </dl>
      <Tests tests={side.tests} session={id} />
      <Files side={side} other={other} />
      <Link
        to="/s/$address"
        params={{ address: addressOf(id) }}
        className="button target mt-auto inline-flex w-fit items-center"
      >
        {t('continueThis')}
      </Link>
    </section>
  )
}

function Tests({ tests, session }: { readonly tests: Side['tests']; readonly session: string }) {
  if (tests.length === 0) return null
  return (
    <ul className="text-small" aria-label={t('tests')}>
      {tests.slice(-10).map((each) => (
        <li key={each.seq} className="flex gap-2">
          <span className={each.passed ? 'text-done' : 'text-fail'}>
            {t(each.passed ? 'testsPassed' : 'testsFailed')}
          </span>
          <Link
            to="/s/$address"
            params={{ address: addressOf(session, each.seq) }}
            className="min-w-0 flex-1 truncate font-mono"
          >
            {each.command}
          </Link>
        </li>
      ))}
    </ul>
  )
}

function Files({ side, other }: Pick<SideProps, 'side' | 'other'>) {
  if (side.files.length === 0) return <p className="text-small text-soft">{t('noFiles')}</p>
  const theirs = new Map(other?.files.map((file) => [file.path, file]))
  return (
    <ul className="text-small" aria-label={t('filesTouched', { n: side.file_count })}>
      {side.files.slice(0, 200).map((file) => {
        const their = theirs.get(file.path)
        const same = their?.after !== undefined && their.after === file.after
        return (
          <li key={file.path} className="flex gap-2">
            <Link
              to="/s/$address"
              params={{ address: addressOf(side.session.session_id, file.seq) }}
              className="min-w-0 flex-1 truncate font-mono"
              title={file.path}
            >
              {file.path}
            </Link>
            <span className={their ? 'text-soft' : 'text-need'}>
              {t(same ? 'sameInBoth' : their ? 'inBoth' : 'onlyHere')}
            </span>
            <Counts added={file.added} removed={file.removed} />
          </li>
        )
      })}
    </ul>
  )
}
