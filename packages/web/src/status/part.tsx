// One part of Status: a name over lines of what there is, each fine or with its fault.

import { CircleAlert, CircleCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { t } from '../i18n/base.ts'
import { Button } from '../parts/button.tsx'
import { errorText } from '../parts/errors.ts'
import { exactTime, fullTime } from '../parts/time.ts'

interface Asked<T> {
  readonly data: T | undefined
  readonly error: unknown
  readonly refetch: () => unknown
}

/** What was asked for, or why it is not there. */
export function Told<T>({ asked, children }: { asked: Asked<T>; children: (data: T) => ReactNode }) {
  if (asked.data !== undefined) return children(asked.data)
  if (!asked.error) return <p className="px-3 py-2 text-soft">{t('reading')}</p>
  return (
    <p role="alert" className="px-3 py-2 text-fail">
      {errorText(asked.error)} <Button onClick={() => void asked.refetch()}>{t('tryAgain')}</Button>
    </p>
  )
}

interface PartProps {
  readonly id: string
  readonly title: string
  /** Where what stands here comes from. */
  readonly source?: string
  /** When it was told; milliseconds since 1970, 0: not yet. */
  readonly at?: number
  readonly children: ReactNode
}

export function Part({ id, title, source, at = 0, children }: PartProps) {
  return (
    <section aria-labelledby={id} data-region className="mb-6 min-w-0">
      <div className="mb-1.5 flex flex-wrap items-baseline justify-between gap-x-3">
        <h2 id={id} className="text-title font-semibold">
          {title}
        </h2>
        {source !== undefined && (
          <p className="text-small text-soft">
            {source}
            {at > 0 && (
              <>
                {' · '}
                <time dateTime={new Date(at).toISOString()} title={fullTime(at)} className="figures">
                  {exactTime(at)}
                </time>
              </>
            )}
          </p>
        )}
      </div>
      <div className="rows overflow-hidden rounded-box border border-rule bg-sheet">{children}</div>
    </section>
  )
}

export function Line({ name, beside, children }: { name: string; beside?: string | undefined; children: ReactNode }) {
  return (
    <div className="grid gap-x-4 px-3 py-1.5 medium:grid-cols-[9rem_minmax(0,1fr)]">
      <span className="font-medium">
        {name}
        {beside && <span className="ms-2 text-small font-normal text-soft">{beside}</span>}
      </span>
      <span dir="auto" className="text-soft">
        {children}
      </span>
    </div>
  )
}

export function Fine({ children }: { children: ReactNode }) {
  return (
    <span className="inline-flex items-baseline gap-1.5 [&>svg]:mt-1 [&>svg]:shrink-0 [&>svg]:self-start">
      <CircleCheck aria-hidden size={14} className="text-done" />
      {children}
    </span>
  )
}

export function Fault({ children }: { children: ReactNode }) {
  return (
    <span className="inline-flex items-baseline gap-1.5 text-fail [&>svg]:mt-1 [&>svg]:shrink-0 [&>svg]:self-start">
      <CircleAlert aria-hidden size={14} />
      {children}
    </span>
  )
}
