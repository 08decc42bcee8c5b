// Shows the last short line about what was done here; screen readers are told it elsewhere.

import { useSyncExternalStore } from 'react'
import { sayings } from './saying.ts'

export function Toast() {
  const saying = useSyncExternalStore(sayings.subscribe, sayings.get)
  if (!saying) return null
  const look = saying.kind === 'failure' ? 'border-fail bg-fail-well' : 'border-rule bg-sheet'
  return (
    <p
      aria-hidden="true"
      className={`pointer-events-none fixed inset-x-0 bottom-24 z-10 mx-auto w-fit max-w-[90vw] rounded-box border px-3 py-1 text-small shadow-lift ${look}`}
    >
      {saying.text}
    </p>
  )
}
