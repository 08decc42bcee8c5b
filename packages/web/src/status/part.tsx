// One part of Status: a name over lines of what there is, each fine or with its fault.

import { CircleAlert, CircleCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { t } from '../i18n/base.ts'
import { Button } from '../parts/button.tsx'
import { errorText } from '../parts/errors.ts'

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

export function Part({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section aria-labelledby={id} data-region className="mb-6 min-w-0">
      <h2 id={id} className="mb-1.5 text-title font-semibold">
        {title}
      </h2>
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
    <span className="inline-flex items-baseline gap-1 text-done [&>svg]:mt-1 [&>svg]:shrink-0 [&>svg]:self-start">
      <CircleCheck aria-hidden size={14} />
      {children}
    </span>
  )
}

export function Fault({ children }: { children: ReactNode }) {
  return (
    <span className="inline-flex items-baseline gap-1 text-fail [&>svg]:mt-1 [&>svg]:shrink-0 [&>svg]:self-start">
      <CircleAlert aria-hidden size={14} />
      {children}
    </span>
  )
}
