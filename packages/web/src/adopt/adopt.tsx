// What other agents left on this machine: counted, never opened, until somebody says yes; then how copying goes, and what came of it.

import { Link } from '@tanstack/react-router'
import type { AdoptionShape } from 'daybook/client'
import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { KeyForm } from '../app/key-form.tsx'
import { Command } from '../home/command.tsx'
import type { Left } from '../home/found.tsx'
import { t as base } from '../i18n/base.ts'
import { announce } from '../parts/announce.tsx'
import { Button } from '../parts/button.tsx'
import { errorText } from '../parts/errors.ts'
import { bytes, count, duration, fullTime } from '../parts/time.ts'
import { useNow } from '../parts/use-now.ts'
import { type Adopting, forgetAdoption, startAdopting, useAdopting } from './adoption.ts'
import { loaded, t } from './words.ts'

await loaded

export function Adopt({ left }: { readonly left: Left }) {
  const adopting = useAdopting()
  const { asked, state, locked } = adopting
  const card = useRef<HTMLElement>(null)
  const mine = useRef(false)
  const status = state?.status
  const step = asked === undefined ? 'offer' : asked.ended === undefined && locked ? 'locked' : (status ?? 'running')
  // What had the focus is gone with its step.
  useEffect(() => {
    if (mine.current && step !== 'locked' && document.activeElement === document.body) card.current?.focus()
    if (mine.current && step === 'done') announce(t('adopted'))
  }, [step])
  if (step === 'offer' && left.files === 0) return null
  return (
    <section
      ref={card}
      aria-labelledby="found"
      tabIndex={-1}
      data-region
      data-adopting={step}
      className="mb-6 rounded-box border border-rule bg-sheet px-4 py-3"
    >
      {step === 'offer' ? (
        <Offer
          left={left}
          onYes={(follow) => {
            mine.current = true
            left.refuse()
            startAdopting(
              left.agents.map(({ agent }) => agent),
              follow,
            )
          }}
        />
      ) : step === 'locked' ? (
        <Locked />
      ) : status === 'done' && state?.report ? (
        <Report state={state} report={state.report} />
      ) : (
        <Going {...adopting} />
      )}
    </section>
  )
}

function Heading({ children }: { readonly children: ReactNode }) {
  return (
    <h2 id="found" className="font-semibold">
      {children}
    </h2>
  )
}

function Offer({ left, onYes }: { readonly left: Left; readonly onYes: (follow: boolean) => void }) {
  const { agents, files, due, refuse } = left
  const [follow, setFollow] = useState(true)
  const now = useNow()
  return (
    <>
      <Heading>{t('leftHere', { n: files })}</Heading>
      <ul className="my-1.5">
        {agents.map((one) => (
          <li key={one.agent} className="flex flex-wrap gap-x-3">
            <span className="min-w-32 font-medium">{one.title}</span>
            <span className="figures">{base('leftFiles', { n: one.files })}</span>
            <span className="figures text-soft">{bytes(one.bytes)}</span>
            <time className="text-soft" dateTime={one.newest} title={fullTime(one.newest)}>
              {t('newest', { time: duration(now - Date.parse(one.newest)) })}
            </time>
          </li>
        ))}
      </ul>
      {due > 0 && <p className="text-need">{base('leftDue', { n: due })}</p>}
      <p>{t('copyThemIn')}</p>
      <p className="text-soft">{t('notOpened')}</p>
      <label className="target mt-1.5 flex w-fit items-center gap-2">
        <input type="checkbox" checked={follow} onChange={({ target }) => setFollow(target.checked)} />
        {t('followToo')}
      </label>
      <p className="mt-1.5 flex flex-wrap items-center gap-2">
        <Button look="first" onClick={() => onYes(follow)}>
          {t('copyIn')}
        </Button>
        <Button look="quiet" onClick={refuse}>
          {base('notNow')}
        </Button>
        <span className="flex flex-wrap items-center gap-2 text-soft">
          {t('orCommand')}
          <Command text="npx daybook adopt --dry-run" />
          <Command text="npx daybook adopt" />
        </span>
      </p>
    </>
  )
}

/** The yes was given; only the owner of this machine may have it done. */
function Locked() {
  return (
    <>
      <Heading>{t('keyFirst')}</Heading>
      <div className="-mx-4">
        <KeyForm wanted />
      </div>
      <Button onClick={forgetAdoption}>{base('cancel')}</Button>
    </>
  )
}

function Going({ state, error, again }: Pick<Adopting, 'state' | 'error' | 'again'>) {
  const id = useId()
  const problem = error ? errorText(error) : state?.error ? state.error.message : null
  return (
    <>
      <Heading>{t('adopting')}</Heading>
      {state && state.files > 0 ? (
        <div className="my-1.5">
          <progress aria-labelledby={id} className="copying" max={state.files} value={state.files_done} />
          <p id={id} className="figures">
            {t('filesOf', { done: count(state.files_done), n: state.files })}
            {' · '}
            {t('bytesOf', { done: bytes(state.bytes_done), all: bytes(state.bytes) })}
          </p>
        </div>
      ) : (
        !problem && <p>{t('looking')}</p>
      )}
      {problem === null ? (
        <p className="text-soft">{t('goesOn')}</p>
      ) : (
        <>
          <p role="alert" className="text-fail">
            {t('failed', { text: problem })}
          </p>
          <p className="text-soft">{t('whatIsHere')}</p>
          <p className="mt-1.5 flex gap-2">
            <Button look="first" onClick={again}>
              {t('goOn')}
            </Button>
            <Button onClick={forgetAdoption}>{base('close')}</Button>
          </p>
        </>
      )}
    </>
  )
}

const counted = ['added', 'grown', 'unchanged', 'messages', 'calls', 'repositories', 'branches'] as const
type ReportShape = NonNullable<AdoptionShape['report']>

function Report({ state, report }: { readonly state: AdoptionShape; readonly report: ReportShape }) {
  const secrets = report.masked.reduce((sum, one) => sum + one.count, 0)
  const facts = counted
    .filter((name) => name === 'added' || report[name] > 0)
    .map((name) => t(`report_${name}`, { n: report[name] }))
  return (
    <>
      <Heading>{t('adopted')}</Heading>
      <p className="figures">{facts.join(' · ')}</p>
      {secrets > 0 && (
        <p>
          {t('masked', { n: secrets })} {report.masked.map(({ shape, count: n }) => `${count(n)} ${shape}`).join(', ')}
        </p>
      )}
      {report.partial > 0 && <p>{t('partial', { n: report.partial })}</p>}
      {report.left_alone > 0 && <p>{t('leftAlone', { n: report.left_alone })}</p>}
      {report.problem_count > 0 && (
        <details className="text-fail">
          <summary className="target w-fit">{t('problems', { n: report.problem_count })}</summary>
          <ul className="text-small">
            {report.problems.map(({ agent, name, message }) => (
              <li key={`${agent} ${name}`} className="wrap-anywhere">
                <code>{name}</code> {message}
              </li>
            ))}
          </ul>
        </details>
      )}
      {state.follow && (
        <p className="mt-1 flex flex-wrap items-center gap-2 text-soft">
          {t('isFollowed')} <Command text="npx daybook adopt --off" />
        </p>
      )}
      <p className="mt-1.5 flex flex-wrap gap-2">
        <Link to="/find" className="button button-solid target">
          {t('findInIt')}
        </Link>
        <Button onClick={forgetAdoption}>{base('close')}</Button>
      </p>
    </>
  )
}
