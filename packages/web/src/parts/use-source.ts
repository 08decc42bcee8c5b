// By what it is known that a program is at work: its own word, or what its screen looks like. The head does not tell it.

import { useQuery } from '@tanstack/react-query'
import type { SessionShape } from 'daybook/client'
import { client } from '../live/client.ts'

/** What the log says last; null: no program is at work, or nothing was seen of it. Only of what is quiet. */
export function useSource({ session_id, seq }: SessionShape): 'protocol' | 'screen' | null {
  const { data } = useQuery({
    queryKey: ['source', session_id, seq],
    queryFn: async ({ signal }) => {
      const wanted = { kind: ['process.ready', 'process.activity_changed'], order: 'desc', limit: 1 } as const
      const { entries } = await client.session(session_id).entries(wanted, { signal })
      const { by } = (entries[0]?.data ?? {}) as { by?: string }
      return by === undefined ? null : by === 'protocol' || by === 'signal' ? 'protocol' : 'screen'
    },
  })
  return data ?? null
}
