// One session: its timeline.

import { getRouteApi } from '@tanstack/react-router'
import { parseAddress } from '../app/addresses.ts'

const route = getRouteApi('/s/$address')

export function SessionScreen() {
  const address = parseAddress(route.useParams().address)
  return <h1 className="p-4 text-title">{JSON.stringify(address)}</h1>
}
