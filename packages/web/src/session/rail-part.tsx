// One part of what stands beside a timeline; it folds.

import type { ReactNode } from 'react'

export function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <details className="rail-part" open>
      <summary className="target">
        <h2 className="inline font-semibold">{title}</h2>
      </summary>
      {children}
    </details>
  )
}
