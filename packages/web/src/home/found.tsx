// How much other agents left on this machine, and whether something is to be said about it: that is loaded then.

import { useQuery } from '@tanstack/react-query'
import type { ServerStatusShape } from 'daybook/client'
import { lazy, Suspense, useState, useSyncExternalStore } from 'react'
import { client } from '../live/client.ts'
import { preferences } from '../parts/preferences.ts'

const Adopt = lazy(async () => ({ default: (await import('../adopt/adopt.tsx')).Adopt }))

export interface Left {
  readonly agents: ServerStatusShape['left']
  readonly files: number
  /** Files that are due for deletion by their own agent. */
  readonly due: number
  /** There is some, and more of it than the reader refused; or it is being copied. */
  readonly shown: boolean
  refuse(): void
}

/** How much is there: more of it is news again. */
export function useLeft(): Left {
  const status = useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => client.status(false, { signal }),
    staleTime: 60_000,
  })
  const [refused, setRefused] = useState(preferences.get('foundFiles') ?? 0)
  const copying = useSyncExternalStore(preferences.onChange, () => preferences.get('adoption') !== undefined)
  const agents = status.data?.left ?? []
  const files = agents.reduce((sum, one) => sum + one.files, 0)
  return {
    agents,
    files,
    due: agents.reduce((sum, one) => sum + one.due, 0),
    shown: files > refused || copying,
    refuse() {
      preferences.set('foundFiles', files)
      setRefused(files)
    },
  }
}

export function Found({ left }: { readonly left: Left }) {
  return (
    <Suspense>
      <Adopt left={left} />
    </Suspense>
  )
}
