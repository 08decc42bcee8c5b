// Two sessions from their common entry on: what each of them did, and going on with one of them.

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { isDaybookError } from 'daybook/client'
import { CircleCheck, CircleX } from 'lucide-react'
import { addressOf } from '../app/addresses.ts'
import { client } from '../live/client.ts'
import { errorText } from '../parts/errors.ts'
import { titleOf } from '../parts/session-text.ts'
import { StatusBadge } from '../parts/status-badge.tsx'
import { count, dollars } from '../parts/time.ts'
import { useTitle } from '../parts/title.ts'
import { Counts } from '../session/edit-row.tsx'
import { useForks } from '../session/forks.tsx'
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
      <div className="page flex flex-col gap-2">
        <h1 className="text-large font-semibold">{t('compare')}</h1>
        <p className="text-fail">{error.code === 'invalid' ? t('noCommon') : errorText(error)}</p>
      </div>
    )
  }
  if (!data) return <p className="p-4 text-soft">{t('reading')}</p>
  const { common, sides } = data
  return (
    <div className="page flex flex-col gap-4">
      <header>
        <h1 className="text-large font-semibold">{t('compare')}</h1>
        <p className="text-soft">
          {t('commonUntil', { seq: common.seq })}{' '}
          <Link to="/s/$address" params={{ address: addressOf(a, common.seq) }} className="underline">
            {t('showEntry')}
          </Link>
        </p>
      </header>
      <div className="grid gap-4 medium:grid-cols-2">
        {sides.map((side, at) => (
          <SideView key={side.session.session_id} side={side} other={sides[1 - at]} common={common.seq} />
        ))}
      </div>
      <OtherForks a={a} b={b} base={baseOf(sides)} />
    </div>
  )
}

/** The session that one of both, or both, were forked from. */
function baseOf(sides: readonly Side[]): string | null {
  const parents = sides.map(({ session }) => session.parent?.session_id)
  const own = parents.find((parent) => sides.some(({ session }) => session.session_id === parent))
  return own ?? parents.find((parent) => parent !== undefined) ?? null
}

/** What else was forked from the same session, to be put beside the first of both. */
function OtherForks({ a, b, base }: { readonly a: string; readonly b: string; readonly base: string | null }) {
  const forks = useForks(base).filter(({ session_id: id }) => id !== a && id !== b)
  if (forks.length === 0) return null
  return (
    <section aria-labelledby="forks">
      <h2 id="forks" className="mb-1 font-semibold">
        {t('otherForks')}
      </h2>
      <ul className="flex flex-wrap gap-2">
        {forks.map((fork) => (
          <li key={fork.session_id}>
            <Link
              to="/s/$address"
              params={{ address: `${a}..${fork.session_id}` }}
              className="button target"
              aria-label={t('compareWith', { name: titleOf(fork) })}
            >
              <code className="text-soft">{fork.tail}</code> <span dir="auto">{titleOf(fork)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}

interface SideProps {
  readonly side: Side
  readonly other: Side | undefined
  readonly common: number
}

function SideView({ side, other, common }: SideProps) {
  const { session } = side
  // A row of figures has the same ones on both sides.
  const sides = other ? [side, other] : [side]
  const id = session.session_id
  return (
    <section className="side" aria-label={`${titleOf(session)} · ${session.tail}`}>
      <div>
        <h2 className="text-title font-semibold" dir="auto">
          {titleOf(session)}
        </h2>
        <p className="flex flex-wrap items-center gap-x-2 text-small text-soft">
          <StatusBadge session={session} />
          <code>{session.tail}</code>
          <span>{session.current_agent}</span>
        </p>
      </div>
      <dl className="figures-row">
        <div>
          <dt>{t('entries')}</dt>
          <dd>{count(session.seq - common)}</dd>
        </div>
        {sides.some(({ turns }) => turns > 0) && (
          <div>
            <dt>{t('turns')}</dt>
            <dd>{count(side.turns)}</dd>
          </div>
        )}
        {sides.some(({ runs }) => runs > 0) && (
          <div>
            <dt>{t('runs')}</dt>
            <dd>
              {count(side.runs)}
              {side.failed > 0 && (
                <span className="text-small text-fail"> {t('ofThemFailed', { n: side.failed })}</span>
              )}
            </dd>
          </div>
        )}
        <div>
          <dt>{t('allTokens')}</dt>
          <dd>{count(side.tokens)}</dd>
        </div>
        <div>
          <dt>{t('spent')}</dt>
          <dd>{dollars(side.cost)}</dd>
        </div>
      </dl>
      <Tests tests={side.tests} session={id} />
      <Files side={side} other={other} />
      <Link to="/s/$address" params={{ address: addressOf(id) }} className="button target mt-auto w-fit">
        {t('continueThis')}
      </Link>
    </section>
  )
}

function Tests({ tests, session }: { readonly tests: Side['tests']; readonly session: string }) {
  if (tests.length === 0) return null
  return (
    <ul className="side-list" aria-label={t('tests')}>
      {tests.slice(-10).map((each) => (
        <li key={each.seq} className="side-line">
          <span className={`inline-flex items-center gap-1 ${each.passed ? 'text-done' : 'text-fail'}`}>
            {each.passed ? <CircleCheck size={13} aria-hidden="true" /> : <CircleX size={13} aria-hidden="true" />}
            {t(each.passed ? 'testsPassed' : 'testsFailed')}
          </span>
          <Link
            to="/s/$address"
            params={{ address: addressOf(session, each.seq) }}
            className="min-w-0 flex-1 truncate font-mono text-ink no-underline hover:underline"
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
    <ul className="side-list" aria-label={t('filesTouched', { n: side.file_count })}>
      {side.files.slice(0, 200).map((file) => {
        const their = theirs.get(file.path)
        const same = their?.after !== undefined && their.after === file.after
        return (
          <li key={file.path} className="side-line">
            <Link
              to="/s/$address"
              params={{ address: addressOf(side.session.session_id, file.seq) }}
              className="min-w-0 flex-1 truncate font-mono text-ink no-underline hover:underline"
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
