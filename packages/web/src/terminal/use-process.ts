// A process as it stands: what the log says of it, and whether it is alive.

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { isDaybookError } from 'daybook/client'
import { useEffect, useEffectEvent } from 'react'
import { onKey } from '../live/key.ts'
import { useFeed } from '../live/live.ts'
import { processes } from './processes.ts'

export type ProcessNow = Awaited<ReturnType<typeof processes.get>>

export interface KnownProcess {
  readonly state: ProcessNow | undefined
  readonly needsKey: boolean
  readonly problem: string | null
}

export function useProcess(session: string, process: string): KnownProcess {
  const queries = useQueryClient()
  const queryKey = ['process', session, process]
  const again = (): void => void queries.invalidateQueries({ queryKey })
  const { data, error } = useQuery({
    queryKey,
    queryFn: ({ signal }) => processes.get(session, process, { signal }),
  })
  useFeed(({ session_id, entry }) => {
    const of = (entry.data as { process_id?: string } | null)?.process_id
    if (session_id === session && of === process && entry.kind !== 'process.output') again()
  })
  const given = useEffectEvent(again)
  useEffect(() => onKey(() => given()), [])
  const refused = isDaybookError(error) ? error : null
  if (error && !refused) throw error
  const needsKey = refused?.code === 'unauthenticated' || refused?.code === 'forbidden'
  return { state: data, needsKey, problem: refused && !needsKey ? refused.message : null }
}
