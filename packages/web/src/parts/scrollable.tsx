// A box that scrolls by itself and is reached by keys.

import type { ReactNode } from 'react'

interface ScrollableProps {
  readonly label: string
  readonly children: ReactNode
  readonly className?: string
}

export function Scrollable({ label, children, className = '' }: ScrollableProps) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
      tabIndex={0}
      className={`overflow-auto ${className}`}
    >
      {children}
    </section>
  )
}
