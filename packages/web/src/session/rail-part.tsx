// One part of what stands beside a timeline; it folds.

import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'

export function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <details className="rail-part" open>
      <summary className="target">
        <ChevronRight size={14} aria-hidden="true" />
        <h2 className="font-semibold">{title}</h2>
      </summary>
      {children}
    </details>
  )
}
