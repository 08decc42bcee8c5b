// Until when a session waits, where one of its runs knows that: the head does not tell it.

import { useQuery } from '@tanstack/react-query'
import type { SessionShape } from 'daybook/client'
import { client } from '../live/client.ts'

/** RFC 3339; null: not known. Only of what waits. */
export function useUntil({ session_id, seq }: SessionShape): string | null {
  const { data } = useQuery({
    queryKey: ['until', session_id, seq],
    queryFn: async ({ signal }) => {
      const { runs } = await client.session(session_id).view('runs', { signal })
      return runs.findLast((run) => run.status === 'waiting' && run.until !== undefined)?.until ?? null
    },
  })
  return data ?? null
}
