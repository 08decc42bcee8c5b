// A band of Home: its name, how many, and its rows.

import type { ReactNode } from 'react'
import { count } from '../parts/time.ts'

interface BandProps {
  readonly id: string
  readonly title: string
  readonly number?: number | undefined
  readonly tone?: string
  readonly children: ReactNode
  readonly beside?: ReactNode
}

export function Band({ id, title, number, tone = 'text-ink', children, beside }: BandProps) {
  return (
    <section aria-labelledby={id} data-region className="mb-6">
      <div className="mb-1.5 flex min-h-7 flex-wrap items-baseline gap-x-3 gap-y-1">
        <h2 id={id} className={`text-title font-semibold ${tone}`}>
          {title}
          {number !== undefined && <span className="figures ms-2 font-normal text-soft">{count(number)}</span>}
        </h2>
        {beside}
      </div>
      {children}
    </section>
  )
}

export function Rows({ children, label }: { children: ReactNode; label?: string }) {
  return (
    <ul aria-label={label} className="rows overflow-hidden rounded-box border border-rule bg-sheet">
      {children}
    </ul>
  )
}
