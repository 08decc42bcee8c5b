// The screen of a process that lives.

import { getRouteApi } from '@tanstack/react-router'

const route = getRouteApi('/s/$address/p/$process')

export function TerminalScreen() {
  const { address, process } = route.useParams()
  return (
    <h1 className="p-4 text-title">
      {address} {process}
    </h1>
  )
}
